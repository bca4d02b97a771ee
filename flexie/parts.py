"""Long texts that a provider brings in parts: stored whole, once, when all parts are there.

Each part is kept and committed before it is answered, so none is lost. What is still not whole after WAIT is shown as
it is, with a mark for what is missing; a part that comes later is shown by itself. A reference is used again in time:
it joins parts only while they wait, and a part that comes a second time with other words begins another text.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from flexie import clock, intake
from flexie.db import db, insert, transaction
from flexie.models import TextPart
from flexie.providers import InboundEvent
from flexie.providers.events import stop_in, storable

WAIT = timedelta(minutes=5)
MISSING = "[…]"


class Key(NamedTuple):
    """What parts of one text have in common."""

    provider: str
    account: str
    line_id: int
    sender: str
    reference: str
    total: int


_KEY_COLUMNS = tuple(getattr(TextPart, name) for name in Key._fields)


def keep(origin: intake.Origin, event: InboundEvent) -> bool:
    """Keep a part, and store the text if it was the last one missing. Returns whether a text was stored.

    In two transactions: of two parts that come at one moment, the second to look sees both.
    """
    assert event.part is not None  # noqa: S101 - for the type checker: whole texts go to the intake itself
    now = clock.now()
    part = TextPart(
        provider=origin.provider, account=origin.account, line_id=origin.line_id, provider_id=event.provider_id,
        sender=event.sender, to_number=event.to, reference=event.part.reference, number=event.part.number,
        total=event.part.total, text=storable(event.text), kept_at=now, due_at=now + WAIT,
    )  # fmt: skip
    key = Key(*(getattr(part, name) for name in Key._fields))
    row = {column.key: getattr(part, column.key) for column in TextPart.__table__.columns if column.key != "id"}
    with transaction():
        db.session.execute(insert(TextPart).values(row).on_conflict_do_nothing())
    with transaction():
        return _join(_waiting(key), now)


def show_late(now: datetime) -> int:
    """Show what is not whole after WAIT, in the caller's transaction. Returns how many texts."""
    late = select(*_KEY_COLUMNS).where(TextPart.due_at <= now).distinct()
    return sum(_join(_waiting(Key(*key), skip_locked=True), now) for key in db.session.execute(late).all())


def _waiting(key: Key, *, skip_locked: bool = False) -> Sequence[TextPart]:
    """The parts with one reference that wait, in the order in which they came, kept from others until the end of the
    transaction."""
    query = select(TextPart).where(TextPart.due_at.is_not(None)).order_by(TextPart.id)
    query = query.where(*(column == value for column, value in zip(_KEY_COLUMNS, key, strict=True)))
    return db.session.scalars(query.with_for_update(skip_locked=skip_locked, key_share=True)).all()


def _join(waiting: Sequence[TextPart], now: datetime) -> bool:
    """Store what is whole of the parts with one reference, what a later text with the same reference cuts off, and
    what waited for too long. Returns whether there was any."""
    texts = _texts(waiting)
    ready = [
        parts
        for parts in texts
        if len(parts) == parts[0].total or parts is not texts[-1] or min(part.kept_at for part in parts) + WAIT <= now
    ]
    return sum(_store(parts) for parts in ready) > 0


def _texts(waiting: Sequence[TextPart]) -> list[list[TextPart]]:
    """The texts that parts with one reference make, in the order in which they came. The same part twice (a network
    may bring it under another id) counts once."""
    texts: list[list[TextPart]] = []
    for part in waiting:
        same = next((known for known in texts[-1] if known.number == part.number), None) if texts else None
        if same is not None and same.text == part.text:
            part.due_at = None
        elif not texts or same is not None:
            texts.append([part])
        else:
            texts[-1].append(part)
    return texts


def _store(parts: list[TextPart]) -> bool:
    """One text of these parts, under the id of the first of them."""
    parts = sorted(parts, key=lambda part: part.number)
    first = parts[0]
    text = _words(parts)
    event = InboundEvent(
        first.provider_id, first.sender, first.to_number, text, segments=len(parts), opt_out=stop_in(text)
    )
    for part in parts:
        part.due_at = None
    origin = intake.Origin(first.line_id, first.provider, first.account)
    return intake.of_app().text_within(db.session.connection(), origin, event)


def _words(parts: list[TextPart]) -> str:
    """The parts in their order, with a mark wherever some are missing."""
    words, before = [], 0
    for part in parts:
        words += [MISSING] if part.number > before + 1 else []
        words.append(part.text)
        before = part.number
    return "".join([*words, MISSING] if before < parts[0].total else words)
