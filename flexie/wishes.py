"""What people told us of being texted, outside of texts: a colleague writes it into the ledger, with the reason.

Whoever opted out by a text of their own, or with the provider, comes back only by a START of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import joinedload

from flexie import audit, consent, phones, records
from flexie.db import UtcDateTime, db
from flexie.models import ConsentChange, Message, OptOut, Record, User

LONGEST_REASON = 200  # characters


class CannotChange(Exception):
    """A wish that cannot be written down, with what to do."""


class NoReason(CannotChange):
    """One without a reason, or with a long one."""


def opt_out(number: str, reason: str, by: User) -> None:
    """Somebody said that they want no more texts: by phone, at the desk. Allow SMS of their records becomes no.

    Raises:
        CannotChange: there is no reason, or the number opted out before.
    """
    _write(number, "out", reason, by)


def opt_in(number: str, reason: str, by: User) -> None:
    """Somebody wants texts again who opted out by telling us. Allow SMS of their records becomes yes.

    Raises:
        CannotChange: there is no reason, the number did not opt out, or it did so by itself.
    """
    entry = entry_of(number)
    if entry is None:
        raise CannotChange("This number gets texts: it did not opt out.")
    if not by_hand(entry):
        raise CannotChange("They opted out themselves. Only a START from their own phone brings texts back.")
    _write(number, "in", reason, by)


def entry_of(number: str) -> OptOut | None:
    """What stands in the ledger about a number."""
    return db.session.get(OptOut, phones.canonical(number))


def by_hand(entry: OptOut) -> bool:
    """Whether a colleague noted it, so that one may take it back."""
    return entry.change is not None and entry.change.how == "hand"


def history(number: str) -> Sequence[ConsentChange]:
    """All changes of a number's wish, the newest first, with who or what made them."""
    query = select(ConsentChange).where(ConsentChange.number == phones.canonical(number))
    query = query.options(joinedload(ConsentChange.user), joinedload(ConsentChange.message).joinedload(Message.line))
    return db.session.scalars(query.order_by(ConsentChange.id.desc())).all()


def allow(record_ids: Iterable[int], *, allowed: bool) -> None:
    """Let Allow SMS of records say so, where they have the field."""
    for record in db.session.scalars(select(Record).where(Record.id.in_(record_ids)).order_by(Record.id)):
        if "allow_sms" in record.fields and record.fields["allow_sms"] is not allowed:
            records.update(record, {"allow_sms": allowed})


def _write(number: str, to: consent.Change, reason: str, by: User) -> None:
    number, reason = phones.canonical(number), " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise NoReason(f"Write how you know, in at most {LONGEST_REASON} characters: who said it, and when.")
    if not consent.change(number, to, reason, how="hand", by=by):
        raise CannotChange("This number opted out before." if to == "out" else "This number gets texts again already.")
    made = history(number)[0]
    did = "opted out" if to == "out" else "opted in"
    audit.note("consent", made.id, did, {"reason": (None, reason)}, name=number)
    allow(records.with_numbers([number]).get(number, ()), allowed=to == "in")


@dataclass(frozen=True)
class Page:
    """Numbers that opted out, those who did last first, and the moment and number to go on behind."""

    rows: Sequence[OptOut]
    older: tuple[datetime, str] | None


def page(before: tuple[datetime, str] | None, size: int, number: str | None = None) -> Page:
    """Some of the ledger, or what it has of one number, with who or what wrote each entry."""
    query = select(OptOut).options(joinedload(OptOut.change).joinedload(ConsentChange.user))
    if number is not None:
        query = query.where(OptOut.number == phones.canonical(number))
    if before is not None:
        mark = literal(before[0], UtcDateTime()), literal(before[1])
        query = query.where(tuple_(OptOut.since, OptOut.number) < tuple_(*mark))
    rows = db.session.scalars(query.order_by(OptOut.since.desc(), OptOut.number.desc()).limit(size + 1)).all()
    shown = rows[:size]
    return Page(shown, (shown[-1].since, shown[-1].number) if len(rows) > size else None)
