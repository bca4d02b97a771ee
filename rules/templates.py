"""Templates: texts with `{{ fields }}`, filled in with one record's data.

The forms of Twig that texts need, read by Jinja and run in a sandbox that reaches plain data only. What is
filled in is never read as a template again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables

from rules import allowlist, placeholders
from rules.moments import MomentError
from rules.placeholders import Name
from rules.sandbox import SCOPE, Sandbox, plain
from rules.twig import Scope, TemplateError
from rules.values import UnfitValue

__all__ = ["LONGEST_SOURCE", "LONGEST_TEXT", "Filled", "Name", "TemplateError", "fill", "names", "problem", "render"]

LONGEST_TEXT = 1_600
"""Characters of a text after filling in."""

LONGEST_SOURCE = 10_000
"""Characters of a text before filling in."""

_SANDBOX = Sandbox()


@dataclass(frozen=True, slots=True)
class Filled:
    """A text that was filled in, and the printed fields that were empty, each once, as written."""

    text: str
    empty: tuple[str, ...] = ()


class _Compiled(NamedTuple):
    template: Template
    roots: frozenset[str]


def render(source: str, context: Mapping[str, Any], *, now: datetime, zone: ZoneInfo) -> str:
    """The text with its placeholders filled in from `context`, a mapping of plain data.

    `now` is aware UTC; dates are shown on the clock of `zone`. Raises TemplateError if the source has a
    problem, a field does not exist, or the result has more than 1,600 characters.
    """
    return fill(source, context, now=now, zone=zone).text


def fill(source: str, context: Mapping[str, Any], *, now: datetime, zone: ZoneInfo) -> Filled:
    """Like `render`, and says which fields were empty."""
    if "{" not in source:
        return Filled(_short(source))
    compiled = _compiled(source)
    scope = Scope(now, zone)
    try:
        data = {root: plain(context[root]) for root in compiled.roots if root in context}
        text = _written(compiled.template, {**data, SCOPE: scope})
    except (UnfitValue, MomentError) as error:
        raise TemplateError(str(error)) from error
    except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise TemplateError("A placeholder of this text cannot be filled in with these values.") from error
    return Filled(text, tuple(scope.empty))


def problem(source: str) -> str | None:
    """Why the text cannot be saved, as a sentence for a person, or None. Nothing of it is carried out."""
    found = fault(source)
    return str(found) if found else None


def fault(source: str) -> TemplateError | None:
    """Like `problem`, with the place of the mistake where it is known."""
    try:
        _compiled(source)
    except TemplateError as error:
        return error
    return None


def names(source: str) -> list[Name]:
    """The data that the text uses, in the order written: each dotted name with its offset in characters.

    Names that a loop gives are left out. Of a text with a problem, what could be read.
    """
    return placeholders.names(_SANDBOX, source)


def _written(template: Template, data: Mapping[str, Any]) -> str:
    """Piece by piece, so that a text too long is never built."""
    pieces: list[str] = []
    length = 0
    for piece in template.root_render_func(template.new_context(dict(data))):
        length += len(piece)
        if length > LONGEST_TEXT:
            break
        pieces.append(piece)
    return "".join(pieces) if length <= LONGEST_TEXT else _short(" " * length)


def _short(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise TemplateError(f"Filled in, this text has more than {LONGEST_TEXT:,} characters. Make it shorter.")
    return text


@lru_cache(maxsize=1024)
def _compiled(source: str) -> _Compiled:
    """Read, checked against the list, rewritten, and only then compiled. Errors are not kept."""
    tree = _parsed(source)
    try:
        allowlist.check(tree)
        rewritten = allowlist.Rewriting().visit(tree)
        roots = frozenset(find_undeclared_variables(rewritten))
        code = _SANDBOX.compile(rewritten)
    except (TemplateSyntaxError, SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise TemplateError("This text cannot be read. Use simpler placeholders.") from error
    return _Compiled(Template.from_code(_SANDBOX, code, {}), roots)


def _parsed(source: str) -> nodes.Template:
    if len(source) > LONGEST_SOURCE:
        raise TemplateError(f"This text has more than {LONGEST_SOURCE:,} characters. Make it shorter.")
    try:
        return _SANDBOX.parse(source)
    except TemplateSyntaxError as error:
        raise placeholders.explained(_SANDBOX, error, source) from error
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise TemplateError("This text is too complicated. Use fewer or simpler placeholders.") from error
