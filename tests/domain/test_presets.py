"""Presets of Send later: the words that are rules, the moments that they mean, and how they are kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from flexie import laterrules, presets
from flexie.db import db, transaction
from flexie.models import AuditEntry, Settings
from tests.house import House

NEW_YORK = "America/New_York"
MONDAY_NOON = datetime(2030, 1, 7, 17, tzinfo=UTC)  # in New York
HOURS = {"openings": [{"days": ["weekday"], "opens": "08:30", "closes": "17:00"}], "closed": ["2030-01-08"]}


def means(words: str, now: datetime = MONDAY_NOON, hours: dict[str, Any] | None = HOURS) -> str | None:
    """The moment of a rule as a clock in New York shows it."""
    found = laterrules.next_of(laterrules.read(words), Settings(time_zone=NEW_YORK, business_hours=hours), now)
    return found.at.astimezone(laterrules.ZoneInfo(NEW_YORK)).strftime("%a %d %b %H:%M") if found.at else None


@pytest.mark.parametrize(
    ("words", "kept", "moment"),
    [
        ("in an hour", "In 1 hour", "Mon 07 Jan 13:00"),
        ("In 90 minutes", "In 90 minutes", "Mon 07 Jan 13:30"),
        ("in 3 DAYS", "In 3 days", "Thu 10 Jan 12:00"),
        ("in 3 days at 9am", "In 3 days 9:00", "Thu 10 Jan 09:00"),
        ("in a week 17:30", "In 1 week 17:30", "Mon 14 Jan 17:30"),
        ("today 5:30 p.m.", "Today 17:30", "Mon 07 Jan 17:30"),
        ("Today 12:00", "Today 12:00", None),
        ("tomorrow at 9", "Tomorrow 9:00", "Tue 08 Jan 09:00"),
        ("Tomorrow noon", "Tomorrow 12:00", "Tue 08 Jan 12:00"),
        ("monday 8.30", "Monday 8:30", "Mon 14 Jan 08:30"),
        ("monday 12:01", "Monday 12:01", "Mon 07 Jan 12:01"),
        ("Sunday 12am", "Sunday 0:00", "Sun 13 Jan 00:00"),
        ("friday morning", "Friday morning", "Fri 11 Jan 08:30"),
        ("tomorrow morning", "Tomorrow morning", "Tue 08 Jan 09:00"),  # a day off
        ("saturday morning", "Saturday morning", "Sat 12 Jan 09:00"),
        ("next  working day morning", "Next working day morning", "Wed 09 Jan 08:30"),
        ("next working day 10:15", "Next working day 10:15", "Wed 09 Jan 10:15"),
    ],
)
def test_words_mean_a_moment_on_the_accounts_clock(words: str, kept: str, moment: str | None) -> None:
    assert means(words) == moment
    assert laterrules.written(laterrules.read(words)) == kept
    assert laterrules.read(kept) == laterrules.read(words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Write it as Tomorrow 9:00"),
        ("sometime", "Write it as Tomorrow 9:00"),
        ("tomorrow", "Write a time behind it, as Tomorrow 9:00"),
        ("Monday", "Write a time behind it, as Monday 9:00"),
        ("tomorrow 25:00", "“25:00” is no time of the day"),
        ("tomorrow 9:60", "“9:60” is no time"),
        ("tomorrow 13pm", "“13pm” is no time"),
        ("tomorrow 0 am", "“0 am” is no time"),
        ("tomorrow evening", "“evening” is no time"),
        ("in 0 days", "from 1 to 999"),
        ("in 1000 minutes", "from 1 to 999"),
        ("in " + "9" * 500 + " days", "from 1 to 999"),
        ("in 2 hours 9:00", "count from now"),
        ("in ² hours", "Write it as"),
        ("in 2 months", "Write it as"),
    ],
)
def test_words_that_mean_none_are_told_what_to_write(words: str, sentence: str) -> None:
    with pytest.raises(laterrules.RuleProblem, match=sentence):
        laterrules.read(words)


def at(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "now", "utc", "skipped", "is_twice"),
    [
        # 10 March 2030: 02:00 to 03:00 is skipped in New York. 3 November: 01:00 to 02:00 comes twice.
        ("tomorrow 9:00", at(2030, 3, 9, 17), at(2030, 3, 10, 13), None, False),
        ("tomorrow 2:30", at(2030, 3, 9, 17), at(2030, 3, 10, 7), "02:30", False),
        ("sunday 2:30", at(2030, 3, 9, 17), at(2030, 3, 10, 7), "02:30", False),
        ("in 1 day", at(2030, 3, 9, 17), at(2030, 3, 10, 16), None, False),
        ("in 24 hours", at(2030, 3, 9, 17), at(2030, 3, 10, 17), None, False),
        ("tomorrow 9:00", at(2030, 11, 2, 16), at(2030, 11, 3, 14), None, False),
        ("tomorrow 1:30", at(2030, 11, 2, 16), at(2030, 11, 3, 5), None, True),
        ("in 1 day 1:30", at(2030, 11, 2, 16), at(2030, 11, 3, 5), None, True),
        ("in 24 hours", at(2030, 11, 2, 16), at(2030, 11, 3, 16), None, False),
    ],
)
def test_clock_changes_are_counted_in_and_told(
    words: str, now: datetime, utc: datetime, skipped: str | None, is_twice: bool
) -> None:
    found = laterrules.next_of(laterrules.read(words), Settings(time_zone=NEW_YORK, business_hours=None), now)
    assert found.at
    assert found.at.replace(minute=0) == utc
    assert (f"{found.skipped:%H:%M}" if found.skipped else None, found.is_twice) == (skipped, is_twice)


def test_without_business_hours_there_is_no_working_day() -> None:
    closed = {"openings": [], "closed": []}
    assert means("next working day 9:00", hours=closed) is None
    assert means("tomorrow morning", hours=closed) == "Tue 08 Jan 09:00"


def test_of_two_presets_that_mean_one_moment_the_first_is_offered() -> None:
    settings = Settings(time_zone=NEW_YORK, business_hours=None)
    settings.send_later = [{"label": label, "rule": label} for label in ("Tuesday 9:00", "Tomorrow 9:00", "Today 9:00")]
    assert [preset.label for preset, _ in presets.upcoming(settings, MONDAY_NOON)] == ["Tuesday 9:00"]


def told() -> list[Any]:
    entries = select(AuditEntry).where(AuditEntry.subject == "account").order_by(AuditEntry.id)
    return [entry.changes for entry in db.session.scalars(entries)]


def test_presets_are_kept_in_their_order_and_the_change_is_told(house: House) -> None:
    with house.app.app_context(), transaction():
        presets.change(Settings.get(), [("Early", "tomorrow 8"), ("", ""), ("", "in 2 hours")])
    with house.app.app_context():
        assert Settings.get().send_later == [
            {"label": "Early", "rule": "Tomorrow 8:00"},
            {"label": "In 2 hours", "rule": "In 2 hours"},
        ]
        usual = ["In an hour (In 1 hour)", "Tomorrow morning (Tomorrow morning)", "Monday morning (Monday morning)"]
        mine = ["Early (Tomorrow 8:00)", "In 2 hours (In 2 hours)"]
        assert told() == [{"presets of Send later": [usual, mine]}]
        db.session.rollback()
        with transaction():
            presets.change(Settings.get(), [("Early", "Tomorrow 8:00"), ("In 2 hours", "In 2 hours")])
        assert len(told()) == 1
        db.session.rollback()
        with transaction():
            presets.reset(Settings.get())
        assert Settings.get().send_later is None
        assert told()[1] == {"presets of Send later": [mine, usual]}


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_kept(house: House) -> None:
    with house.app.app_context():
        typed = [("a", "tomorrow 9"), ("A", "tomorrow 10"), ("b", ""), ("c" * 41, "today 9"), ("", "soon")]
        with pytest.raises(presets.PresetProblem) as problem:
            presets.change(Settings.get(), typed)
        assert set(problem.value.errors) == {(1, "label"), (2, "rule"), (3, "label"), (4, "rule")}
        db.session.rollback()
        assert Settings.get().send_later is None
