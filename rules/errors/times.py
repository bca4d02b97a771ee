"""What people get wrong about clock times, dates and lengths of time."""

from __future__ import annotations

import re
from datetime import date

from rules.errors.finding import Mistake
from rules.errors.situation import Situation

_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{1,2}))?(?:[:.]\d{1,2})?\s*(a\.?m\.?|p\.?m\.?|h)?$", re.IGNORECASE)
_FOUR = re.compile(r"(\d\d)(\d\d)$")
_CALENDAR = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})$")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T|\s+)(\d{1,2}:\d\d)(?::\d\d)?Z?$", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d\d-\d\d$")
_GLUED_PARTS = re.compile(r"(?:\d+[a-z]+){2,}$", re.IGNORECASE)
_GLUED = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)$", re.IGNORECASE)
_UNITS = {
    "s": "second", "sec": "second", "secs": "second", "m": "minute", "min": "minute", "mins": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "d": "day", "w": "week", "wk": "week", "wks": "week",
    "mo": "month", "mon": "month", "mth": "month", "mths": "month",
}  # fmt: skip
_FULL = ("second", "minute", "hour", "day", "week", "month")
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "half": 30,
}  # fmt: skip


def clock(at: Situation) -> Mistake | None:
    """A clock time that is not written as 09:00."""
    if not at.word and at.expects("CLOCK"):
        return None
    half = re.search(r"(\d{1,2}:\d\d)\s*$", at.text[: at.column - 1])
    if half and at.word.lower() in ("am", "pm", "a.m.", "p.m.", "h"):
        column = half.start() + 1
        return _clock_mistake(at, column, at.text[half.start() : at.column - 1 + len(at.word)])
    column, run = at.whole
    known = _CLOCK.match(run) or run.lower() in ("noon", "midnight")
    if at.expects("CLOCK") and (known or re.match(r"\d", run)) and not _CALENDAR.match(run):
        following = re.match(r"\s+(am|pm)\b", at.text[column - 1 + len(run) :], re.IGNORECASE)
        return _clock_mistake(at, column, run + (following[0] if following else ""))
    return None


def _clock_mistake(at: Situation, column: int, written: str) -> Mistake:
    right = _on_24_hours(written.lower())
    advice = f"Write {right}." if right else "Write hours and minutes, for example 09:00 or 17:30."
    message = "Times are written on the 24-hour clock."
    return at.mistake("R009", message, advice, column, len(written))


def _on_24_hours(written: str) -> str | None:
    if written in ("noon", "midnight"):
        return "12:00" if written == "noon" else "00:00"
    found = _CLOCK.match(written) or _FOUR.match(written)
    if found is None:
        return None
    hours, minutes = int(found[1]), int(found[2] or 0)
    half = (found[3] or "") if found.re is _CLOCK else ""
    if half.startswith(("a", "p")):
        hours = hours % 12 + (12 if half.startswith("p") else 0)
    hours = 0 if hours == 24 else hours
    return f"{hours:02}:{minutes:02}" if hours < 24 and minutes < 60 else None


def calendar(at: Situation) -> Mistake | None:
    """A date that is not written as 2026-12-24."""
    column, run = at.whole
    found = _CALENDAR.match(run)
    if found is None or _ISO.match(run):
        return None
    right = _year_first(found)
    advice = f"Write {right}." if right else "Write for example 2026-12-24 for the 24th of December."
    return at.mistake("R010", "Dates are written year-month-day.", advice, column, len(run))


def moment(at: Situation) -> Mistake | None:
    """`2026-12-24T09:00` and `2026-12-24 09:00`."""
    column, run = at.whole
    before = at.trouble.before
    if before is not None and before.type == "DATE" and at.expects("_AT"):
        column, run = before.column or 1, f"{before} {run}"
    found = _MOMENT.match(run)
    right = found and _on_24_hours(found[2])
    if found is None or not right:
        return None
    return at.mistake(
        "R010", 'Between a day and its time stands "at".', f"Write {found[1]} at {right}.", column, len(run)
    )


