"""Messages to be sent: each stands in a row, rendered once, before anybody calls a provider.

`intent` is why a message exists (a run's step, a form that was filled in once, an API key): the same intent is the
same message, however often it is asked for.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from flexie import cases, clock, consent, phones, questions, records, search, segments, statuses
from flexie.db import db, insert, lock, new_public_id
from flexie.documents import links
from flexie.intake import LONGEST_PREVIEW
from flexie.models import Conversation, Line, Message, MessageLink, Record, Run, Settings, User
from flexie.statuses import IN_DOUBT

LONGEST_TEXT = 1_600  # characters after filling in; Twilio's limit, and the rule language's


class OutboxError(Exception):
    """A message that cannot be queued. `field` is what to correct: to, text, line, send_at, intent or case."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Draft:
    """What is to be sent: to an E.164 number, through a line, as part of what. `anyway`: who lets it go at any hour."""

    line: Line
    number: str
    text: str
    intent: str
    records: tuple[Record, ...] = ()
    case: Record | None = None
    user: User | None = None
    run: Run | None = None
    due_at: datetime | None = None
    unless_reply: bool = False
    anyway: User | None = None
    digest: str | None = field(default=None)


def queue(draft: Draft) -> Message:
    """Put a message in the queue (or on the schedule), with its conversation and links, in the session.

    Asked twice with one intent, it returns the message that is there.

    Raises:
        OutboxError: empty or too long text; an intent that was used for something else.
    """
    text = worded(draft.text, draft.case)
    if draft.run is None and (known := _with_intent(draft)):
        return known
    conversation = open_conversation(draft.line, draft.number)
    message = _new_message(draft, text, conversation)
    db.session.add(message)
    db.session.flush()
    conversation.last_out_id = message.id
    link(message, draft, conversation)
    search.keep_messages({message.id: text})
    links.sent(message)
    if message.due_at is None or message.status == "queued":
        show_in_list(conversation, message)
    return message


def as_sent(text: str, case: Record | None) -> str:
    """What goes over the air for what was written: it is this that is counted, and billed."""
    return cases.with_reference(text.strip(), case)


def worded(text: str, case: Record | None) -> str:
    """What goes over the air, if anything can.

    Raises:
        OutboxError: it is empty, or too long.
    """
    whole = as_sent(text, case)
    if not text.strip():
        raise OutboxError("text", "There is nothing to send: write a message.")
    if len(whole) > LONGEST_TEXT:
        raise OutboxError("text", f"This text has {len(whole):,} characters; {LONGEST_TEXT:,} is the most.")
    return whole


def _with_intent(draft: Draft) -> Message | None:
    known = db.session.scalar(select(Message).where(Message.intent == draft.intent))
    if known is not None and known.intent_digest != draft.digest:
        raise OutboxError("intent", "This key was already used for a different message. Use a new one.")
    return known


def _new_message(draft: Draft, text: str, conversation: Conversation) -> Message:
    now = clock.now()
    is_later = draft.due_at is not None and draft.due_at > now
    return Message(
        conversation=conversation,
        line_id=draft.line.id,
        direction="out",
        text=text,
        sender_number=draft.line.number,
        to_number=draft.number,
        status="scheduled" if is_later else "queued",
        segments=segments.count(text).segments,
        created_at=now,
        due_at=draft.due_at if is_later else now,
        unless_reply=is_later and draft.unless_reply,
        intent=draft.intent,
        intent_digest=draft.digest,
        case_id=draft.case.id if draft.case else None,
        user=draft.user,
        anyway=draft.anyway,
        run_id=draft.run.id if draft.run else None,
    )


