"""Conditions for queries: what of messages and runs a person may see, by the lines that are open to them."""

from sqlalchemy import ColumnElement, or_, select, true

from flexie.models import Conversation, Line, Message, Run, User


def messages(user: User) -> ColumnElement[bool]:
    """Messages on the person's lines."""
    return true() if user.is_admin else Message.line_id.in_(select(Line.id).where(Line.is_visible_to(user)))


def runs(user: User) -> ColumnElement[bool]:
    """Runs that no conversation started, or one on the person's lines: a run's log quotes the texts of both sides."""
    if user.is_admin:
        return true()
    seen = select(Conversation.id).join(Line, Line.id == Conversation.line_id).where(Line.is_visible_to(user))
    return or_(Run.conversation_id.is_(None), Run.conversation_id.in_(seen))
