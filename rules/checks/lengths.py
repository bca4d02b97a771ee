"""Lengths of texts: what costs more than one message at the usual lengths of the fields."""

from __future__ import annotations

from rules import templates
from rules.checks.alphabet import (
    GSM_ONE,
    GSM_PART,
    UNICODE_ONE,
    UNICODE_PART,
    gsm_room,
    in_phone_alphabet,
    unicode_room,
)
from rules.checks.positions import place_in
from rules.checks.scope import Scope, checks
from rules.syntax import SendSms, Text
from rules.tree.values import PLACEHOLDER

_TYPICAL = {"datetime": 16, "date": 10, "phone": 13, "money": 7, "number": 3, "yes/no": 3, "list": 8}
_UNMEASURED = 10
_MOST_SHOWN = 5
_REPLY = 20
_REFERENCE = " [FX-12345678]"


@checks(SendSms)
def length(step: SendSms, scope: Scope) -> None:
    """R301, R302, R303, R304."""
    words = PLACEHOLDER.sub(lambda found: "x" * _typical(found[0], scope), step.text.value)
    if not words.strip():
        scope.error(
            "R304", step.text.place, "This text is empty; nothing is sent.", "Write what the person shall read."
        )
        return
    if _too_big(step.text, scope):
        return
    words += _REFERENCE if scope.path.case else ""
    strange = [char for char in dict.fromkeys(words) if not in_phone_alphabet(char)]
    room = unicode_room(words) if strange else gsm_room(words)
    if room.messages < 2:
        return
    plain = gsm_room(words).messages
    if len(strange) == 1 and plain < room.messages:
        _one_character(strange[0], room.units, room.messages, plain, step.text, scope)
    else:
        _too_long(step.text, room.units, room.messages, strange, scope)


def _too_big(text: Text, scope: Scope) -> bool:
    fixed = len(PLACEHOLDER.sub("", text.value))
    if fixed > templates.LONGEST_TEXT:
        message = f"This text has {fixed:,} characters; a text has at most {templates.LONGEST_TEXT:,}."
        scope.error("R303", text.place, message, "Make it shorter, or send two texts; this one could not be sent.")
    return fixed > templates.LONGEST_TEXT


def _one_character(char: str, units: int, messages: int, plain: int, text: Text, scope: Scope) -> None:
    scope.warn(
        "R302",
        place_in(text, text.value.index(char), 1, scope.lines),
        f"The character {char} makes this text cost {messages} messages instead of {plain}.",
        f"A text with a character outside the phone alphabet holds {UNICODE_ONE} characters, not 160.\n"
        f"With the usual length of the filled-in fields this one has {units}.",
    )


def _too_long(text: Text, units: int, messages: int, strange: list[str], scope: Scope) -> None:
    one, part = (UNICODE_ONE, UNICODE_PART) if strange else (GSM_ONE, GSM_PART)
    holds = f"One message holds {one} characters, and {part} in each part of a longer text"
    because = f", because {_listed(strange)} outside the phone alphabet" if strange else ""
    scope.warn(
        "R301",
        text.place,
        f"This text costs {messages} messages: with the usual length of its fields it has {units} characters.",
        f"{holds}{because}.\nMake it shorter, or accept it with  # allow R301",
    )


def _listed(strange: list[str]) -> str:
    """The characters that cost the most room, as the beginning of a sentence about them."""
    more = " and others are" if len(strange) > _MOST_SHOWN else " are" if len(strange) > 1 else " is"
    return " ".join(strange[:_MOST_SHOWN]) + more


def _typical(placeholder: str, scope: Scope) -> int:
    """The usual length of what a placeholder prints, in characters."""
    if not placeholder.startswith("{{"):
        return 0
    names = templates.names(placeholder)
    if not names:
        return _UNMEASURED
    path = names[0].path
    if path.startswith("__data."):
        return _REPLY if path.endswith(".text") else _UNMEASURED
    types = scope.types(path)
    return max((about.typical or _TYPICAL.get(about.type, _UNMEASURED) for about in types), default=_UNMEASURED)
