"""The audit log: every change of the account stands in it, and is found by person, kind and day."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import select, update

from flexie import audit, auditlog
from flexie.db import db
from flexie.models import SUBJECTS, AuditEntry, Connection, Line
from flexie.web.settings.audit import KINDS
from tests.house import ANA, LINE_NUMBER
from tests.web.browser import words
from tests.web.desk import Desk
from tests.web.test_plans import plan_of

RULES = 'version 1\n\nrule "Thank":\n  for contact\n  when incoming sms matches "YES"\n\n  add tag "said yes"\n'


def told(desk: Desk, subject: str) -> list[tuple[str, str | None, dict[str, Any], str]]:
    """What stands in the log about a kind of thing: did, name, changes and by whom, oldest first."""
    with desk.app.app_context():
        rows = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.id))
        return [(row.did, row.name, row.changes, row.user.name if row.user else "") for row in rows]


def test_templates_tell_what_they_were_and_are(desk: Desk) -> None:
    desk.mira.post("/templates", {"folder": "Visits", "name": "Tram", "text": "Take the tram."})
    with desk.app.app_context():
        public_id = db.session.execute(db.text("SELECT public_id FROM text_templates")).scalar_one()
    desk.mira.post(f"/templates/{public_id}", {"folder": "Visits", "name": "Bus", "text": "Take the tram."})
    desk.mira.post(f"/templates/{public_id}", {"folder": "Visits", "name": "Bus", "text": "Take the tram."})
    desk.mira.post(f"/templates/{public_id}/delete")
    made = {"folder": [None, "Visits"], "name": [None, "Tram"], "text": [None, "Take the tram."]}
    gone = {"folder": ["Visits", None], "name": ["Bus", None], "text": ["Take the tram.", None]}
    assert told(desk, "template") == [
        ("created", "Tram", made, "Mira Okafor"),
        ("changed", "Bus", {"name": ["Tram", "Bus"]}, "Mira Okafor"),
        ("deleted", "Bus", gone, "Mira Okafor"),
    ]


def test_rule_files_tell_their_versions_and_what_became_of_their_rules(desk: Desk) -> None:
    desk.mira.post("/rules", {"name": "yes", "text": RULES})
    desk.mira.post("/rules", {"name": "yes", "was": "yes", "text": RULES.replace("said yes", "yes")})
    desk.mira.post("/rules", {"name": "yes", "was": "yes", "text": "version 1\n\nrule"})
    desk.mira.post("/rules/yes/delete", {"confirmed": "yes"})
    assert told(desk, "rules") == [
        ("created", "yes", {"version": [None, 1], "rule “Thank”": [None, "new"]}, "Mira Okafor"),
        ("changed", "yes", {"version": [1, 2], "rule “Thank”": [None, "changed"]}, "Mira Okafor"),
        ("changed", "yes", {"version": [2, 3], "in force": [None, False]}, "Mira Okafor"),
        ("deleted", "yes", {"rules": [["Thank"], None]}, "Mira Okafor"),
    ]


def test_connections_and_lines_are_called_by_their_names(desk: Desk) -> None:
    desk.house.standin.own_number(LINE_NUMBER)
    desk.house.standin.own_number("+14155550170")
    with desk.app.app_context():
        main = db.session.scalars(select(Line)).one()
        account, line = f"/settings/connections/{main.connection.public_id}", f"/settings/lines/{main.public_id}"
    desk.mira.post(account, {"auth_token": "second-token"})
    desk.mira.post(f"{account}/numbers", {"number": "+14155550170", "name": "Night"})
    desk.mira.post(f"{line}/webhook")
    desk.mira.post(line, {"name": "Front", "pace": ""})
    assert [(did, name) for did, name, _, _ in told(desk, "connection")] == [("created", "Main"), ("changed", "Main")]
    assert [(did, name) for did, name, _, _ in told(desk, "line")] == [
        ("created", "Main"),
        ("created", "Night"),
        ("changed", "Main"),
        ("changed", "Front"),
    ]


def test_entries_of_before_that_have_no_name_are_called_as_the_thing_is_now(desk: Desk) -> None:
    with desk.rows():
        db.session.execute(update(AuditEntry).values(name=None))
        db.session.execute(update(Line).values(name="Front"))
        db.session.execute(update(Connection).values(name="Clinic account"))
    shown = words(desk.mira.get("/settings/audit"))
    assert "Line Front" in shown
    assert "Connection Clinic account" in shown


def test_fields_tell_their_places(desk: Desk) -> None:
    desk.mira.post("/fields/deal", {"label": "Stage", "type": "text"})
    desk.mira.post("/fields/deal", {"label": "Value", "type": "money"})
    desk.mira.post("/fields/deal/value/move", {"to": "up"})
    last = told(desk, "field")[-1]
    assert (last[0], last[1], last[3]) == ("moved", "Value (deal)", "Mira Okafor")
    before, after = last[2]["place"]
    assert before - after == 1


def furnish(desk: Desk) -> None:
    """Entries of three days: by a rule, by Mira, and by Tom."""
    desk.house.record(first_name="Ana <b>", mobile=ANA)
    desk.house.rules(RULES)
    desk.house.text("yes")
    desk.house.work()
    desk.clock.move(days=1)
    desk.mira.post("/templates", {"name": "Tram", "text": "Take the tram."})
    desk.clock.move(days=1)
    desk.agent().post("/records/contact", {"first_name": "Bo"})


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ("", ("Rule “Thank” tagged", "Mira Okafor created", "Tom Field created", "Take the tram."), ()),
        ("kind=template", ("Tram",), ("Tom Field created", "tagged")),
        ("who=system", ("tagged Record Ana <b>",), ("Mira Okafor created", "Tom Field created")),
        ("since=2030-01-08&until=2030-01-08", ("Tram",), ("Tom Field created", "tagged")),
        ("until=2030-01-07", ("tagged",), ("Tram", "Tom Field created")),
        ("kind=lies&who=nobody&since=yesterday&until=9999-12-31&before=x", ("tagged", "Tram"), ()),
        ("kind=token", ("Nothing fits.",), ("Tram",)),
    ],
)
def test_entries_are_found_by_person_kind_and_day(
    desk: Desk, asked: str, shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    furnish(desk)
    page = words(desk.mira.get(f"/settings/audit?{asked}", htmx=True))
    assert [each for each in shown if each not in page] == []
    assert [each for each in hidden if each in page] == []


def test_one_persons_entries_are_found(desk: Desk) -> None:
    furnish(desk)
    with desk.app.app_context():
        tom = db.session.execute(db.text("SELECT public_id FROM users WHERE name = 'Tom Field'")).scalar_one()
    page = words(desk.mira.get(f"/settings/audit?who={tom}", htmx=True))
    assert "Tom Field created Record Bo" in page
    assert "Tram" not in page


def test_a_day_is_one_of_the_accounts_clock(desk: Desk) -> None:
    with desk.rows():
        db.session.execute(db.text("UPDATE settings SET time_zone = 'Asia/Tokyo'"))
    desk.clock.move(hours=6)  # it is 16:00 on the 7th in Greenwich, and 01:00 on the 8th in Tokyo
    desk.mira.post("/templates", {"name": "Tram", "text": "Take the tram."})
    assert "Tram" in words(desk.mira.get("/settings/audit?since=2030-01-08", htmx=True))
    assert "Tram" not in words(desk.mira.get("/settings/audit?until=2030-01-07", htmx=True))


def many(desk: Desk, count: int) -> None:
    """So many entries, all of one moment but for the last ten."""
    with desk.rows():
        for number in range(count):
            if number == count - 10:
                desk.clock.move(seconds=1)
            audit.note("group", number, "changed", {"name": (f"before {number}", f"after {number}")}, name=f"G{number}")


def test_older_entries_follow_without_a_gap_or_a_repetition(desk: Desk) -> None:
    many(desk, 120)
    seen: list[int] = []
    before: int | None = None
    with desk.app.app_context():
        while before != 0:
            found = auditlog.page(auditlog.Sought(subject="group"), before, 50)
            seen += [entry.subject_id for entry in found.rows]
            before = found.older or 0
    assert seen == list(range(119, -1, -1))
    first = desk.mira.get("/settings/audit")
    assert "after 119" in first.text
    assert "after 60" not in first.text
    further = first.text.split('id="older"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    following = desk.mira.get(further, htmx=True).text
    assert "after 69<" in following
    assert "after 70<" not in following
    assert 'id="export"' not in following


def test_what_was_found_is_exported_and_that_is_an_entry_too(desk: Desk) -> None:
    many(desk, 60)
    with desk.rows():
        audit.note("template", 1, "created", {"text": (None, "=1+1"), "folder": (None, "")}, name="Sum")
    answer = desk.mira.post("/settings/audit/export", {"kind": "group"})
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0] == ["When", "Who", "Kind", "What", "Did", "Field", "Before", "After"]
    assert len(rows) == 61
    assert rows[1] == ["2030-01-07 10:00:01", "", "group", "G59", "changed", "name", "before 59", "after 59"]
    assert told(desk, "account") == [("exported the audit log", None, {"kind": [None, "group"]}, "Mira Okafor")]
    answer = desk.mira.post("/settings/audit/export", {"kind": "template"})
    assert [row[5:] for row in csv.reader(io.StringIO(answer.text))][1:] == [["text", "", "'=1+1"], ["folder", "", ""]]


@pytest.mark.parametrize(
    ("sought", "index"),
    [
        (auditlog.Sought(), "ix_audit_entries_at_id"),
        (auditlog.Sought(subject="group"), "ix_audit_entries_subject_at_id"),
        (auditlog.Sought(user_id=1), "ix_audit_entries_user_id_at_id"),
        (auditlog.Sought(user_id=0), "ix_audit_entries_user_id_at_id"),
    ],
)
def test_every_page_walks_an_index(desk: Desk, sought: auditlog.Sought, index: str) -> None:
    many(desk, 60)
    with desk.app.app_context():
        for before in (None, 30):
            plan = plan_of(lambda: auditlog.page(sought, before, 50), "audit_entries")  # noqa: B023
            assert index in plan
            assert "TEMP B-TREE" not in plan


def test_every_kind_of_thing_has_words(desk: Desk) -> None:
    assert set(KINDS) == set(SUBJECTS)
    with desk.rows(), pytest.raises(ValueError, match="no kind of thing"):
        audit.note("gruop", 1, "changed", {})
