"""Messages to be sent: each stands in a row, rendered once, before anybody calls a provider.

`intent` is why a message exists (a run's step, a form that was filled in once, an API key): the same intent is the
same message, however often it is asked for.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from flexie import cases, clock, consent, phones, questions, records, search, segments
from flexie.db import db, insert, lock, new_public_id
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
    """What is to be sent: to an E.164 number, through a line, as part of what."""

    line: Line
    number: str
    text: str
    intent: str
    records: tuple[Record, ...] = ()
    case: Record | None = None
    user: User | None = None
    run: Run | None = None
    due_at: datetime | None = None
    digest: str | None = field(default=None)


def queue(draft: Draft) -> Message:
    """Put a message in the queue (or on the schedule), with its conversation and links, in the session.

    Asked twice with one intent, it returns the message that is there.

    Raises:
        OutboxError: empty or too long text; an intent that was used for something else.
    """
    text = cases.with_reference(draft.text.strip(), draft.case)
    if not draft.text.strip():
        raise OutboxError("text", "There is nothing to send: write a message.")
    if len(text) > LONGEST_TEXT:
        raise OutboxError("text", f"This text has {len(text):,} characters; {LONGEST_TEXT:,} is the most.")
    if draft.run is None and (known := _with_intent(draft)):
        return known
    conversation = open_conversation(draft.line, draft.number)
    message = _new_message(draft, text, conversation)
    db.session.add(message)
    db.session.flush()
    link(message, draft, conversation)
    search.keep_messages({message.id: text})
    if message.due_at is None or message.status == "queued":
        _show_in_list(conversation, message)
    return message


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
        intent=draft.intent,
        intent_digest=draft.digest,
        case_id=draft.case.id if draft.case else None,
        user=draft.user,
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


def _show_in_list(conversation: Conversation, message: Message) -> None:
    conversation.last_at = clock.now()
    conversation.last_text = message.text[:LONGEST_PREVIEW]
    conversation.last_direction = "out"
    if message.user is not None:
        conversation.state = "open"  # a person goes on with it; what rules send changes nobody's list


def reply(conversation: Conversation, text: str, user: User, nonce: str, send_at: datetime | None = None) -> Message:
    """Answer in a conversation. While its latest text belongs to an open case, the answer does too."""
    draft = Draft(
        line=conversation.line,
        number=conversation.number,
        text=text,
        intent=f"form:{user.id}:{nonce}",
        case=case_in_scope(conversation),
        user=user,
        due_at=send_at,
    )
    return queue(draft)


def case_in_scope(conversation: Conversation) -> Record | None:
    """The open case that the conversation's latest message belongs to, if any."""
    query = select(Message).where(Message.conversation_id == conversation.id)
    last = db.session.scalar(query.order_by(Message.id.desc()).limit(1))
    return last.case if last is not None and last.case is not None and last.case.is_open_case else None


def compose(
    user: User,
    to: str,
    text: str,
    *,
    line: Line | None,
    record: Record | None = None,
    send_at: datetime | None = None,
    nonce: str,
) -> Message:
    """Write to a number as it was typed, through a line that the user may use.

    Raises:
        OutboxError: the number cannot be read, the user may use no line, or the text does not fit.
    """
    line = line or last_used_line(user)
    if line is None:
        raise OutboxError("line", "There is no line that you may send from. Ask an administrator for access to one.")
    number = number_typed(to)
    draft = Draft(
        line=line,
        number=number,
        text=text,
        intent=f"form:{user.id}:{nonce}",
        records=(record,) if record else (),
        case=record if record is not None and record.kind == "case" else None,
        user=user,
        due_at=send_at,
        digest=digest_of(number, text, line.public_id, send_at),
    )
    return queue(draft)


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


def cancel(message: Message) -> None:
    """Cancel a message that still waits.

    Raises:
        OutboxError: it is no longer waiting.
    """
    lock(message)
    if message.status not in ("scheduled", "queued"):
        raise OutboxError("status", f"This message can no longer be cancelled: it is {message.status}.")
    message.status = "cancelled"
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
    reason = consent.missing(message.to_number, known_records)
    if reason is not None:
        message.status, message.error = "suppressed", reason
    return reason
