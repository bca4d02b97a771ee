"""What stands in a cell of a CSV file that a spreadsheet may open: text that would be taken for a formula is quoted.

A quote (') is put in front of `=`, `+`, `-`, `@`, a tab and an end of line (OWASP, "CSV Injection"), so also in front
of `+14155552671`. Reading takes one quote away again where it stands before such a sign: what we wrote comes back as
it was.
"""

import csv
import io
import re
from collections.abc import Iterable

MARK = "\ufeff"
"""At the beginning of a file it tells spreadsheets that the text is UTF-8."""

_RISKY = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def guarded(text: str) -> str:
    """The text, with a quote in front if a spreadsheet might calculate with it."""
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(cell: str) -> str:
    """A cell without the quote that `guarded`, or a careful person, put there."""
    return cell[1:] if _GUARDED.match(cell) else cell


def line(cells: Iterable[str]) -> str:
    """One line of a file as RFC 4180 has it; the cells are as they are to be read."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
