"""Lists walk an index from the newest row on, whatever their filter: no sorting, no scan of a whole table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, text

from flexie import inbox, outbox
from flexie.db import db
from flexie.models import Group, Line, Record, User
from flexie.web import timeline
from tests.house import ANA
from tests.web.desk import Desk


@contextmanager
def statements() -> Iterator[list[tuple[str, object]]]:
    """The statements that are run inside the block."""
    seen: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan_of(act: Callable[[], object], table: str) -> str:
    """SQLite's plan of the statements about a table that `act` runs."""
    with statements() as seen:
        act()
    about = [(statement, given) for statement, given in seen if f"FROM {table}" in statement]
    connection = db.session.connection()
    plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given) for statement, given in about]
    return "\n".join(str(step) for plan in plans for step in plan)


@pytest.mark.parametrize("role", ["admin", "agent"])
@pytest.mark.parametrize("before", [None, "1893492000000000-" + "0" * 32])
@pytest.mark.parametrize(
    ("show", "index"),
    [
        ("unread", "ix_conversations_unread"),
        ("not-linked", "ix_conversations_not_linked"),
        ("unassigned", "ix_conversations_unassigned"),
    ],
)
def test_filters_walk_their_own_index(desk: Desk, role: str, before: str | None, show: inbox.Show, index: str) -> None:
    desk.talk(ANA)
    with desk.app.app_context():
        user = User(role=role, id=9, groups=[])
        for line in (None, db.session.scalars(select(Line)).one()):
            plan = plan_of(lambda: inbox.conversations(user, inbox.View(show, line, before)), "conversations")  # noqa: B023
            assert index in plan
            assert "TEMP B-TREE" not in plan
            counted = select(inbox.counters(user, line)[show])
            assert index in plan_of(lambda: db.session.execute(counted), "conversations")  # noqa: B023


def test_what_is_mine_walks_the_indexes_of_its_keepers(desk: Desk) -> None:
    with desk.app.app_context():
        user = User(role="agent", id=9, groups=[Group(id=3, name="Duty")])
        plan = plan_of(lambda: inbox.conversations(user, inbox.View("mine")), "conversations")
    assert "ix_conversations_assignee" in plan
    assert "ix_conversations_assigned_group" in plan


def test_texts_to_come_and_texts_that_failed_are_found_by_their_messages(desk: Desk) -> None:
    with desk.app.app_context():
        for show, index in (("scheduled", "ix_messages_"), ("failed", "ix_messages_trouble")):
            plan = plan_of(lambda: inbox.conversations(User(role="admin"), inbox.View(show)), "conversations")  # noqa: B023
            assert index in plan
            scans = [step for step in plan.splitlines() if "SCAN messages" in step]
            assert all("USING INDEX ix_messages_" in step for step in scans)  # of the few that are concerned
            assert "SCAN conversations" not in plan


def test_those_of_one_line_are_found_by_the_messages_of_that_line(desk: Desk) -> None:
    with desk.app.app_context():
        line = db.session.scalars(select(Line)).one()
        for show, index in (("scheduled", "ix_messages_line_waiting"), ("failed", "ix_messages_line_trouble")):
            plan = plan_of(lambda: inbox.conversations(User(role="admin"), inbox.View(show, line)), "conversations")  # noqa: B023
            assert f"{index} (line_id=?" in plan
            assert "SCAN messages" not in plan


def test_everything_walks_by_date_for_whoever_sees_all_lines(desk: Desk) -> None:
    with desk.app.app_context():
        plan = plan_of(lambda: inbox.conversations(User(role="admin"), inbox.View()), "conversations")
    assert "ix_conversations_state_last_at_id" in plan
    assert "TEMP B-TREE" not in plan


def test_whoever_sees_some_lines_reads_the_newest_of_each(desk: Desk) -> None:
    with desk.app.app_context():
        user = User(role="agent", id=9, groups=[])
        plan = plan_of(lambda: inbox.conversations(user, inbox.View()), "conversations")
    assert "ix_conversations_state_line_last_at_id" in plan


def test_a_timeline_walks_the_links_of_its_record(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    with desk.app.app_context():
        record = db.session.scalars(select(Record)).one()
        db.session.execute(text("SELECT 1"))
        plan = plan_of(lambda: timeline.page(record, db.session.get_one(User, desk.mira_id), None), "messages")
    assert "ix_message_links_record_id_message_id" in plan
    assert "TEMP B-TREE" not in plan


def test_the_line_that_somebody_used_last_is_found_by_their_texts(desk: Desk) -> None:
    with desk.app.app_context():
        plan = plan_of(lambda: outbox.last_used_line(db.session.get_one(User, desk.mira_id)), "lines JOIN messages")
    assert "ix_messages_user_id" in plan
    assert "TEMP B-TREE" not in plan
