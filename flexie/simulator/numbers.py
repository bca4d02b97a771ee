"""Numbers as this network understands them: E.164 for phones, and also short codes and names for lines."""

from __future__ import annotations

import re

from flexie.simulator.errors import InvalidNumber

_PUNCTUATION = re.compile(r"[\s().\-]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


def phone_number(raw: object) -> str:
    """The number in E.164, its spaces, dots, dashes and brackets dropped. Raises InvalidNumber."""
    number = _PUNCTUATION.sub("", raw) if isinstance(raw, str) else ""
    if not _E164.fullmatch(number):
        raise InvalidNumber("A phone's number starts with + and the country code, such as +1 415 555 0101.")
    return number


def line_number(raw: object) -> str:
    """A sender: an E.164 number, a short code of 3–8 digits or a name of up to 11 letters. Raises InvalidNumber."""
    if isinstance(raw, str):
        compact = _PUNCTUATION.sub("", raw)
        if _E164.fullmatch(compact) or _SHORT_CODE.fullmatch(compact):
            return compact
        if _NAME.fullmatch(raw):
            return raw
    raise InvalidNumber("A line is a number such as +1 415 555 0100, a short code or a name of up to 11 letters.")
