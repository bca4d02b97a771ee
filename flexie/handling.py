"""What people do beside a conversation with what goes on there by itself: rules that run."""

from sqlalchemy import ColumnElement, and_, or_, select

from flexie import audit, live, records, runlog
from flexie.db import db, lock
from flexie.models import Conversation, Run, User


class CannotCancel(Exception):
    """A run that does not wait any more, with what became of it."""


def run_beside(conversation: Conversation, public_id: str, *conditions: ColumnElement[bool]) -> Run | None:
    """A run of one of the conversation's records, or of its unknown sender, if it fits the conditions."""
    query = select(Run).where(Run.public_id == public_id, _is_beside(conversation), *conditions)
    return db.session.scalar(query)


def _is_beside(conversation: Conversation) -> ColumnElement[bool]:
    ids = {*records.linked_by_hand([conversation.id]).get(conversation.id, ())}
    ids.update(records.with_numbers([conversation.number]).get(conversation.number, ()))
    unknown = and_(Run.record_id.is_(None), Run.conversation_id == conversation.id)
    return or_(Run.record_id.in_(ids), unknown)


def cancel_run(conversation: Conversation, run: Run, by: User) -> None:
    """End a run that waits. What it wrote already stays, and waits or goes as it would have.

    Raises:
        CannotCancel: it does not wait any more.
    """
    lock(run)
    if run.state != "waiting":
        word = "goes on at this moment" if run.state == "ready" else f"is {run.state}"
        raise CannotCancel(f"“{run.rule.name}” does not wait any more: it {word}.")
    runlog.end(run, "cancelled", f"{by.name} cancelled it.")
    live.changed(conversation.line_id)
    audit.note("conversation", conversation.id, "cancelled a rule in", {"rule": (run.rule.name, None)})
