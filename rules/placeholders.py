"""Reading placeholders without carrying them out: the names they use, and what is wrong with broken ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from jinja2 import Environment, TemplateSyntaxError

from rules.allowlist import FUNCTIONS
from rules.twig import TemplateError

_WORDS = frozenset(
    {"and", "or", "not", "in", "is", "if", "else", "elif", "elseif"}
    | {"true", "false", "none", "null", "True", "False", "None", "recursive"}
)
_ONE = re.compile(r"\{\{(?:(?!\{\{|\}\}).)*+\}\}", re.DOTALL)
_MOST_READ = 20
_SPACE = frozenset({"whitespace", "comment", "comment_begin", "comment_end"})


class Name(NamedTuple):
    """A dotted name such as `invoices[0].name`, and where in the source it begins, in characters."""

    path: str
    offset: int


class _Token(NamedTuple):
    kind: str
    word: str
    offset: int


def names(environment: Environment, source: str) -> list[Name]:
    """The names a template takes from its data, in the order written."""
    return list(_Reader(list(_tokens(environment, source))).names())


def _tokens(environment: Environment, source: str) -> Iterator[_Token]:
    """The tokens with their offsets, up to the first that cannot be read."""
    at = 0
    try:
        for _, kind, word in environment.lexer.tokeniter(source, None):
            if kind == "data":
                continue
            # Blanks that `-` strips appear in no token, so a token may begin later than the last one ended.
            at = source.find(word, at)
            if at < 0:
                return
            if kind not in _SPACE:
                yield _Token(kind, word, at)
            at += len(word)
    except TemplateSyntaxError:
        return


class _Reader:
    """Goes through the tokens once and knows which names the loops around have given."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._given: list[str] = []

    def names(self) -> Iterator[Name]:
        while self._at < len(self._tokens):
            if self._word(-1, "block_begin"):
                yield from self._tag()
            elif self._is_name():
                yield from self._name()
            else:
                self._at += 1

    def _tag(self) -> Iterator[Name]:
        """The first word of a tag; after `for` the name that the loop gives, which counts after its list."""
        word = self._tokens[self._at].word
        self._at += 1
        if word == "endfor" and self._given:
            self._given.pop()
        if word == "for" and self._at < len(self._tokens):
            given = self._tokens[self._at].word
            self._at += 1
            while self._at < len(self._tokens) and not self._is_name():
                self._at += 1
            yield from self._name()
            self._given.append(given)

    def _is_name(self) -> bool:
        """Not a word of the language, a filter, a test or a function."""
        if self._at >= len(self._tokens):
            return False
        token = self._tokens[self._at]
        if token.kind != "name" or token.word in _WORDS or self._word(-1, "|"):
            return False
        after_is = self._word(-1, "is") or (self._word(-1, "not") and self._word(-2, "is"))
        return not after_is and not (token.word in FUNCTIONS and self._word(1, "("))

    def _word(self, distance: int, wanted: str) -> bool:
        """Whether the token so far away has this word or kind."""
        at = self._at + distance
        return 0 <= at < len(self._tokens) and wanted in (self._tokens[at].word, self._tokens[at].kind)

    def _name(self) -> Iterator[Name]:
        if self._at >= len(self._tokens):
            return
        root = self._tokens[self._at]
        self._at += 1
        path = root.word + "".join(self._steps())
        if root.word not in self._given and not (root.word == "loop" and self._given):
            yield Name(path, root.offset)

    def _steps(self) -> Iterator[str]:
        """The `.name` and `[0]` that follow."""
        while self._at + 1 < len(self._tokens):
            sign, step = self._tokens[self._at], self._tokens[self._at + 1]
            if sign.word == "." and step.kind in ("name", "integer"):
                self._at += 2
                yield f".{step.word}" if step.kind == "name" else f"[{step.word}]"
            elif sign.word == "[" and step.kind in ("integer", "string") and self._word(2, "]"):
                self._at += 3
                yield f"[{step.word}]" if step.kind == "integer" else f".{step.word[1:-1]}"
            else:
                return


def explained(environment: Environment, error: TemplateSyntaxError, source: str) -> TemplateError:
    """What a person can do about a text that Jinja cannot read, and where it is."""
    offset = _broken(source, error.lineno)
    said = error.message or ""
    opened = re.search(r"looking for the following tags: '(endif|elif|else|endfor)", said) or re.search(
        r"innermost block that needs to be closed is '(if|for)'", said
    )
    if source.count("{{") > source.count("}}"):
        return TemplateError("A placeholder is not closed. Write }} after the name.", offset)
    if source.count("{%") > source.count("%}"):
        return TemplateError("A {% is not closed. Write %} at its end.", offset)
    if source.count("{#") > source.count("#}"):
        return TemplateError("A note is not closed. Write #} at its end.", offset)
    if opened:
        word = "for" if "for" in opened[1] and "endif" not in said else "if"
        return TemplateError(f"{{% {word} %}} is not closed. Write {{% end{word} %}} after it.", offset)
    if unknown := re.match(r"Encountered unknown tag '(\w+)'", said):
        return TemplateError(f"{{% {unknown[1]} %}} does not exist here. Use if and for only.", offset)
    alone = _unreadable(environment, source, offset or 0)
    return TemplateError("This placeholder cannot be read. Write for example {{ first_name }}.", alone or offset)


def _unreadable(environment: Environment, source: str, start: int) -> int | None:
    """The first placeholder from there on that cannot be read by itself either, of the first few."""
    for found in islice(_ONE.finditer(source, start), _MOST_READ):
        try:
            environment.parse(found[0])
        except TemplateSyntaxError:
            return found.start()
    return None


def _broken(source: str, line: int) -> int | None:
    """The first placeholder of the line in which reading stopped, else the last one before."""
    start = sum(len(each) + 1 for each in source.split("\n")[: line - 1])
    found = re.compile(r"\{[{%#]").search(source, start)
    if found:
        return found.start()
    return max((source.rfind(sign) for sign in ("{{", "{%", "{#")), default=-1) if "{" in source else None
