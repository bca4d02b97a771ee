"""Reading what a request carries: JSON or plain text, that a database can store and no machine chokes on."""

import json
import math
from typing import Any, NoReturn

from flask import request

from flexie.web.api.problems import Problem, invalid

DEEPEST = 8  # levels of lists and objects; what we take has three


def of_json() -> Any:
    """The JSON value of the request's body.

    Raises:
        Problem: 415 not JSON by its content type, 413 too large, 400 malformed, 422 not storable.
    """
    if not request.is_json:
        raise Problem(415, "Send JSON, with Content-Type: application/json.")
    try:
        value = json.loads(request.get_data(cache=False), parse_constant=_no_number, object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        raise Problem(400) from None
    refuse_unstorable(value)
    return value


def of_text(longest: int) -> str:
    """The text of the request's body, with line breaks as \\n.

    Raises:
        Problem: 415 not plain text, 413 more than `longest` bytes, 400 not UTF-8, 422 not storable.
    """
    if request.mimetype not in ("", "text/plain"):
        raise Problem(415, "Send the file's text, with Content-Type: text/plain; charset=utf-8.")
    raw = request.get_data(cache=False)
    if len(raw) > longest:
        raise Problem(413, f"This file has {len(raw):,} bytes; {longest:,} is the most.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise Problem(400, f"Send the file in UTF-8: byte {problem.start:,} is something else.") from None
    refuse_unstorable(text)
    return text.replace("\r\n", "\n")


def is_storable(text: str) -> bool:
    """Whether a database takes the text: PostgreSQL knows no NUL, and half a surrogate pair is no character."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def refuse_unstorable(value: Any) -> None:
    """Look through a value without recursion, for it may be as deep as a megabyte allows.

    Raises:
        Problem: 422, with the key (outside: "body") that what cannot be stored stands under.
    """
    waiting: list[tuple[str, Any, int]] = [("body", value, 0)]
    while waiting:
        place, part, depth = waiting.pop()
        if sentence := _unstorable(part, depth):
            raise invalid({place: sentence})
        if isinstance(part, dict):
            refuse_keys(place, part)
            waiting.extend((key, inner, depth + 1) for key, inner in part.items())
        elif isinstance(part, list):
            waiting.extend((place, inner, depth + 1) for inner in part)


def refuse_keys(place: str, part: dict[str, Any]) -> None:
    """Keys are texts too. Raises 422."""
    if not all(is_storable(key) for key in part):
        raise invalid({place: "A key has a character that cannot be stored: NUL or half a surrogate pair."})


def _unstorable(part: Any, depth: int) -> str | None:
    if isinstance(part, str) and not is_storable(part):
        return "This has a character that cannot be stored: NUL or half a surrogate pair."
    if isinstance(part, float) and not math.isfinite(part):
        return "This number is too large."
    if depth > DEEPEST:
        return "This is nested too deeply."
    return None


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """RFC 8259 leaves open what a key given twice means; two readers could disagree, so it means nothing."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key stands twice")
    return read
