"""Segments: into how many parts a network cuts a text, and which characters make the parts short.

A text of the GSM 03.38 alphabet (3GPP TS 23.038) takes 7-bit units: 160 in a single part, 153 in each of
several; the ten characters of its extension table take two units. Any other character turns the whole text
into UCS-2: 70 and 67 units of 16 bits, two for characters outside the basic plane. A character is never cut.
"""

import unicodedata
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
GSM = BASIC | EXTENSION

_GSM_SINGLE, _GSM_PART = 160, 153
_UCS2_SINGLE, _UCS2_PART = 70, 67

REPLACEMENTS: dict[str, str] = {
    **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
                    "\u202f\u205f\u3000\t", " "),
    **dict.fromkeys("\u200b\u200c\u200e\u200f\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e", ""),
    **dict.fromkeys("\u2028\u2029\u0085\v", "\n"),
    **dict.fromkeys("•·●▪", "*"),
    "…": "...", "‹": "<", "›": ">", "ç": "c", "™": "(TM)", "©": "(c)", "®": "(R)", "×": "x", "⁄": "/",
    "½": "1/2", "¼": "1/4", "¾": "3/4", "№": "No.", "→": "->", "←": "<-",
}  # fmt: skip
"""Plain writing, of the GSM alphabet, for characters that word processors and keyboards put in by themselves."""


@dataclass(frozen=True)
class Segments:
    """How a text goes over the air: its encoding, its units in all, and the units of each part."""

    encoding: str
    units: int
    parts: tuple[int, ...]

    @property
    def segments(self) -> int:
        """The number of parts, which is what a provider charges for."""
        return len(self.parts)


def count(text: str) -> Segments:
    """Cut a text as a network does. The encoding is "GSM-7" or "UCS-2"; an empty text has no part."""
    if GSM.issuperset(text):
        sizes = [2 if char in EXTENSION else 1 for char in text]
        return _cut("GSM-7", sizes, _GSM_SINGLE, _GSM_PART)
    sizes = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return _cut("UCS-2", sizes, _UCS2_SINGLE, _UCS2_PART)


def _cut(encoding: str, sizes: list[int], single: int, part: int) -> Segments:
    units = sum(sizes)
    if units <= single:
        return Segments(encoding, units, (units,) if units else ())
    parts = [0]
    for size in sizes:
        if parts[-1] + size > part:
            parts.append(0)
        parts[-1] += size
    return Segments(encoding, units, tuple(parts))


def forcing(text: str) -> list[tuple[int, str, str | None]]:
    """The characters that force UCS-2: (index, character, plain writing or None), in the order of the text.

    A plain writing may be longer than one character, or empty for a character that cannot be seen.
    """
    return [(at, char, REPLACEMENTS.get(char)) for at, char in enumerate(text) if char not in GSM]


@dataclass(frozen=True)
class Foreign:
    """A character that forces UCS-2: what it is called, and its plain writing, if there is one."""

    char: str
    name: str
    plain: str | None

    @property
    def can_be_seen(self) -> bool:
        """Whether a person who looks at it sees anything that stands by itself."""
        return unicodedata.category(self.char)[0] not in "ZCM"


def foreign(text: str) -> list[Foreign]:
    """The different characters that force UCS-2, in the order of their first place in the text."""
    chars = dict.fromkeys(char for _, char, _ in forcing(text))
    return [Foreign(char, _called(char), REPLACEMENTS.get(char)) for char in chars]


def _called(char: str) -> str:
    """The Unicode name, in small letters; a code for the few that have none."""
    return unicodedata.name(char, f"character U+{ord(char):04X}").lower().replace("u+", "U+")


def plain(text: str) -> str:
    """The text in plain writing, as far as there is one. Letters with loose accents (`e` and `U+0301`) become one."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(char if char in GSM else REPLACEMENTS.get(char, char) for char in composed)
