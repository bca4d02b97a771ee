"""The account's own pages under Settings: name, clock, hours, and the presets of Send later."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from flexie.db import db
from flexie.models import AuditEntry, Rule, Settings
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk

NEW_YORK = "America/New_York"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """An account in New York, where it is Monday, 05:00."""
    with desk.rows():
        Settings.get().time_zone = NEW_YORK
        Settings.get().business_hours = None
    return desk


def kept(desk: Desk) -> Settings:
    with desk.app.app_context():
        return Settings.get()


def told(desk: Desk) -> list[dict[str, Any]]:
    with desk.app.app_context():
        entries = select(AuditEntry).where(AuditEntry.subject == "account", AuditEntry.user_id == desk.mira_id)
        return [entry.changes for entry in db.session.scalars(entries.order_by(AuditEntry.id))]


def form(**more: str) -> dict[str, str]:
    return {"name": "Test account", "zone": NEW_YORK, "hours": "usual", **more}


def presets(*rows: tuple[str, str], **more: str) -> dict[str, str]:
    typed = {
        f"{part}-{number}": row[at] for number, row in enumerate(rows) for at, part in enumerate(("label", "rule"))
    }
    return typed | more


@pytest.mark.parametrize("page", ["/settings/general", "/settings/presets"])
def test_only_administrators_get_in(desk: Desk, page: str) -> None:
    assert f'href="{page}"' in desk.mira.get(desk.mira.get("/settings").location).text
    tom, writer = desk.agent(), Browser(desk.app, desk.person("w@example.com", "Wanda", "rule writer"))
    for browser in (tom, writer):
        assert browser.get(page).status_code == 403
        assert browser.post(page, form() | presets(("x", "Tomorrow 9:00"))).status_code == 403
    assert tom.post("/settings/presets/preview", presets(("x", "Tomorrow 9:00"))).status_code == 403
    assert Browser(desk.app).get(page).status_code == 303
    assert (kept(desk).name, kept(desk).send_later) == ("Test account", None)


def test_name_clock_and_hours_are_kept_and_told(desk: Desk) -> None:
    times = {"opens-monday-1": "08:00", "closes-monday-1": "12:00", "closed": "2030-12-25"}
    answer = desk.mira.post(
        "/settings/general", form(name=" Rosewood  Clinic ", zone="Asia/Tokyo", hours="own", **times)
    )
    page = desk.mira.get(answer.location)
    assert "Saved." in words(page)
    assert 'value="Rosewood Clinic"' in page.text
    assert 'value="Asia/Tokyo" selected' in page.text
    assert re.search(r'name="opens-monday-1" value="08:00"', page.text)
    hours = {"openings": [{"days": ["monday"], "opens": "08:00", "closes": "12:00"}], "closed": ["2030-12-25"]}
    assert (kept(desk).name, kept(desk).time_zone, kept(desk).business_hours) == (
        "Rosewood Clinic",
        "Asia/Tokyo",
        hours,
    )
    assert told(desk) == [
        {
            "name": ["Test account", "Rosewood Clinic"],
            "time zone": [NEW_YORK, "Asia/Tokyo"],
            "business hours": [None, hours],
        }
    ]
    desk.mira.post("/settings/general", form(hours="usual"))
    assert kept(desk).business_hours is None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": "x" * 61}, "Write at most 60 characters."),
        ({"zone": "Mars/Olympus"}, "There is no time zone"),
        ({"zone": ""}, "There is no time zone"),
        ({"hours": "own"}, "Open at least once a week"),
        ({"hours": "own", "opens-monday-1": "9", "closes-monday-1": "17:00"}, "Monday: write when it opens"),
        ({"hours": "own", "opens-monday-1": "09:00", "closes-monday-1": "17:00", "closed": "soon"}, "“soon” is no day"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_is_kept(desk: Desk, more: dict[str, str], sentence: str) -> None:
    answer = desk.mira.post("/settings/general", form(name="Rosewood") | more)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert kept(desk).name == "Test account"
    assert told(desk) == []


def test_on_another_clock_rules_look_anew_for_their_next_moment(desk: Desk) -> None:
    desk.house.rules('version 1\n\nrule "Daily":\n  for contact\n  every day at 09:00\n\n  add tag "x"\n')
    desk.house.work()
    with desk.rows():
        assert db.session.scalars(select(Rule.look_at)).one().isoformat() == "2030-01-07T14:00:00+00:00"
    desk.mira.post("/settings/general", form(zone="America/Los_Angeles"))
    desk.house.work()
    with desk.rows():
        assert db.session.scalars(select(Rule.look_at)).one().isoformat() == "2030-01-07T17:00:00+00:00"


def test_presets_are_kept_and_offered_beside_send(desk: Desk) -> None:
    rows = (("Soon", "in 2 hours"), ("", "tomorrow at 9"), ("Start of the week", "monday 8:30"))
    answer = desk.mira.post("/settings/presets", presets(*rows))
    page = desk.mira.get(answer.location)
    assert "Saved." in words(page)
    assert re.findall(r'name="rule-\d" value="([^"]*)"', page.text) == [
        "In 2 hours", "Tomorrow 9:00", "Monday 8:30", "", "",
    ]  # fmt: skip
    assert "Tue 8 Jan, 09:00." in words(page)
    same = desk.mira.post("/settings/presets", presets(*rows, ("Again", "tuesday 9:00"), do="look"))
    assert words(same).count("Tue 8 Jan, 09:00.") == 2
    assert "Tue 8 Jan, 09:00. Preset 2 offers it now." in words(same)
    assert told(desk)[0]["presets of Send later"][1][0] == "Soon (In 2 hours)"

    talk = desk.talk(ANA)
    menu = desk.mira.get(f"/inbox/{talk}")
    assert re.findall(r'name="later" value="([^"]+)"', menu.text) == [
        "In 2 hours", "2030-01-08T09:00", "2030-01-07T08:30", "at",
    ]  # fmt: skip
    assert "Soon Tomorrow 9:00 Tue 8 Jan, 09:00 Start of the week Mon 7 Jan, 08:30" in words(menu)
    desk.mira.post(f"/inbox/{talk}/reply", {"text": "Hi", "nonce": "n", "later": "In 2 hours"})
    (message,) = desk.house.messages("out")
    assert message.due_at
    assert message.due_at.isoformat() == "2030-01-07T12:00:00+00:00"


def test_what_is_wrong_with_presets_stands_beside_each_and_what_was_typed_stays(desk: Desk) -> None:
    rows = (("Early", "tomorrow 8"), ("early", "tomorrow 9"), ("<b>", "someday"), ("Lost", ""))
    answer = desk.mira.post("/settings/presets", presets(*rows))
    assert answer.status_code == 422
    assert "There is a preset “early” already." in words(answer)
    assert words(answer).count("Write it as Tomorrow 9:00, Monday 8:30 or In 2 hours.") == 2
    assert 'value="&lt;b&gt;"' in answer.text
    assert 'value="someday"' in answer.text
    assert kept(desk).send_later is None


@pytest.mark.parametrize(
    ("rule", "days", "sentence"),
    [
        ("monday 8:30", 0, "Mon 7 Jan, 08:30."),
        ("today 4:00", 0, "Not offered now"),
        ("tomorrow 2:30", 61, "Sun 10 Mar, 03:30. The clock skips 02:30 that day, so it is 03:30."),
        ("tomorrow 1:30", 299, "Sun 3 Nov, 01:30. The clock shows this time twice that day; the first is meant."),
        ("tomorrow 26:00", 0, "“26:00” is no time of the day."),
        ("", 0, ""),
    ],
)
def test_a_preview_says_what_a_rule_means_next(desk: Desk, rule: str, days: int, sentence: str) -> None:
    desk.clock.move(days=days)
    mira = Browser(desk.app, desk.mira_id)  # her first sign-in has ended by then
    answer = mira.post("/settings/presets/preview", presets(("", rule)), htmx=True)
    assert words(answer).startswith(sentence)
    assert answer.text.count('hx-swap-oob="true"') == 5
    page = mira.post("/settings/presets", presets(("Typed", rule), do="look"))
    assert sentence in words(page)
    assert 'value="Typed"' in page.text
    assert kept(desk).send_later is None


def test_a_preset_moves_up_and_the_usual_ones_come_back(desk: Desk) -> None:
    rows = (("A", "Tomorrow 8:00"), ("B", "Tomorrow 9:00"))
    moved = desk.mira.post("/settings/presets", presets(*rows, do="up-1"))
    assert re.findall(r'name="label-\d" value="([^"]+)"', moved.text) == ["B", "A"]
    for nonsense in ("up-0", "up-99999", "up-x", "up-²"):
        same = desk.mira.post("/settings/presets", presets(*rows, do=nonsense))
        assert re.findall(r'name="label-\d" value="([^"]+)"', same.text) == ["A", "B"]
    assert kept(desk).send_later is None
    desk.mira.post("/settings/presets", presets(*rows))
    assert "Have the usual ones again" in words(desk.mira.get("/settings/presets"))
    desk.mira.post("/settings/presets", presets(*rows, do="usual"))
    assert kept(desk).send_later is None
    assert "Have the usual ones again" not in words(desk.mira.get("/settings/presets"))


def test_without_presets_any_time_can_be_chosen_still(desk: Desk) -> None:
    desk.mira.post("/settings/presets", presets())
    assert kept(desk).send_later == []
    menu = desk.mira.get(f"/inbox/{desk.talk(ANA)}")
    assert re.findall(r'name="later" value="([^"]+)"', menu.text) == ["at"]
