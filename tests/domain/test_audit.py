"""Who changed what stands in the audit log, in the transaction of the change."""

from typing import Any

from flexie import audit, auditlog, clock, records
from flexie.db import db, transaction
from flexie.models import AuditEntry, Record, User
from tests.house import ANA, House
from tests.moving_clock import MovingClock

RULES = """version 1

rule "Confirm":
  for contact
  when incoming sms matches "YES*"

  set city to "Tirana"
  add tag "said yes"
"""


def entries(house: House) -> list[tuple[str, dict[str, Any], str]]:
    with house.app.app_context():
        query = db.select(AuditEntry).where(AuditEntry.subject == "record").order_by(AuditEntry.id)
        rows = db.session.scalars(query).all()
        return [(row.did, row.changes, _by(row)) for row in rows]


def _by(row: AuditEntry) -> str:
    if row.run:
        return f"rule {row.run.rule.name}"
    return row.user.name if row.user else "nobody"


def test_a_rule_tells_what_it_changed_and_texts_alone_tell_nothing(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA, city="Vlora")
    house.rules(RULES)
    house.text("Hello")
    house.work()
    made = {"first_name": [None, "Ana"], "mobile": [None, ANA], "city": [None, "Vlora"], "allow_sms": [None, True]}
    assert entries(house) == [("created", made, "nobody")]

    house.text("yes!")
    house.work()
    house.text("yes again")
    house.work()
    assert house.fields(contact)["city"] == "Tirana"
    assert entries(house)[1:] == [
        ("changed", {"city": ["Vlora", "Tirana"]}, "rule Confirm"),
        ("tagged", {"tags": [[], ["said yes"]]}, "rule Confirm"),
    ]


def test_a_person_is_named_and_what_was_rolled_back_is_not_told(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA)
    with house.app.app_context(), transaction():
        user = User(email="u@example.test", name="Uta", role="agent", password_hash="", created_at=clock.now())
        db.session.add(user)
        db.session.flush()
        audit.act_as(user)
        records.update(db.session.get_one(Record, contact), {"city": "Vlora"})
    with house.app.app_context():
        records.update(db.session.get_one(Record, contact), {"city": "Durrës"})
        db.session.rollback()
    assert entries(house)[1:] == [("changed", {"city": [None, "Vlora"]}, "Uta")]


def test_the_history_of_a_deleted_record_is_not_that_of_a_new_one_in_its_row(
    house: House, moving_clock: MovingClock
) -> None:
    since = moving_clock()
    gone, kept = house.record(first_name="Gone", mobile=ANA), house.record(first_name="Kept")
    with house.app.app_context(), transaction():
        records.update(db.session.get_one(Record, gone), {"city": "Vlora"})
        records.update(db.session.get_one(Record, kept), {"city": "Vlora"})
        db.session.delete(db.session.get_one(Record, gone))
    with house.app.app_context(), transaction():
        new = Record(id=gone, kind="contact", title="New", fields={"first_name": "New"}, created_at=since)
        new.updated_at = since
        db.session.add(new)
        db.session.flush()
        audit.created(new)
    with house.app.app_context():
        histories = audit.of_records([gone, kept], since)
        told = {row: [(entry.did, entry.changes) for entry in entries] for row, entries in histories.items()}
        log = auditlog.page(auditlog.Sought(subject="record"), None, 10)
        assert [(each.did, log.names[each.id]) for each in log.rows if each.subject_id == gone] == [
            ("created", "New"), ("changed", "Gone"), ("created", "Gone"),
        ]  # fmt: skip
    assert told[gone] == [("created", {"first_name": [None, "New"]})]
    assert [did for did, _ in told[kept]] == ["created", "changed"]
