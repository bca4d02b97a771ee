"""How the account texts: the words that say no, yes and help with their answers, quiet hours, and limits.

The law's words stand in every list, whatever an account adds; no answer is blank.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from flexie import audit
from flexie.consent import LAW, Word, plain
from flexie.db import lock
from flexie.models import Settings

MOST_WORDS = 50  # of the account's own, of each kind
LONGEST_WORD = 30  # characters
LONGEST_ANSWER = 320  # characters
NEVER_START = frozenset({"YES", "Y", "OK", "OKAY"})
"""They answer too many questions to mean that somebody wants texts again."""


class PolicyProblem(Exception):
    """A policy that cannot be: part of the form → what to write."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True)
class Limit:
    """A number that can be set, within sane bounds; `words` say what it counts."""

    name: str
    words: str
    least: int
    most: int


LIMITS = (
    Limit("most_to_number", "Automatic texts to one number in a day", 1, 200),
    Limit("most_of_rule", "Texts from one rule to one number in 10 minutes", 1, 50),
    Limit("most_of_line", "Automatic texts through one line in an hour", 10, 100_000),
    Limit("starts_per_hour", "Starts of one schedule in an hour", 60, 36_000),
    Limit("starts_before_pause", "Starts of one rule by events in 10 minutes, before it is paused", 10, 10_000),
)


def own_words(settings: Settings, kind: Word) -> list[str]:
    """The words of a kind that the account added to the law's."""
    return [word for word in getattr(settings, f"{kind}_words") if plain(word) not in LAW[kind]]


def change_words(own: Mapping[Word, str], answers: Mapping[Word, str]) -> None:
    """Keep the account's own words, as typed (with commas or line breaks between them), and the answers.

    Raises:
        PolicyProblem: a word cannot be told from others, or an answer is blank or too long.
    """
    errors: dict[str, str] = {}
    taken = {word: kind for kind, words in LAW.items() for word in words}
    found: dict[str, Any] = {}
    for kind in LAW:
        words = [" ".join(word.split()).upper() for word in own[kind].replace("\n", ",").split(",") if word.strip()]
        if problem := _wrong(kind, words, taken):
            errors[f"{kind}_words"] = problem
        taken.update({plain(word): kind for word in words})
        found[f"{kind}_words"] = [*LAW[kind], *(word for word in dict.fromkeys(words) if plain(word) not in LAW[kind])]
        answer = answers[kind].replace("\r\n", "\n").strip()
        if not answer or len(answer) > LONGEST_ANSWER:
            errors[f"{kind}_answer"] = f"Write an answer, of at most {LONGEST_ANSWER} characters."
        found[f"{kind}_answer"] = answer
    _keep(found, errors)


def change_limits(given: Mapping[str, str]) -> None:
    """Keep quiet hours ("21:00" to "08:00", both or neither) and limits, as typed.

    Raises:
        PolicyProblem: a time or a number cannot be used.
    """
    errors: dict[str, str] = {}
    found: dict[str, Any] = {"quiet_answers": given.get("quiet_answers") == "yes"}
    found["quiet_from"], found["quiet_until"] = _hours(given, errors)
    for limit in LIMITS:
        typed = given.get(limit.name, "").replace(",", "").strip()
        number = int(typed) if typed.isdecimal() and len(typed) < 8 else 0
        if not limit.least <= number <= limit.most:
            errors[limit.name] = f"Write a number from {limit.least:,} to {limit.most:,}."
        found[limit.name] = number
    if not errors and found["most_of_rule"] > found["most_to_number"]:
        errors["most_of_rule"] = "One rule cannot send more to a number than all rules together."
    _keep(found, errors)


def _keep(found: dict[str, Any], errors: dict[str, str]) -> None:
    if errors:
        raise PolicyProblem(errors)
    settings = Settings.get()
    lock(settings)
    changed = audit.differences({name: getattr(settings, name) for name in found}, found)
    for name, value in found.items():
        setattr(settings, name, value)
    if changed:
        audit.note("account", settings.id, "changed", changed)


def _wrong(kind: Word, words: list[str], taken: Mapping[str, str]) -> str | None:
    if len(words) > MOST_WORDS:
        return f"These are {len(words)} words; {MOST_WORDS} is the most."
    for word in words:
        told = plain(word)
        if len(told) < 2 or len(word) > LONGEST_WORD:
            return f"“{word[:LONGEST_WORD]}” cannot be used: a word has 2 to {LONGEST_WORD} letters or digits."
        if taken.get(told, kind) != kind:
            return f"“{word}” is among the words for {taken[told].upper()} already."
        if kind == "start" and told in NEVER_START:
            return f"“{word}” answers too many questions to mean START. Leave it out."
    return None


def _hours(given: Mapping[str, str], errors: dict[str, str]) -> tuple[str | None, str | None]:
    begins, ends = (given.get(name, "").strip() for name in ("quiet_from", "quiet_until"))
    if not begins and not ends:
        return None, None
    try:
        if time.fromisoformat(begins) == time.fromisoformat(ends):
            raise ValueError
        return f"{time.fromisoformat(begins):%H:%M}", f"{time.fromisoformat(ends):%H:%M}"
    except ValueError:
        errors["quiet_from"] = (
            "Write when it begins to be quiet and when it ends, as 21:00 and 08:00; or leave both blank."
        )
        return None, None
