"""Business hours as they are stored with the account or a group, and as rules use them."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from rules import moments
from rules.moments import BusinessHours, Opening


def read(stored: Mapping[str, Any] | None) -> BusinessHours:
    """Business hours from their JSON (see Settings); None means Monday to Friday, 9 to 17."""
    if not stored:
        return moments.OFFICE
    openings = tuple(
        Opening(
            frozenset(moments.numbers(one["days"])), time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"])
        )
        for one in stored.get("openings", ())
    )
    closed = frozenset(date.fromisoformat(day) for day in stored.get("closed", ()))
    zone = stored.get("zone")
    return BusinessHours(openings, closed=closed, zone=ZoneInfo(zone) if zone else None)


STRETCHES = (1, 2)
"""How many stretches of open hours a day has in the form: before and after a break."""

MOST_CLOSED = 200  # days off


class HoursProblem(Exception):
    """Business hours that cannot be; `box` is the day ("monday") or "closed", and the sentence says what to write."""

    def __init__(self, box: str, sentence: str) -> None:
        super().__init__(sentence)
        self.box = box


def boxes(stored: Mapping[str, Any] | None) -> dict[str, str]:
    """What a form shows of stored business hours, by name: `opens-monday-1`, `closes-monday-1`, …, and `closed`."""
    hours = read(stored)
    shown: dict[str, str] = {}
    for number, day in enumerate(moments.DAYS):
        of_day = sorted((one for one in hours.openings if number in one.days), key=lambda one: one.opens)
        for stretch, one in zip(STRETCHES, of_day, strict=False):
            shown[f"opens-{day}-{stretch}"] = f"{one.opens:%H:%M}"
            shown[f"closes-{day}-{stretch}"] = f"{one.closes:%H:%M}"
    return shown | {"closed": "\n".join(each.isoformat() for each in sorted(hours.closed))}


def typed(given: Mapping[str, str], zone: str | None = None) -> dict[str, Any]:
    """Business hours as they are stored, from such a form. `zone` is an IANA name, None for the account's.

    Raises:
        HoursProblem: a stretch has only one end, ends where it begins, or runs into another; or nothing is open at all.
    """
    by_times: dict[tuple[str, str], list[str]] = {}
    for day in moments.DAYS:
        for times in _stretches(given, day):
            by_times.setdefault(times, []).append(day)
    if not by_times:
        raise HoursProblem("monday", "Open at least once a week: else what waits for business hours waits for ever.")
    found: dict[str, Any] = {
        "openings": [{"days": days, "opens": opens, "closes": closes} for (opens, closes), days in by_times.items()],
        "closed": _closed(given.get("closed", "")),
    }
    return found | ({"zone": zone} if zone else {})


def _stretches(given: Mapping[str, str], day: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for stretch in STRETCHES:
        opens, closes = (given.get(f"{end}-{day}-{stretch}", "").strip() for end in ("opens", "closes"))
        if not opens and not closes:
            continue
        if not (_is_time(opens) and _is_time(closes)) or opens == closes:
            raise HoursProblem(day, f"{day.capitalize()}: write when it opens and when it closes, as 09:00 and 17:00.")
        if found and not found[-1][0] < found[-1][1] <= opens:
            raise HoursProblem(day, f"{day.capitalize()}: the second stretch begins before the first one ends.")
        found.append((opens, closes))
    return found


def _is_time(written: str) -> bool:
    try:
        return time.fromisoformat(written).strftime("%H:%M") == written
    except ValueError:
        return False


def _closed(written: str) -> list[str]:
    days: set[date] = set()
    for word in written.replace(",", " ").split():
        try:
            days.add(date.fromisoformat(word))
        except ValueError:
            raise HoursProblem("closed", f"“{word[:20]}” is no day: write each as 2026-12-25.") from None
    if len(days) > MOST_CLOSED:
        raise HoursProblem(
            "closed", f"These are {len(days)} days; {MOST_CLOSED} is the most. Leave out those that passed."
        )
    return [each.isoformat() for each in sorted(days)]
