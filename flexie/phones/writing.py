"""What stands in a phone field: the digits of a number, apart from the notes that people write beside it."""

import re
import unicodedata
from dataclasses import dataclass

from phonenumbers import convert_alpha_characters_in_number

WHOLE = 7
"""Digits from which a run stands for a number of its own and not for a part of one, or for a note."""

LONGEST = 15
"""Digits of the longest number (ITU-T E.164)."""

_RUN = re.compile(r"\+?[0-9][0-9 ()./~\-\[\]]*|\+[0-9 ()./~\-\[\]]*[0-9][0-9 ()./~\-\[\]]*")
_VANITY = re.compile(r"\+?[0-9(][0-9 ().\-]*[0-9)][-.]?(?:[A-Z]{2,}|(?<=[-.])[A-Za-z]{2,})(?:[-.]?[A-Za-z0-9]+)*")
_SPACED_VANITY = re.compile(r"\+?(?:1[ .\-]?)?8[0-9]{2} [A-Z]{7}\b")
_SPREADSHEET_FLOAT = re.compile(r"(\+?[0-9]{7,})\.0+")
_SPREADSHEET_POWER = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
_COUNT_BEFORE = re.compile(r"^[0-9][.)]\s+(?=(?:[^0-9]*[0-9]){10})")
_COUNT_BEHIND = re.compile(r"(?<=[0-9])\s+[(\[][0-9]{1,2}[)\]]\s*$")
_LETTERS_BETWEEN = re.compile(r"[0-9][^0-9]*[^\W\d_][^0-9]*[0-9]")
"""A letter among digits: a digit mistyped ("074OO 123456"), or notes. Joining what is left would be a guess."""

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－⁃﹘ー"), "-")
_PLUSES = dict.fromkeys(map(ord, "＋﹢⁺"), "+")
_BRACKETS = {ord("（"): "(", ord("）"): ")", ord("．"): ".", ord("／"): "/"}


@dataclass(frozen=True)
class Written:
    """The digits found in a field, whether a + stood before them, how many numbers the field holds,
    and its digits when letters stand for keys of the telephone ("1-800-FLOWERS"), if they can."""

    digits: str
    plus: bool
    numbers: int
    vanity: str = ""


def one_number(raw: str) -> Written:
    """Read a field that should hold one number; notes, extensions and decoration are left out."""
    text = plain(raw).strip()
    if _SPREADSHEET_POWER.fullmatch(text):
        return Written("0", False, 1)
    text = _SPREADSHEET_FLOAT.sub(r"\1", text) if _SPREADSHEET_FLOAT.fullmatch(text) else text
    text_of_runs = _without_counters(_without_words_holding_digits(text))
    runs = _RUN.findall(text_of_runs)
    whole = [run for run in runs if len(_digits(run)) >= WHOLE]
    if len(whole) == 1:
        return Written(_digits(whole[0]), whole[0].startswith("+"), _numbers_in(whole[0]), _vanity(text))
    if not whole and _LETTERS_BETWEEN.search(text_of_runs):
        return Written("0", False, 1, _vanity(text))
    joined = "".join(runs)
    return Written(_digits(joined), joined.startswith("+"), max(len(whole), 1), _vanity(text))


def plain(raw: str) -> str:
    """The text with ASCII digits, signs and spaces, and without characters that cannot be seen."""
    kept = (_plain_char(char) for char in raw.translate(_DASHES).translate(_PLUSES).translate(_BRACKETS))
    return "".join(kept)


def _plain_char(char: str) -> str:
    if char.isascii():
        return " " if char == "\t" else char
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    return "" if category in ("Cf", "Mn", "Me") else char


def _without_words_holding_digits(text: str) -> str:
    """`home2 4155551212` holds one number, while in `tel4155551212` the word is all there is."""
    stripped = re.sub(r"[^\W\d_]+[0-9]{1,2}(?=[\s:.,)\]]|$)", "|", text)
    return stripped if len(_digits(stripped)) >= WHOLE else text


def _without_counters(text: str) -> str:
    """Without the count before or behind a number: `2) 4155551212`, `4155551212 (2)`."""
    return _COUNT_BEHIND.sub("", _COUNT_BEFORE.sub("", text))


def _numbers_in(run: str) -> int:
    """Two numbers may stand in one run with only a blank or a slash between them ("415 555 1212/13" too);
    a slash may also follow an area code, so what could still be one number in full is taken as one."""
    international = run.startswith("+") or _digits(run).startswith("00")
    before, _, after = run.partition("/")
    if _digits(after) and len(_digits(before)) >= (WHOLE + 3 if international else WHOLE):
        return 2
    parts = [part for part in run.split() if len(_digits(part)) >= WHOLE]
    fits = international and len(_digits(run)) <= LONGEST + 2
    return 1 if len(parts) < 2 or fits else len(parts)


def _vanity(text: str) -> str:
    found = _VANITY.search(text) or _SPACED_VANITY.search(text)
    return _digits(convert_alpha_characters_in_number(found.group())) if found else ""


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
