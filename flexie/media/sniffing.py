"""What a file is, by its bytes. What the provider or its name say about it is not asked.

Sources: W3C PNG, ISO/IEC 10918-1 (JPEG), GIF89a, RFC 9649 (WebP), ISO/IEC 14496-12 (boxes that begin with `ftyp`),
RFC 4867 (AMR), RFC 6350 (vCard), RFC 3533 (Ogg), ISO 32000 (PDF).
"""

import struct
from dataclasses import dataclass

MOST_SEGMENTS = 1_000  # of a JPEG, before its size
MOST_PIXELS = 50_000_000  # of a picture that browsers are asked to show; one of a phone's camera has 12 to 48 million
UNKNOWN = ("application/octet-stream", "bin")

_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"#!AMR", "audio/amr", "amr"),
    (b"OggS", "audio/ogg", "ogg"),
    (b"ID3", "audio/mpeg", "mp3"),
    (b"BEGIN:VCARD", "text/vcard", "vcf"),
    (b"BEGIN:VCALENDAR", "text/calendar", "ics"),
)
_BRANDS: tuple[tuple[bytes, str, str], ...] = (
    (b"hei", "image/heic", "heic"),
    (b"hev", "image/heic", "heic"),
    (b"mif1", "image/heic", "heic"),
    (b"avif", "image/avif", "avif"),
    (b"3g", "video/3gpp", "3gp"),
    (b"qt", "video/quicktime", "mov"),
    (b"M4A", "audio/mp4", "m4a"),
    (b"", "video/mp4", "mp4"),
)


@dataclass(frozen=True)
class Found:
    """What a file is: its media type, the ending of its name, and width and height (pixels) if browsers show it."""

    content_type: str
    ending: str
    width: int | None = None
    height: int | None = None


def look(data: bytes) -> Found:
    """What these bytes are. A picture without a readable size, or with far too large a one, is a file like others."""
    for content_type, ending, measure in (
        ("image/png", "png", _png),
        ("image/jpeg", "jpg", _jpeg),
        ("image/gif", "gif", _gif),
        ("image/webp", "webp", _webp),
    ):
        try:
            measured = measure(data)
        except (struct.error, IndexError):
            measured = None
        if measured and 0 < measured[0] * measured[1] <= MOST_PIXELS:
            return Found(content_type, ending, *measured)
    return Found(*_other(data))


def _other(data: bytes) -> tuple[str, str]:
    if data[4:8] == b"ftyp":
        return next((kind, ending) for brand, kind, ending in _BRANDS if data[8:12].startswith(brand))
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "audio/wav", "wav"
    if data[:1] == b"\xff" and data[1:2] in (b"\xfb", b"\xf3", b"\xf2"):
        return "audio/mpeg", "mp3"
    begins = data[:32].lstrip(b"\xef\xbb\xbf \r\n")
    return next(((kind, ending) for start, kind, ending in _BEGINNINGS if begins.startswith(start)), UNKNOWN)


def _png(data: bytes) -> tuple[int, int] | None:
    if data[:16] != b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: bytes) -> tuple[int, int] | None:
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """The size stands in the frame header, SOF0 to SOF15, behind segments that each tell their length."""
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    for _ in range(MOST_SEGMENTS):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 1 if marker == 0xFF else 2 + struct.unpack_from(">H", data, at + 2)[0]  # 0xFF: a filling byte
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    if data[12:16] == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if data[12:16] == b"VP8L" and data[20] == 0x2F:
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[12:16] == b"VP8X":
        size = data[24:30]
        return int.from_bytes(size[:3], "little") + 1, int.from_bytes(size[3:6], "little") + 1
    return None
