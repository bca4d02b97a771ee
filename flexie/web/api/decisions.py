"""Why rules did not start, for a message."""

from typing import Any

from sqlalchemy import func, select, tuple_

from flexie.db import db
from flexie.models import Message, NotStarted, Record, Rule
from flexie.web import access
from flexie.web.api import paging
from flexie.web.api.asking import Asked, Parameter
from flexie.web.api.moments import written
from flexie.web.api.operations import Reply, operation
from flexie.web.api.schema import maybe, moment, named, public_id, text, thing

DECISION = named(
    "Decision",
    thing(
        {
            "rule": text("The rule's name."),
            "record": maybe(public_id("The record that it would have been about.")),
            "message": public_id("The message that it was about."),
            "at": moment("When it was decided."),
            "words": text("The condition that decided, with its value."),
        },
        "Why a rule did not start although its trigger and text fitted.",
    ),
)
OF_MESSAGE = (Parameter("message", "query", public_id("The message that it is asked about."), required=True),)


@operation(
    "GET",
    "/runs/not-started",
    "Why rules did not start for a message, by rule",
    {200: paging.of(DECISION)},
    parameters=OF_MESSAGE + paging.PARAMETERS,
    scope="rules:read",
)
def list_not_started(asked: Asked) -> Reply:
    """A page of decisions. A message has at most one of a rule and a record, so these two are the cursor."""
    record = func.coalesce(Record.public_id, "")
    message = select(Message.id).where(Message.public_id == asked.query["message"], access.messages(asked.user))
    rows = (
        select(NotStarted, Rule.name, record)
        .join(Rule, Rule.id == NotStarted.rule_id)
        .outerjoin(Record, Record.id == NotStarted.record_id)
        .where(NotStarted.message_id == message.scalar_subquery())
    )
    if held := paging.cursor(asked, 2):
        rows = rows.where(tuple_(Rule.name, record) > tuple_(*held))
    limit = asked.query["limit"]
    # Sorted by an expression: else SQLite walks the index of all rules' names.
    found = list(db.session.execute(rows.order_by(Rule.name + "", record).limit(limit + 1)))
    page, following = paging.cut(found, limit, lambda row: [row[1], row[2]])
    return paging.reply([_described(asked.query["message"], *row) for row in page], following)


def _described(message: str, decision: NotStarted, rule: str, record: str) -> dict[str, Any]:
    return {
        "rule": rule,
        "record": record or None,
        "message": message,
        "at": written(decision.at),
        "words": decision.words,
    }
