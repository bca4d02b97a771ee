"""Texts that are filled in: their placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from rules import templates
from rules.checks.data import missing_data
from rules.checks.positions import place_in
from rules.checks.scope import Scope, checks
from rules.syntax import AddTag, Create, Node, Notify, Place, Remember, RemoveTag, SendSms, SetField, Text
from rules.tree.values import PLACEHOLDER

_ONE_BRACE = re.compile(r"(?<![{%])\{\s*([A-Za-z_][\w.]*(?:\[\d+\][\w.]*)?)\s*\}+")
MOST_PER_TEXT = 10
"""So many findings of one kind about one text are told."""
_BRACES_MEANT = (
    'There is no field "{0}". For a field write its name as in {{{{ first_name }}}};\n'
    "for the braces themselves add  # allow R106"
)
_FILLED = (SendSms, Notify, Create, AddTag, RemoveTag, SetField, Remember)


@checks(*_FILLED)
def filled_in(step: Node, scope: Scope) -> None:
    """R102, R105, R106, R107 for each text of the step."""
    for text in texts_of(step):
        if "{" in text.value and not _broken(text, scope):
            _unknown_names(text, scope)
            _one_brace(text, scope)


def texts_of(step: Node) -> Iterator[Text]:
    """The texts directly in a step, without those of steps inside it."""
    for name in ("text", "title", "tag", "value"):
        text = getattr(step, name, None)
        if isinstance(text, Text):
            yield text


def _broken(text: Text, scope: Scope) -> bool:
    fault = templates.fault(text.value)
    if fault is None:
        return False
    offset = fault.offset if fault.offset is not None else max(text.value.find("{"), 0)
    length = _placeholder_length(text.value, offset)
    message, _, advice = str(fault).partition(". ")
    scope.error(
        "R105",
        place_in(text, offset, length, scope.lines),
        message.removesuffix(".") + ".",
        advice or "Write for example {{ first_name }}.",
    )
    return True


def _placeholder_length(source: str, offset: int) -> int:
    if source[offset : offset + 2] not in ("{{", "{%", "{#"):
        return 1
    end = source.find("}", offset)
    return 2 if end < 0 or "\n" in source[offset:end] else end + 1 - offset + (source[end + 1 : end + 2] == "}")


def _unknown_names(text: Text, scope: Scope) -> None:
    told = 0
    for name in templates.names(text.value):
        told += _unknown(name, text, scope)
        if told >= MOST_PER_TEXT:
            return


def _unknown(name: templates.Name, text: Text, scope: Scope) -> bool:
    if name.path.partition(".")[0].partition("[")[0] == "__data":
        return missing_data(name.path, lambda: _place(name, text, scope), scope)
    if all(scope.schema.field(kind, name.path.removeprefix("record.")) for kind in scope.kinds):
        return False
    meant = scope.nearest(name.path, scope.schema.names(scope.kinds))
    advice = f"Did you mean {{{{ {meant} }}}}?" if meant else _listed(scope)
    message = f'There is no field "{name.path}" to fill in here; the customer would see a gap.'
    scope.error("R102", _place(name, text, scope), message, advice)
    return True


def _place(name: templates.Name, text: Text, scope: Scope) -> Place:
    return place_in(text, name.offset, len(name.path), scope.lines)


def _listed(scope: Scope) -> str:
    names = scope.schema.names(scope.kinds)
    return f"There are: {', '.join(names[:12])}{' ...' if len(names) > 12 else '.'}"


def _one_brace(text: Text, scope: Scope) -> None:
    for found in islice(_ONE_BRACE.finditer(_without_placeholders(text.value)), MOST_PER_TEXT):
        known = scope.nearest(found[1], scope.schema.names(scope.kinds)) or found[1].startswith("__data")
        tell = scope.error if known else scope.warn
        tell(
            "R106",
            place_in(text, found.start(), len(found[0]), scope.lines),
            f"{found[0]} stands in one pair of braces, so it is sent as it is.",
            f"To fill in the field write {{{{ {found[1]} }}}}." if known else _BRACES_MEANT.format(found[1]),
        )


def _without_placeholders(source: str) -> str:
    """The source with every real placeholder blanked out, so that offsets stay."""
    return PLACEHOLDER.sub(lambda found: " " * len(found[0]), source)
