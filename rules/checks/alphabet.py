"""The phone alphabet: how much room a text takes. Sources: 3GPP TS 23.038 (GSM 7-bit), TS 23.040 (parts)."""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("\f^{}\\[~]|€")
GSM_ONE, GSM_PART = 160, 153
UNICODE_ONE, UNICODE_PART = 70, 67


@dataclass(frozen=True, slots=True)
class Room:
    """The room a text takes: its units (septets or UTF-16 code units) and the messages it costs."""

    units: int
    messages: int


def in_phone_alphabet(char: str) -> bool:
    """Whether the character can be sent without Unicode."""
    return char in _BASIC or char in _DOUBLE


def gsm_room(text: str) -> Room:
    """The room in the phone alphabet; a character outside it counts as one that is inside."""
    units = sum(2 if char in _DOUBLE else 1 for char in text)
    return Room(units, _messages(units, GSM_ONE, GSM_PART))


def unicode_room(text: str) -> Room:
    """The room in Unicode (UTF-16)."""
    units = sum(2 if ord(char) > 0xFFFF else 1 for char in text)
    return Room(units, _messages(units, UNICODE_ONE, UNICODE_PART))


def _messages(units: int, one: int, part: int) -> int:
    return 1 if units <= one else -(-units // part)
