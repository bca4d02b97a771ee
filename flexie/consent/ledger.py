"""The ledger of those who want no texts, with each change to it; and what records say under Allow SMS."""

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from sqlalchemy import select

from flexie import clock, phones
from flexie.consent.stops import Stop
from flexie.db import db, insert
from flexie.models import ConsentChange, Message, MessageLink, OptOut, Record, User

Change = Literal["out", "in"]
How = Literal["text", "provider", "hand"]
"""By a text of theirs, by what the provider reported, or by a colleague who was told."""
HOW: tuple[How, ...] = get_args(How)


def opted_out(numbers: Iterable[str]) -> set[str]:
    """Those of these numbers that stand in the ledger."""
    return set(db.session.scalars(select(OptOut.number).where(OptOut.number.in_(list(numbers)))))


def change(
    number: str,
    to: Change,
    reason: str,
    message_id: int | None = None,
    *,
    how: How | None = None,
    by: User | None = None,
) -> bool:
    """Write a number's wish into the ledger. Returns whether it changed anything.

    An own no of somebody for whom a colleague had noted one takes its place: it is theirs to take back from now on.
    """
    how = how or ("text" if message_id else "hand")
    entry = db.session.get(OptOut, number, with_for_update={"key_share": True})
    if entry is None and to == "out":
        return _first_no(number, reason, message_id, how, by)
    is_known = (entry is not None) == (to == "out")
    if is_known and (entry is None or how == "hand" or entry.change is None or entry.change.how != "hand"):
        return False
    told = _told(number, to, reason, message_id, how, by)
    if to == "in":
        db.session.delete(entry)
    elif entry is not None:
        entry.reason, entry.change = reason, told
    db.session.flush()
    return True


def _first_no(number: str, reason: str, message_id: int | None, how: How, by: User | None) -> bool:
    """Write the first no of a number down. Of several at the same time one is the first, and the others wait for it."""
    made = insert(OptOut).values(number=number, reason=reason, since=clock.now())
    if db.session.scalar(made.on_conflict_do_nothing().returning(OptOut.number)) is None:
        return change(number, "out", reason, message_id, how=how, by=by)
    entry = db.session.get_one(OptOut, number)
    entry.change = _told(number, "out", reason, message_id, how, by)
    db.session.flush()
    return True


def _told(number: str, to: Change, reason: str, message_id: int | None, how: How, by: User | None) -> ConsentChange:
    told = ConsentChange(number=number, change=to, how=how, reason=reason, message_id=message_id, user=by)
    told.at = clock.now()
    db.session.add(told)
    return told


def provider_refused(message: Message, code: str | None) -> None:
    """The provider says that this number opted out with it: so it has with us."""
    number = phones.canonical(message.to_number)
    change(number, "out", f"the provider reported it ({code})", message.id, how="provider")


def missing(number: str, records: Iterable[Record]) -> Stop | None:
    """Why nobody may text this number, or None: it stands in the ledger, or Allow SMS of a record is no."""
    if opted_out([phones.canonical(number)]):
        return Stop("opt-out", "opted out: this number asked for no more texts")
    if any(record.fields.get("allow_sms") is False for record in records):
        return Stop("allow sms", "opted out: Allow SMS is no")
    return None


def records_of(message_id: int) -> Sequence[Record]:
    """The records on whose timelines a message stands: their Allow SMS decides."""
    query = select(Record).join(MessageLink, MessageLink.record_id == Record.id)
    return db.session.scalars(query.where(MessageLink.message_id == message_id)).all()
