"""Whether a file is really a PDF (ISO 32000), and one that holds nothing to run.

Its name and the type that the browser gave are not asked: both come from whoever uploads it.
"""

import re
import zlib

from flexie.documents.errors import NotPdf

LARGEST = 5 * 1024 * 1024  # bytes
MOST_UNPACKED = 32 * 1024 * 1024  # bytes of packed objects that are looked at

_HEADER = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\r\n]")
_START = re.compile(rb"startxref[ \t]*[\r\n]+(\d{1,10})[ \t]*[\r\n]+%%EOF")
_TABLE = re.compile(rb"\s*(xref\s|\d+ +\d+ +obj)")
_PACKED = re.compile(rb"/ObjStm.{0,500}?stream\r?\n", re.DOTALL)
_RUNS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def check(data: bytes) -> None:
    """Say nothing about a PDF that can be handed out.

    Raises:
        NotPdf: it is too large, not a PDF, or holds scripts or other files.
    """
    if len(data) > LARGEST:
        raise NotPdf(f"This file is larger than {LARGEST // 1024 // 1024} MB. Make it smaller, then choose it again.")
    ends = _START.search(data[-2_048:])
    if not _HEADER.match(data) or not ends or (b"/Root" not in data and b"/ObjStm" not in data):
        raise NotPdf("This file is not a PDF. Save it as a PDF, then choose it again.")
    if not _TABLE.match(data, int(ends[1])):
        raise NotPdf("This PDF is damaged. Save it anew, then choose it again.")
    if any(_RUNS.search(_ESCAPE.sub(_plain, part)) for part in _parts(data)):
        raise NotPdf("This PDF holds a script, a form or other files. Print it as a PDF, then choose that.")


def _plain(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 16)])


def _parts(data: bytes) -> list[bytes]:
    """What stands in the open, and what is packed into streams of objects. Streams of pages are no objects."""
    parts, room = [_without_streams(data)], MOST_UNPACKED
    for found in _PACKED.finditer(data):
        unpacking = zlib.decompressobj()
        try:
            parts.append(unpacking.decompress(data[found.end() :], room))
        except zlib.error:
            raise NotPdf("This PDF is damaged. Save it anew, then choose it again.") from None
        room -= len(parts[-1])
        if room <= 0:
            raise NotPdf("This PDF is too complicated. Print it as a PDF, then choose that.")
    return parts


def _without_streams(data: bytes) -> bytes:
    """The file without what lies between `stream` and `endstream`: that may look like anything."""
    pieces, at = [], 0
    while (begin := data.find(b"stream", at)) >= 0:
        end = data.find(b"endstream", begin + 6)
        if end < 0:
            break
        pieces.append(data[at:begin])
        at = end + 9
    return b"".join([*pieces, data[at:]])
