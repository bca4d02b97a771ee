"""How fast texts may go out: by the kind of number that they are sent from.

What each provider allows stands in its adapter, with its source. Where a text has several segments, each counts.
"""

import re
from typing import Literal

NumberKind = Literal["local", "toll-free", "short code", "name", "abroad"]
"""`local`: a long number of the United States or Canada. `abroad`: one of another country. `name`: letters."""

_TOLL_FREE = re.compile(r"\+18(?:00|33|44|55|66|77|88)[0-9]{7}")
_LOCAL = re.compile(r"\+1[0-9]{10}")
_LONG = re.compile(r"\+[0-9]+")


def kind_of_number(number: str) -> NumberKind:
    """The kind of a number of ours: E.164, a short code or a name."""
    if _TOLL_FREE.fullmatch(number):
        return "toll-free"
    if _LOCAL.fullmatch(number):
        return "local"
    if _LONG.fullmatch(number):
        return "abroad"
    return "short code" if number.isdecimal() else "name"
