"""Reading a CSV file as other programs write it: its encoding and its separator are found out."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from flexie.csvcells import unguarded
from flexie.importing.errors import ImportProblem

PIECE = 1024 * 1024  # bytes that are looked at in one go
BEGINNING = 64 * 1024  # bytes that tell the encoding, characters that tell the separator
DELIMITERS = (",", ";", "\t")
TRIED_ROWS = 30
MOST_COLUMNS = 200

NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
NAMES |= {"cp1252": "Windows-1252"}
"""What encodings are called by people."""

NO_TEXT = "This is no text file. Save the table as CSV, and upload that."
WORKBOOK = "This is a workbook. In Excel or Numbers, save the sheet as CSV, and upload that."


@dataclass(frozen=True)
class Row:
    """One row of a file; `line` is where it begins, the heading being line 1."""

    line: int
    cells: list[str]


def encoding_of(stream: IO[bytes]) -> str:
    """How the file's text is written; by its first bytes, else UTF-8 if all of it is that, else Windows-1252.

    Raises:
        ImportProblem: the file is empty, or no text.
    """
    stream.seek(0)
    start = stream.read(BEGINNING)
    if not start.strip():
        raise ImportProblem("This file is empty.")
    if start[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise ImportProblem(WORKBOOK)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    if start.count(0) > len(start) // 4:
        return "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"
    return "utf-8" if _is_utf8(stream) else "cp1252"


def _is_utf8(stream: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while piece := stream.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(beginning: str) -> str:
    """What stands between the cells: the sign that cuts the most rows into as many cells as the heading."""
    return max(DELIMITERS, key=lambda sign: _fit(beginning, sign))


def _fit(beginning: str, sign: str) -> tuple[int, int]:
    rows = []
    reader = csv.reader(io.StringIO(beginning, newline=""), delimiter=sign)
    try:
        for row in reader:
            rows.append(len(row))
            if len(rows) == TRIED_ROWS:
                break
    except csv.Error:
        return (0, 0)
    width = rows[0] if rows else 0
    return (Counter(rows)[width] if width > 1 else 0, width)


@contextmanager
def text_of(stream: IO[bytes], encoding: str) -> Iterator[io.TextIOWrapper]:
    """The file as text from its beginning; the stream stays open. Signs that Windows-1252 does not have become "?"."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding, errors="replace" if encoding == "cp1252" else "strict", newline="")
    try:
        yield text
    finally:
        text.detach()


def rows_of(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    """The rows with anything in them, the heading first.

    Raises:
        ImportProblem: from some line on it cannot be read.
    """
    reader = csv.reader(text, delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if any("\0" in cell for cell in cells):
                raise ImportProblem(NO_TEXT)
            if any(cell.strip() for cell in cells):
                yield Row(line, [unguarded(cell) for cell in cells])
            line = reader.line_num + 1
    except csv.Error:
        raise ImportProblem(f"From line {line:,} on this cannot be read: is there a quote that never ends?") from None
    except UnicodeError:
        raise ImportProblem(NO_TEXT) from None
