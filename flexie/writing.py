"""What people write: answers in a conversation, and texts to somebody new. Each form is one message at most."""

from sqlalchemy import select

from flexie import askingfirst, outbox
from flexie.db import db
from flexie.later import NOW, When
from flexie.models import Conversation, Line, Message, Record, User

SENT_ALREADY = (
    "An earlier text was sent from this box already; it stands in the conversation. These words were not sent: "
    "send them again if they are to go too."
)


def reply(conversation: Conversation, text: str, user: User, nonce: str, when: When = NOW) -> Message:
    """Answer in a conversation. While its latest text belongs to an open case, the answer does too.

    Raises:
        outbox.OutboxError: the text does not fit, or the form was sent already with another one.
        AsksFirst: it is quiet there.
    """
    askingfirst.ask(conversation.number, when, conversation=conversation)
    draft = outbox.Draft(
        line=conversation.line,
        number=conversation.number,
        text=text,
        intent=f"form:{user.id}:{nonce}",
        case=case_in_scope(conversation),
        user=user,
        due_at=when.at,
        unless_reply=when.unless_reply,
        anyway=user if when.anyway else None,
        digest=outbox.digest_of(text.strip(), when.chosen, when.unless_reply),
    )
    return _once(draft)


def _once(draft: outbox.Draft) -> Message:
    """Queue what a form says. A form that was sent already, with other words, sends neither again."""
    try:
        return outbox.queue(draft)
    except outbox.OutboxError as problem:
        if problem.field == "intent":
            raise outbox.OutboxError("intent", SENT_ALREADY) from None
        raise


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
    when: When = NOW,
    nonce: str,
) -> Message:
    """Write to a number as it was typed, through a line that the user may use.

    Raises:
        outbox.OutboxError: the number cannot be read, the user may use no line, or the text does not fit.
        AsksFirst: it is quiet there.
    """
    line = line or outbox.last_used_line(user)
    if line is None:
        raise outbox.OutboxError(
            "line", "There is no line that you may send from. Ask an administrator for access to one."
        )
    number = outbox.number_typed(to)
    askingfirst.ask(number, when, (record,) if record else ())
    draft = outbox.Draft(
        line=line,
        number=number,
        text=text,
        intent=f"form:{user.id}:{nonce}",
        records=(record,) if record else (),
        case=record if record is not None and record.kind == "case" else None,
        user=user,
        due_at=when.at,
        unless_reply=when.unless_reply,
        anyway=user if when.anyway else None,
        digest=outbox.digest_of(number, text.strip(), line.public_id, when.chosen, when.unless_reply),
    )
    return _once(draft)
