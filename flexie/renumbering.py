"""Another prefix: what it would change is counted first, and then every number of a record is read anew.

Both go through the table of numbers in lumps. A lump is read, the numbers are worked out with no transaction open, and
what came of it is written together with how far it got: a worker that is killed leaves a lump undone, and nothing half
done. The new prefix holds for what is typed from the moment that the change begins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update

from flexie import audit, batches, clock, db, linking, live, phones
from flexie.models import Conversation, Message, MessageLink, PhoneKey, PrefixChange, Settings, User

LUMP = 500  # numbers; on SQLite their writing holds up everybody else
MOST_EXAMPLES = 12
LATER = timedelta(minutes=1)
DOUBLED = "more than one number"
"""The reason that flexie.phones gives for a field with two numbers."""


class PrefixProblem(Exception):
    """A prefix that cannot be changed to, with what to do instead."""


@dataclass(frozen=True)
class Reading:
    """A stored number read with another prefix. `reason` is why it has no E.164 form, or blank."""

    id: int
    record_id: int
    raw: str
    before: str | None
    e164: str | None
    how: str
    reason: str = ""

    @property
    def is_news(self) -> bool:
        """Whether it has another E.164 form than before."""
        return self.e164 != self.before


def current() -> PrefixChange | None:
    """The latest change that is not over."""
    query = select(PrefixChange).where(PrefixChange.state.in_(("counting", "counted", "changing")))
    return db.db.session.scalar(query.order_by(PrefixChange.id.desc()).limit(1))


def begin(prefix: str, user: User | None = None) -> PrefixChange:
    """Count what another prefix (blank: none) would change. One that was only counted is dropped for it.

    Raises:
        PrefixProblem: no country has this calling code; it is the present one; or a change is under way.
    """
    try:
        after = phones.calling_code(prefix) if prefix.strip() else None
    except phones.PhoneError as problem:
        raise PrefixProblem(str(problem)) from None
    db.lock(Settings.get())
    before = Settings.get().prefix
    if after == before:
        raise PrefixProblem(f"The prefix is {before} already." if before else "There is no prefix already.")
    if known := current():
        if known.state == "changing":
            raise PrefixProblem("The numbers are being read anew for the last change. Wait until that is done.")
        known.state, known.due_at, known.ended_at = "dropped", None, clock.now()
    now = clock.now()
    made = PrefixChange(before=before, after=after, user=user, examples=[], due_at=now, created_at=now)
    made.total, made.last = db.db.session.execute(select(func.count(PhoneKey.id), func.max(PhoneKey.id))).one()
    made.last = made.last or 0
    db.db.session.add(made)
    db.db.session.flush()
    return made


def start(change: PrefixChange) -> None:
    """Let it happen: the prefix holds from now on, and every number is read anew.

    Raises:
        PrefixProblem: it is not waiting for that, or the prefix was changed meanwhile.
    """
    db.lock(change)
    if change.state not in ("counting", "counted"):
        raise PrefixProblem(f"This change is {change.state} already.")
    settings = Settings.get()
    db.lock(settings)
    if settings.prefix != change.before:
        raise PrefixProblem("The prefix was changed meanwhile. Look at it anew.")
    settings.prefix = change.after
    audit.note("account", settings.id, "changed", {"prefix": (change.before, change.after)})
    change.state, change.due_at, change.examples = "changing", clock.now(), []
    change.position = change.looked_at = change.changed = change.unreadable = change.doubled = 0


def drop(change: PrefixChange) -> None:
    """Let it be. Raises PrefixProblem when it has begun."""
    db.lock(change)
    if change.state not in ("counting", "counted"):
        raise PrefixProblem(f"This change is {change.state} already.")
    change.state, change.due_at, change.ended_at = "dropped", None, clock.now()


def drain() -> batches.Done:
    """Work off one lump of the change that is due."""
    with db.reading(), db.transaction():
        query = select(PrefixChange.id, PrefixChange.position, PrefixChange.last, PrefixChange.after)
        due = db.db.session.execute(query.where(PrefixChange.due_at <= db.now()).order_by(PrefixChange.id)).first()
        rows = _lump(due.position, due.last) if due else []
    if due is None:
        return batches.Done(0, more=False)
    readings = [read(row.id, row.record_id, row.raw, row.e164, due.after) for row in rows]
    with db.transaction():
        more = _write(due.id, due.position, readings)
    return batches.Done(len(readings), more)


def read(key_id: int, record_id: int, raw: str, before: str | None, prefix: str | None) -> Reading:
    """What a number as it was typed is with a prefix."""
    try:
        number = phones.normalise(raw, prefix)
    except phones.PhoneError as problem:
        return Reading(key_id, record_id, raw, before, None, str(problem), problem.reason)
    return Reading(key_id, record_id, raw, before, number.e164, number.how)


def _lump(position: int, last: int) -> Sequence[Any]:
    query = select(PhoneKey.id, PhoneKey.record_id, PhoneKey.raw, PhoneKey.e164)
    query = query.where(PhoneKey.id > position, PhoneKey.id <= last)
    return db.db.session.execute(query.order_by(PhoneKey.id).limit(LUMP)).all()


def _write(change_id: int, position: int, readings: Sequence[Reading]) -> bool:
    """Write a lump and how far it got, unless somebody was faster. Returns whether there is more."""
    change = db.db.session.get(PrefixChange, change_id, with_for_update={"key_share": True})
    if change is None or change.position != position or not change.is_under_way:
        return change is not None and change.is_under_way
    _count(change, readings)
    if change.state == "changing":
        _rewrite(readings)
    if readings:
        change.position = readings[-1].id
    if len(readings) < LUMP:
        return _end(change)
    change.due_at = db.now()
    return True


def _count(change: PrefixChange, readings: Sequence[Reading]) -> None:
    change.looked_at += len(readings)
    change.changed += sum(reading.is_news for reading in readings)
    change.unreadable += sum(reading.e164 is None for reading in readings)
    change.doubled += sum(reading.reason == DOUBLED for reading in readings)
    telling = [reading for reading in readings if reading.is_news or reading.reason == DOUBLED]
    room = MOST_EXAMPLES - len(change.examples)
    told = [[reading.raw, reading.before, reading.e164, reading.how] for reading in telling[:room]]
    change.examples = [*change.examples, *told]


def _end(change: PrefixChange) -> bool:
    """All are behind it. While changing, numbers that were typed meanwhile are looked at as well."""
    newest = db.db.session.scalar(select(func.max(PhoneKey.id))) or 0
    if change.state == "changing" and newest > change.last:
        change.total += db.db.session.scalar(select(func.count()).where(PhoneKey.id > change.last)) or 0
        change.last, change.due_at = newest, db.now()
        return True
    change.state, change.due_at = ("counted" if change.state == "counting" else "done"), None
    change.ended_at = clock.now() if change.state == "done" else None
    return False


def _rewrite(readings: Sequence[Reading]) -> None:
    """Keep the new readings; a number that was typed anew meanwhile is left alone. Then link what matches now."""
    rows = [
        {"key_id": reading.id, "typed": reading.raw, "number": reading.e164, "reading": reading.how}
        for reading in readings
    ]
    statement = (
        update(PhoneKey)
        .where(PhoneKey.id == bindparam("key_id"), PhoneKey.raw == bindparam("typed"))
        .values(e164=bindparam("number"), how=bindparam("reading"))
    )
    if rows:
        db.db.session.connection().execute(statement, rows)
    _link([reading for reading in readings if reading.is_news])


def _link(news: Sequence[Reading]) -> None:
    """Conversations with numbers that records hold now stand on their timelines; those of lost ones are looked at."""
    gained: dict[str, set[int]] = {}
    for reading in news:
        if reading.e164:
            gained.setdefault(phones.canonical(reading.e164), set()).add(reading.record_id)
    lost = {phones.canonical(reading.before) for reading in news if reading.before}
    for talk in _conversations(gained):
        _put_on_timelines(talk, gained[talk.number])
    for talk in _conversations(lost - gained.keys()):
        talk.linked = linking.is_linked(talk)
        live.changed(talk.line_id)


def _conversations(numbers: Iterable[str]) -> Sequence[Conversation]:
    wanted = list(numbers)
    if not wanted:
        return []
    query = select(Conversation).where(Conversation.number.in_(wanted)).order_by(Conversation.id)
    return db.db.session.scalars(query.with_for_update(key_share=True)).all()


def _put_on_timelines(talk: Conversation, record_ids: set[int]) -> None:
    ids = db.db.session.scalars(select(Message.id).where(Message.conversation_id == talk.id)).all()
    rows = [{"message_id": message, "record_id": record} for message in ids for record in sorted(record_ids)]
    if rows:
        db.db.session.execute(db.insert(MessageLink).on_conflict_do_nothing(), rows)
    talk.linked = True
    live.changed(talk.line_id)
