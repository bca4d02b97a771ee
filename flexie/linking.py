"""Links between conversations and records that people make by hand, and take back."""

from sqlalchemy import delete, or_, select

from flexie import audit, clock, live, records
from flexie.db import db, insert
from flexie.models import Conversation, ConversationLink, Message, MessageLink, Record, Run, User


def link(conversation: Conversation, record: Record, user: User | None = None, run: Run | None = None) -> None:
    """Link a conversation to a record: its messages so far, and all that come. `run` is the rule's that does it."""
    values = {
        "conversation_id": conversation.id,
        "record_id": record.id,
        "user_id": user.id if user else None,
        "created_at": clock.now(),
    }
    made = insert(ConversationLink).values(values).on_conflict_do_nothing().returning(ConversationLink.record_id)
    is_news = db.session.execute(made).first() is not None
    ids = db.session.scalars(select(Message.id).where(Message.conversation_id == conversation.id))
    rows = [{"message_id": message_id, "record_id": record.id} for message_id in ids]
    if rows:
        db.session.execute(insert(MessageLink).on_conflict_do_nothing(), rows)
    conversation.linked = True
    if is_news:
        audit.note("conversation", conversation.id, "linked", {"record": (None, record.title)}, run)
        live.changed(conversation.line_id)
        live.facts_changed(("conversation", conversation.id))


def unlink(conversation: Conversation, record: Record) -> None:
    """Take back a link by hand, if there is one. Messages stay with the record that are there for another reason."""
    ours = ConversationLink.conversation_id == conversation.id, ConversationLink.record_id == record.id
    taken = db.session.scalars(delete(ConversationLink).where(*ours).returning(ConversationLink.record_id)).all()
    if not taken:
        return
    if record.id not in _by_number(conversation):
        _take_off_the_timeline(conversation, record)
    conversation.linked = is_linked(conversation)
    audit.note("conversation", conversation.id, "unlinked", {"record": (record.title, None)})
    live.changed(conversation.line_id)
    live.facts_changed(("conversation", conversation.id))


def _by_number(conversation: Conversation) -> list[int]:
    return records.with_numbers([conversation.number]).get(conversation.number, [])


def _take_off_the_timeline(conversation: Conversation, record: Record) -> None:
    """All of its messages but those that the record itself sent: as a case, or through a rule about it."""
    runs = select(Run.id).where(Run.record_id == record.id)
    theirs = select(Message.id).where(
        Message.conversation_id == conversation.id,
        or_(Message.case_id.is_(None), Message.case_id != record.id),
        or_(Message.run_id.is_(None), Message.run_id.not_in(runs)),
    )
    links = delete(MessageLink).where(MessageLink.record_id == record.id, MessageLink.message_id.in_(theirs))
    db.session.execute(links, execution_options={"synchronize_session": False})


def is_linked(conversation: Conversation) -> bool:
    """Whether anything is left that ties it to a record: a link, a number, or a message of a record's."""
    if records.linked_by_hand([conversation.id]) or _by_number(conversation):
        return True
    tied = select(MessageLink.record_id).join(Message, Message.id == MessageLink.message_id)
    return db.session.scalar(tied.where(Message.conversation_id == conversation.id).limit(1)) is not None
