"""`attach message to case` and `close case`, and which case a run is about."""

from sqlalchemy import select

from flexie import records
from flexie.db import db, insert
from flexie.models import Message, MessageLink, Record
from flexie.performing.doing import Doing, StepFailed
from rules import effects


def in_scope(doing: Doing) -> Record | None:
    """The open case that a run created, is about, or whose text started it."""
    run = doing.run
    if run.case is not None:
        return run.case
    if run.record is not None and run.record.kind == "case":
        return run.record
    message = run.message
    return message.case if message is not None and message.case is not None and message.case.is_open_case else None


def attach_message(_: effects.AttachMessage, doing: Doing) -> str | None:
    """The text that answered or started the run goes to the case in scope, else to the record's newest open case."""
    run = doing.run
    message = db.session.get(Message, run.answer_id) if run.answer_id else run.message
    if message is None:
        return "not attached: no text started or answered this run"
    case = in_scope(doing) or _newest_open(run.record)
    if case is None:
        return "not attached: there is no open case"
    message.case_id = case.id
    link = {"message_id": message.id, "record_id": case.id}
    db.session.execute(insert(MessageLink).values(link).on_conflict_do_nothing())
    return f"attached to {case.title}"


def close(_: effects.CloseCase, doing: Doing) -> str | None:
    """Set the case's status to Closed."""
    case = in_scope(doing) or _newest_open(doing.run.record)
    if case is None:
        return "not closed: there is no open case"
    try:
        records.update(case, {"status": "Closed"}, doing.run)
    except records.fields.FieldErrors as problem:
        raise StepFailed(f"The case could not be closed: {problem}") from None
    return f"closes {case.title}"


def _newest_open(record: Record | None) -> Record | None:
    if record is None:
        return None
    about = select(Record).where(Record.kind == "case", Record.about_id == record.id).order_by(Record.id.desc())
    return next((case for case in db.session.scalars(about) if case.is_open_case), None)