def _year_first(found: re.Match[str]) -> str | None:
    one, two, three = int(found[1]), int(found[3]), int(found[4])
    if len(found[1]) == 4:
        options = [(one, two, three)]
    else:
        year = three + 2000 if three < 100 else three
        options = [(year, two, one), (year, one, two)]
    valid = {day for option in options if (day := _day(*option))}
    return valid.pop() if len(valid) == 1 else None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def duration(at: Situation) -> Mistake | None:
    """A length of time that is not written as `10 minutes`."""
    counted = _counted_before(at) or _joined(at) or _unit_missing(at)
    if counted is not None:
        return counted
    if not at.expects("NUMBER", "UNIT") or not at.word:
        return None
    column, run = at.whole
    glued = _GLUED.match(run)
    if _GLUED_PARTS.match(run) and at.expects("NUMBER") and (parts := _parts(run)):
        return _duration_mistake(at, column, run, parts)
    if glued and at.expects("NUMBER") and (unit := _unit(glued[2])):
        return _duration_mistake(at, column, run, _amount(glued[1], unit))
    if at.expects("UNIT") and (unit := _unit(at.word)):
        before = at.text[: at.column - 1].rstrip()
        begin = before.rfind(" ") + 1
        written = at.text[begin : at.column - 1 + len(at.word)]
        return _duration_mistake(at, begin + 1, written, _amount(before[begin:] or "1", unit))
    return _spelled_out(at)


def wait_for(at: Situation) -> Mistake | None:
    """`wait for 10 minutes`."""
    if at.before.lower() != "wait for" or not at.word[:1].isdigit():
        return None
    column = at.text.lower().index("for") + 1
    return at.mistake("R008", '"for" belongs only to  wait for reply.', f"Write:  wait {at.after}", column, 3)


def day_of_month(at: Situation) -> Mistake | None:
    """`every month at 09:00`."""
    if not re.fullmatch(r"every\s+month", at.before, re.IGNORECASE):
        return None
    return at.mistake("R025", "The day of the month is missing here.", "Write:  every month on day 1 at 09:00")


def _counted_before(at: Situation) -> Mistake | None:
    """`two days` where "two" was taken as a field."""
    before = at.trouble.before
    if before is None or before.type != "PATH" or before.lower() not in _COUNTS or not (unit := _unit(at.word)):
        return None
    column = before.column or 1
    written = at.text[column - 1 : at.column - 1 + len(at.word)]
    return _duration_mistake(at, column, written, _amount(str(_COUNTS[before.lower()]), unit))


def _joined(at: Situation) -> Mistake | None:
    """`1 day and 2 hours`."""
    found = re.match(r"(?:and\b|,|\+)\s*\d+\s*([a-z]+)", at.after, re.IGNORECASE)
    if found is None or not _unit(found[1]) or at.trouble.before is None or at.trouble.before.type != "UNIT":
        return None
    message = "The parts of a length of time stand side by side, with nothing between them."
    return at.mistake("R008", message, "Write for example:  1 day 2 hours")


def _unit_missing(at: Situation) -> Mistake | None:
    """`wait 10`."""
    before = at.trouble.before
    if before is None or before.type != "NUMBER" or at.trouble.expected != {"UNIT"} or at.word not in ("", ":"):
        return None
    written = at.text[(before.column or 1) - 1 :].split(maxsplit=1)[0].rstrip(":")
    return _duration_mistake(at, before.column or 1, written, _amount(written, "minute"))


def _parts(run: str) -> str | None:
    """`1h30m` as it is written here."""
    parts = [(amount, _unit(unit)) for amount, unit in re.findall(r"(\d+)([a-z]+)", run, re.IGNORECASE)]
    return " ".join(_amount(amount, unit) for amount, unit in parts if unit) if all(unit for _, unit in parts) else None


def _spelled_out(at: Situation) -> Mistake | None:
    if not at.expects("NUMBER"):
        return None
    found = re.match(
        r"(?:([a-z]+)\s+)?(?:an?\s+)?(seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b", at.after, re.I
    )
    if found is None or (found[1] and found[1].lower() not in _COUNTS):
        return None
    count = _COUNTS[found[1].lower()] if found[1] else 1
    unit = "minute" if found[1] and found[1].lower() == "half" else _unit(found[2]) or found[2]
    return _duration_mistake(at, at.column, found[0], _amount(str(count), unit))


def _unit(word: str) -> str | None:
    low = word.lower()
    if low.removesuffix("s") == "year":
        return "year"
    return low.removesuffix("s") if low.removesuffix("s") in _FULL else _UNITS.get(low)


def _amount(amount: str, unit: str) -> str:
    if unit == "year":
        amount, unit = (str(int(amount) * 12) if amount.isdigit() else "12"), "month"
    return f"{amount} {unit}{'' if amount == '1' else 's'}"


def _duration_mistake(at: Situation, column: int, written: str, right: str) -> Mistake:
    message = "A length of time is a number and a unit written out: seconds, minutes, hours, days, weeks or months."
    return at.mistake("R008", message, f"Write:  {right}", column, len(written))