def open_conversation(line: Line, number: str) -> Conversation:
    """The conversation of a line and a number, made if need be, and locked until the transaction ends."""
    key = phones.canonical(number)
    locked = select(Conversation).where(Conversation.line_id == line.id, Conversation.number == key)
    locked = locked.with_for_update(key_share=True)
    known = db.session.scalar(locked)
    if known is not None:
        return known
    now = clock.now()
    values = {"public_id": new_public_id(), "line_id": line.id, "number": key, "last_at": now, "opened_at": now}
    db.session.execute(insert(Conversation).values(values).on_conflict_do_nothing())
    return db.session.scalars(locked).one()


def link(message: Message, draft: Draft, conversation: Conversation) -> None:
    """Put a message on the timelines of its records: those given, its case, and all who hold the number."""
    ids = {record.id for record in draft.records} | ({draft.case.id} if draft.case else set())
    for found in records.with_numbers([draft.number]).values():
        ids.update(found)
    ids.update(records.linked_by_hand([conversation.id]).get(conversation.id, ()))
    if ids:
        rows = [{"message_id": message.id, "record_id": record_id} for record_id in sorted(ids)]
        db.session.execute(insert(MessageLink).on_conflict_do_nothing(), rows)
        conversation.linked = True
        records.touch("last_outgoing_at", dict.fromkeys(sorted(ids), clock.now()), draft.run)


def show_in_list(conversation: Conversation, message: Message) -> None:
    """The message is the latest of its conversation, as the inbox lists it."""
    conversation.last_at = clock.now()
    conversation.last_text = message.text[:LONGEST_PREVIEW]
    conversation.last_direction = "out"
    if message.user is not None:
        conversation.state = "open"  # a person goes on with it; what rules send changes nobody's list


def number_typed(raw: str) -> str:
    """The E.164 form of a number as a person or a program gave it."""
    try:
        return phones.normalise(raw, Settings.get().prefix).e164
    except phones.PhoneError as problem:
        raise OutboxError("to", str(problem)) from None


def digest_of(*parts: object) -> str:
    """What was asked for under an intent, so that a key used again for something else is noticed."""
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()


def last_used_line(user: User) -> Line | None:
    """The line this person sent from last, if it is still theirs to use; else the first one that is."""
    visible = Line.visible_to(user)
    used = visible.order_by(None).join(Message, Message.line_id == Line.id).where(Message.user_id == user.id)
    return db.session.scalar(used.order_by(Message.id.desc()).limit(1)) or db.session.scalar(visible.limit(1))


def hold(message: Message, change: str) -> None:
    """Keep a message that still waits from being claimed until the transaction ends, so that it can be changed.

    Raises:
        OutboxError: it is no longer waiting. `change` says what cannot be done any more.
    """
    lock(message)
    if message.status not in statuses.WAITING:
        word = statuses.WORDS[message.status]
        raise OutboxError("status", f"This message can no longer be {change}: it is {word}.")


def cancel(message: Message, by: User | None = None) -> None:
    """Cancel a message that still waits; by whom is kept with it.

    Raises:
        OutboxError: it is no longer waiting.
    """
    hold(message, "cancelled")
    message.status, message.failed_at = "cancelled", clock.now()
    message.error = f"Cancelled by {by.name}." if by else None
    questions.never_sent(message)


def resolve_held(message: Message, *, was_sent: bool, user: User) -> None:
    """A person's word on a send whose outcome could not be known. Saying "not sent" never sends it again by itself.

    Raises:
        OutboxError: the outcome has become known meanwhile.
    """
    lock(message)
    if message.status not in IN_DOUBT:
        raise OutboxError("status", f"The outcome is known by now: {message.status}.")
    message.status = "sent" if was_sent else "failed"
    message.error = f"{user.name} said that it was {'sent' if was_sent else 'not sent'}."
    message.lease_until = None


def suppressed_now(message: Message, known_records: Iterable[Record]) -> str | None:
    """Ask for consent as a message is queued: one that would be stopped anyway is kept, with the reason, unsent."""
    stop = consent.missing(message.to_number, known_records)
    if stop is None:
        return None
    message.status, message.error, message.stopped_by = "suppressed", stop.reason, stop.kind
    return stop.reason
