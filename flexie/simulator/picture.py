"""A small picture to send from a phone, drawn here: hills under a pale sky."""

from __future__ import annotations

import math
import struct
import zlib
from functools import cache

WIDTH, HEIGHT = 320, 240

Colour = tuple[int, int, int]

_SKY_TOP: Colour = (126, 178, 201)
_SKY_LOW: Colour = (247, 228, 199)
_FAR: Colour = (104, 149, 141)
_NEAR: Colour = (47, 96, 84)


@cache
def sample_png() -> bytes:
    """The picture as PNG (W3C, Portable Network Graphics: signature, IHDR, IDAT, IEND; 8-bit RGB)."""
    rows = (b"\0" + b"".join(bytes(_colour(x, y)) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _colour(x: int, y: int) -> Colour:
    if y > 190 + 18 * math.sin(x / 60 + 2):
        return _NEAR
    if y > 150 + 26 * math.sin(x / 45):
        return _FAR
    share = y / HEIGHT
    red, green, blue = (round(top + (low - top) * share) for top, low in zip(_SKY_TOP, _SKY_LOW, strict=True))
    return red, green, blue


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
