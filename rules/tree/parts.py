"""How a method of the tree builder gets what Lark read: the place of the statement and its parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lark import Token

from rules.errors import Mistake
from rules.syntax import NOWHERE, Node, Place

_PUNCTUATION = {"_NL", "_INDENT", "_DEDENT", "_COLON", "_COMMA", "_LPAR", "_RPAR"}
_LONGEST_NUMBER = 12

Method = Callable[[Any, list[Any]], Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a statement that is no node of its own, such as `on line "A"`."""

    name: str
    value: Any
    place: Place = NOWHERE


def place_of(token: Token) -> Place:
    """Where the token stands."""
    return Place(token.line or 1, token.column or 1, len(token))


def parts(method: Callable[..., Any]) -> Method:
    """The method is called with the place of the statement, then with its parts, without words and marks."""

    def build(self: Any, children: list[Any]) -> Any:
        return method(self, beginning(children), *filter(_counts, children))

    return build


def same(kind: Callable[..., Node]) -> Method:
    """A method that makes this node of the parts in the order written."""
    return parts(lambda _, place, *values: kind(*values, place=place))


def several(kind: Callable[..., Node]) -> Method:
    """A method that makes this node of one tuple of all the parts."""
    return parts(lambda _, place, *values: kind(values, place=place))


def only(_: Any, children: list[Any]) -> Any:
    """A method that hands on the one part of a statement."""
    return next(filter(_counts, children))


def words(children: list[Any]) -> str:
    """The words of a statement, lower case, with one blank between them."""
    return " ".join(str(child).lower() for child in children if isinstance(child, Token))


def part(name: str) -> Method:
    """A method that keeps the one part under this name."""
    return parts(lambda _, place, *values: Part(name, values[0] if values else None, place))


def parts_list(name: str) -> Method:
    """A method that keeps all its parts under this name, as a tuple."""
    return parts(lambda _, place, *values: Part(name, values, place))


def sort_out(values: tuple[Any, ...]) -> tuple[list[Any], dict[str, Any]]:
    """The nodes in order, and the values of the named parts by name."""
    nodes = [value for value in values if not isinstance(value, Part)]
    return nodes, {value.name: value.value for value in values if isinstance(value, Part)}


def whole_number(token: Token, what: str, lowest: int, highest: int) -> int:
    """The token as an int. Raises Mistake if it is a fraction or outside the limits."""
    if not token.isdigit() or len(token) > _LONGEST_NUMBER or not lowest <= int(token) <= highest:
        raise Mistake(
            "R025",
            place_of(token),
            f"{what} has to be a whole number from {lowest} to {highest:,}.",
            f"Write for example {lowest}.",
        )
    return int(token)


def _counts(child: Any) -> bool:
    return not (isinstance(child, Token) and child.type.startswith("_"))


def beginning(children: list[Any]) -> Place:
    """The place of the words that a statement begins with, else of its first part."""
    leading = []
    for child in children:
        if not isinstance(child, Token) or not child.type.startswith("_") or child.type in _PUNCTUATION:
            break
        leading.append(child)
    if leading:
        whole = place_of(leading[0])
        return Place(whole.line, whole.column, (leading[-1].end_column or 0) - whole.column)
    first = next((child for child in children if isinstance(child, Token | Node | Part)), None)
    if isinstance(first, Token):
        return place_of(first)
    return first.place if first is not None else NOWHERE
