"""What files are, by their bytes: what may be shown in a page, and what is only handed out."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexie.media.sniffing import MOST_PIXELS, Found, look
from flexie.simulator.picture import sample_png


def jpeg(width: int, height: int) -> bytes:
    """The beginning of a JPEG: an APP0 segment, a filling byte, a table, and the frame."""
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 17, 8, height, width, 3)
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF" + bytes(10) + b"\xff\xff\xc4\x00\x04ab" + frame


def png(width: int, height: int) -> bytes:
    return sample_png()[:16] + struct.pack(">II", width, height) + b"\x08\x02"


def webp(kind: bytes, content: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + kind + struct.pack("<I", len(content)) + content


PICTURES = [
    (sample_png(), "image/png", (320, 240)),
    (jpeg(640, 480), "image/jpeg", (640, 480)),
    (b"GIF89a" + struct.pack("<HH", 12, 34) + b"\0", "image/gif", (12, 34)),
    (webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 55, 44)), "image/webp", (55, 44)),
    (webp(b"VP8L", b"\x2f" + struct.pack("<I", (30 - 1) | (20 - 1) << 14)), "image/webp", (30, 20)),
    (webp(b"VP8X", bytes(4) + (999).to_bytes(3, "little") + (499).to_bytes(3, "little")), "image/webp", (1000, 500)),
]


@pytest.mark.parametrize(("data", "content_type", "size"), PICTURES)
def test_pictures_are_known_with_their_size(data: bytes, content_type: str, size: tuple[int, int]) -> None:
    found = look(data)
    assert (found.content_type, (found.width, found.height)) == (content_type, size)


@pytest.mark.parametrize(
    ("data", "content_type", "ending"),
    [
        (b"%PDF-1.7\n", "application/pdf", "pdf"),
        (b"\0\0\0\x18ftypheic", "image/heic", "heic"),
        (b"\0\0\0\x18ftyp3gp5", "video/3gpp", "3gp"),
        (b"\0\0\0\x18ftypqt  ", "video/quicktime", "mov"),
        (b"\0\0\0\x18ftypisom", "video/mp4", "mp4"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4", "m4a"),
        (b"#!AMR\n", "audio/amr", "amr"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav", "wav"),
        (b"\xff\xfb\x90", "audio/mpeg", "mp3"),
        (b"\xef\xbb\xbfBEGIN:VCARD\r\n", "text/vcard", "vcf"),
    ],
)
def test_other_files_are_known_and_never_shown(data: bytes, content_type: str, ending: str) -> None:
    assert look(data) == Found(content_type, ending)


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"GIF89a",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x00" + b"\xff" * 5_000,
        jpeg(640, 480)[:20],
        png(0, 240),
        png(100_000, MOST_PIXELS // 100_000 + 1),
        webp(b"VP8L", b"\x2f"),
        b"MZ\x90",
        b"",
    ],
)
def test_what_is_neither_is_no_more_than_bytes(data: bytes) -> None:
    assert look(data) == Found("application/octet-stream", "bin")


def test_bytes_behind_the_beginning_of_a_picture_do_not_matter() -> None:
    """A picture that is a page as well stays a picture: it is served as one, whatever a browser would guess."""
    found = look(sample_png() + b"<script>alert(1)</script>")
    assert found.content_type == "image/png"


@given(
    st.sampled_from([data for data, *_ in PICTURES]) | st.binary(max_size=64), st.integers(0, 64), st.binary(max_size=8)
)
def test_no_bytes_are_too_odd(data: bytes, at: int, other: bytes) -> None:
    found = look(data[:at] + other + data[at + len(other) :])
    assert found.ending.isalnum()
    assert (found.width is None) == (found.height is None)
