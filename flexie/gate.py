"""The one gate before every send: asked in the transaction that claims a text, whoever wrote it, and whenever."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from flexie import access, consent, quiet
from flexie.consent import Stop, caps
from flexie.db import db
from flexie.models import Message, Record, Settings

JUST_NOW = timedelta(minutes=10)
"""Whoever wrote within this time is awake: an answer to that text may come at any hour, if the account says so."""


def stops(message: Message, now: datetime) -> Stop | None:
    """Why a text may not be sent now, or until when it waits; None lets it go.

    An answer that the law allows after STOP (a confirmation: intent "consent:…") passes once by its intent. What a
    person let go all the same passes quiet hours and limits, and nothing else.
    """
    if (message.intent or "").startswith("consent:"):
        return None
    records = consent.records_of(message.id)
    stop = consent.missing(message.to_number, records) or _person(message)
    if stop is not None or message.anyway is not None or not is_automatic(message):
        return stop
    settings = Settings.get()
    return (
        _quiet(message, records, settings, now)
        or (caps.reached(message, settings) if message.run_id is not None else None)
        or (caps.full(message.line, settings, now) if is_of_machine(message) else None)
    )


def passed(message: Message, now: datetime) -> None:
    """A text goes: what machines send counts for its line, whose row the claim holds."""
    if is_of_machine(message) and message.attempts == 0:
        caps.count(message.line, now)


def is_of_machine(message: Message) -> bool:
    """Whether a rule or a program sends it, and no person."""
    return message.run_id is not None or (message.intent or "").startswith("api:")


def is_automatic(message: Message) -> bool:
    """Whether nobody is there at the moment when it goes: it is of a machine, or was written for later."""
    return is_of_machine(message) or (message.was_for_later and message.attempts == 0)


def _person(message: Message) -> Stop | None:
    """What people write or let go leaves only while they may use the line. A rule's texts are nobody's."""
    person = message.anyway or (None if message.run_id is not None else message.user)
    if person is None:
        return None
    if not person.is_active:
        return Stop("access", f"{person.name} left before it was to go")
    if not person.is_admin and not access.may_use(person, message.line):
        return Stop("access", f"{person.name} may not use the line {message.line.name} any more")
    return None


def _quiet(message: Message, records: Sequence[Record], settings: Settings, now: datetime) -> Stop | None:
    found = quiet.at(now, message.to_number, records, settings)
    if found is None or (settings.quiet_answers and _is_answer(message, now)):
        return None
    return Stop("quiet hours", found.words, found.until)


def _is_answer(message: Message, now: datetime) -> bool:
    """Whether a rule texts somebody who wrote in the same conversation a moment ago."""
    if message.run_id is None:
        return False
    theirs = select(Message.created_at).where(
        Message.conversation_id == message.conversation_id, Message.direction == "in"
    )
    last = db.session.scalar(theirs.order_by(Message.id.desc()).limit(1))
    return last is not None and now - last < JUST_NOW
