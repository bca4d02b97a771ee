"""Consent: may we text this number? The words that say so, the ledger, and the one gate before every send."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from sqlalchemy import Row, select

from flexie import clock, phones
from flexie.db import db
from flexie.models import ConsentChange, Message, MessageLink, OptOut, Record, Run, Settings
from flexie.statuses import WAITING

Word = Literal["stop", "start", "help"]
Change = Literal["out", "in"]

# A text that only begins with a stop word still means it ("STOP please", "stop texting me"), except after these
# everyday openings; the exact words alone always count. 47 CFR 64.1200(a)(10): any reasonable means.
_ONLY_ALONE = frozenset({"END", "CANCEL", "QUIT"})

SAME_TEXT = timedelta(seconds=60)
RULE_BURST = (5, timedelta(minutes=10))
AUTOMATIC_A_DAY = (20, timedelta(days=1))


def plain(text: str) -> str:
    """A text as words are compared: upper case, one blank between words, no punctuation around them."""
    folded = unicodedata.normalize("NFKC", text).upper()
    words = ("".join(c for c in word if c.isalnum()) for word in folded.replace("-", " ").split())
    return " ".join(word for word in words if word)


def word_in(text: str, settings: Settings) -> Word | None:
    """Whether a text is one of the account's STOP, START or HELP words, or begins with a STOP word."""
    said = plain(text)
    exact, beginnings = _vocabulary(tuple(settings.stop_words), tuple(settings.start_words), tuple(settings.help_words))
    if said.startswith(beginnings):
        return "stop"
    return exact.get(said)


@lru_cache(maxsize=8)
def _vocabulary(
    stop: tuple[str, ...], start: tuple[str, ...], help_: tuple[str, ...]
) -> tuple[dict[str, Word], tuple[str, ...]]:
    """The account's words in the form that texts are compared in, and the beginnings that mean STOP."""
    exact: dict[str, Word] = dict.fromkeys(map(plain, stop), "stop")
    exact.update(dict.fromkeys(map(plain, start), "start"))
    exact.update(dict.fromkeys(map(plain, help_), "help"))
    exact.pop("", None)
    beginnings = tuple(f"{plain(word)} " for word in stop if plain(word) and plain(word) not in _ONLY_ALONE)
    return exact, beginnings


def opted_out(numbers: Iterable[str]) -> set[str]:
    """Those of these numbers that stand in the ledger."""
    return set(db.session.scalars(select(OptOut.number).where(OptOut.number.in_(list(numbers)))))


def change(number: str, to: Change, reason: str, message_id: int | None = None) -> bool:
    """Write a number's wish into the ledger. Returns whether it changed anything."""
    entry = db.session.get(OptOut, number)
    if (entry is not None) == (to == "out"):
        return False
    now = clock.now()
    if entry is None:
        db.session.add(OptOut(number=number, reason=reason, since=now))
    else:
        db.session.delete(entry)
    db.session.add(ConsentChange(number=number, change=to, reason=reason, message_id=message_id, at=now))
    db.session.flush()
    return True


def provider_refused(message: Message, code: str | None) -> None:
    """The provider says that this number opted out with it: so it has with us."""
    change(phones.canonical(message.to_number), "out", f"the provider reported it ({code})", message.id)


def gate(message: Message, records: Sequence[Record]) -> str | None:
    """Why a message may not be sent now, in words, or None. Asked in the transaction that claims the message.

    An answer that the law allows after STOP (a confirmation: intent "consent:…") passes once by its intent.
    """
    if (message.intent or "").startswith("consent:"):
        return None
    reason = missing(message.to_number, records)
    return _storm(message) if reason is None and message.run_id is not None else reason


def missing(number: str, records: Iterable[Record]) -> str | None:
    """Why nobody may text this number, in words, or None: it stands in the ledger, or Allow SMS of a record is no."""
    if opted_out([phones.canonical(number)]):
        return "opted out: this number asked for no more texts"
    if any(record.fields.get("allow_sms") is False for record in records):
        return "opted out: Allow SMS is no"
    return None


def _storm(message: Message) -> str | None:
    """Limits that stop machines answering machines, and one person being told the same thing twice."""
    now = clock.now()
    run = db.session.get_one(Run, message.run_id)
    recent = _automatic_texts_to(message.to_number, message.id)
    others = [row for row in recent if row.text == message.text and row.record_id != run.record_id]
    if any(now - row.at < SAME_TEXT for row in others):
        return "the same text went to this number less than a minute ago"
    most, period = AUTOMATIC_A_DAY
    if sum(now - row.at < period for row in recent) >= most:
        return f"limit reached: {most} automatic texts to one number in a day"
    most, period = RULE_BURST
    if sum(row.rule_id == run.rule_id and now - row.at < period for row in recent) >= most:
        return f"limit reached: {most} texts from one rule to one number in 10 minutes"
    return None


def _automatic_texts_to(number: str, but: int) -> Sequence[Row[tuple[str, int, int, datetime]]]:
    """The latest texts that rules really sent to a number; as many as the largest limit looks at."""
    query = (
        select(Message.text, Run.record_id, Run.rule_id, Message.created_at.label("at"))
        .join(Run, Run.id == Message.run_id)
        .where(Message.to_number == number, Message.direction == "out", Message.id != but)
        .where(Message.status.not_in(("suppressed", "cancelled", *WAITING)))
        .order_by(Message.id.desc())
    )
    return db.session.execute(query.limit(AUTOMATIC_A_DAY[0])).all()  # type: ignore[return-value]


def records_of(message_id: int) -> Sequence[Record]:
    """The records on whose timelines a message stands: their Allow SMS decides."""
    query = select(Record).join(MessageLink, MessageLink.record_id == Record.id)
    return db.session.scalars(query.where(MessageLink.message_id == message_id)).all()
