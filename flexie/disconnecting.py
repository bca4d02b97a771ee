"""Lines that were connected by mistake go again, as long as no text went through them. What has a history stays."""

from sqlalchemy import delete, exists, select

from flexie import audit, live
from flexie.db import db, lock
from flexie.models import Connection, Conversation, Line, Rule, RuleVersion, WebhookEvent


class InUse(Exception):
    """A line that cannot go, with why and what to do instead."""


def why_not(line: Line) -> str:
    """Why a line cannot be removed, and what to do instead; blank if it can."""
    history = exists().where(Conversation.line_id == line.id) | exists().where(WebhookEvent.line_id == line.id)
    if db.session.scalar(select(history)):
        return "Texts went through this line, and they stay. If it is used no more, say above that nobody may use it."
    if names := [rule.name for rule in _rules_naming(line)]:
        return f"Rules name this line: {', '.join(f'“{name}”' for name in names[:3])}. Name another one there first."
    return ""


def remove(line: Line) -> None:
    """Take a line away, and its account with it when it has no other.

    Raises:
        InUse: texts went through it, or rules in force name it.
    """
    connection = line.connection
    lock(connection)
    lock(line)
    if reason := why_not(line):
        raise InUse(reason)
    audit.note("line", line.id, "deleted", {"number": (line.number, None)}, name=line.name)
    db.session.delete(line)
    db.session.flush()
    if db.session.scalar(select(Line.id).where(Line.connection_id == connection.id).limit(1)) is None:
        audit.note("connection", connection.id, "deleted", {"name": (connection.name, None)}, name=connection.name)
        db.session.execute(delete(Connection).where(Connection.id == connection.id))
        db.session.expunge(connection)
    live.access_changed()


def _rules_naming(line: Line) -> list[Rule]:
    query = select(Rule).join(RuleVersion, Rule.version_id == RuleVersion.id).where(Rule.file_id.is_not(None))
    return [
        rule
        for rule in db.session.scalars(query.order_by(Rule.name))
        if rule.version is not None and line.id in rule.version.bindings.get("line", {}).values()
    ]
