"""Runs of rules, with what they did."""

from typing import Any

from sqlalchemy import Select, and_, literal_column, select
from sqlalchemy.orm import joinedload, selectinload

from flexie.db import db, written_out
from flexie.models import Message, Record, Rule, RuleVersion, Run, User
from flexie.models.rules import LIVE
from flexie.web import access
from flexie.web.api import paging
from flexie.web.api.asking import Asked
from flexie.web.api.moments import written, written_if
from flexie.web.api.operations import Reply, by_id, operation, query
from flexie.web.api.problems import Problem
from flexie.web.api.schema import items, maybe, moment, named, public_id, text, thing, whole

STATES = ("ready", "waiting", "done", "failed", "cancelled")
STANDS = {state: Run.state == literal_column(f"'{state}'") for state in STATES}
STANDS["waiting"] = and_(written_out(Run.state, LIVE), STANDS["waiting"])
"""The conditions, written out as the partial indexes are."""

LOG_LINE = thing(
    {"at": moment("When."), "step": text("The kind of step."), "words": text("What it did or decided, in words.")},
    "One line of a run's log.",
)
RUN = named(
    "Run",
    thing(
        {
            "id": public_id("The run's id."),
            "rule": text("The rule's name."),
            "version": whole("The version of the rule that it began with and keeps.", 1),
            "record": maybe(public_id("The record that it is about.")),
            "message": maybe(public_id("The message that started it, if its line is yours.")),
            "state": text("How it stands.", choices=STATES),
            "position": items({}, "The path of numbers to the step that is next."),
            "started_at": moment("When it began."),
            "due_at": maybe(moment("When it goes on.")),
            "ended_at": maybe(moment("When it was over.")),
            "error": maybe(text("Why it failed.")),
            "log": items(LOG_LINE, "What it did, in order."),
        },
        "One rule, one record, one event.",
    ),
)
FILTERS = query(
    rule=text("Only runs of the rule of this name.", longest=500),
    record=public_id("Only runs about this record."),
    message=public_id("Only runs that this message started."),
    state=text("Only runs in this state.", choices=STATES),
)


@operation(
    "GET",
    "/runs",
    "Runs of rules, newest first",
    {200: paging.of(RUN)},
    parameters=FILTERS + paging.PARAMETERS,
    scope="rules:read",
)
def list_runs(asked: Asked) -> Reply:
    """A page of runs."""
    rows, following = paging.newest_first(asked, _filtered(_visible(asked.user), asked), Run)
    return paging.reply(described(rows, asked.user), following)


@operation("GET", "/runs/{id}", "One run", {200: RUN}, parameters=by_id("run"), problems=(404,), scope="rules:read")
def get_run(asked: Asked) -> Reply:
    """One run, with its log."""
    run = db.session.scalar(_visible(asked.user).where(Run.public_id == asked.path["id"]))
    if run is None:
        raise Problem(404)
    return Reply(described([run], asked.user)[0])


def _visible(user: User) -> Select[Any]:
    options = (
        joinedload(Run.rule).load_only(Rule.name),
        joinedload(Run.version).load_only(RuleVersion.number),
        joinedload(Run.record).load_only(Record.public_id),
        selectinload(Run.log),
    )
    return select(Run).where(access.runs(user)).options(*options)


def _filtered(rows: Select[Any], asked: Asked) -> Select[Any]:
    given = asked.query
    if "rule" in given:
        # Few runs are ready at a time: they are looked through, and not all of the rule's.
        of_rule = Run.rule_id + 0 if given.get("state") == "ready" else Run.rule_id
        rows = rows.where(of_rule == select(Rule.id).where(Rule.name == given["rule"]).scalar_subquery())
    if "record" in given:
        record = select(Record.id).where(Record.public_id == given["record"])
        rows = rows.where(Run.record_id == record.scalar_subquery())
    if "message" in given:
        message = select(Message.id).where(Message.public_id == given["message"], access.messages(asked.user))
        rows = rows.where(Run.message_id == message.scalar_subquery())
    return rows.where(STANDS[given["state"]]) if "state" in given else rows


def described(runs: list[Run], user: User) -> list[dict[str, Any]]:
    """Runs as the API tells them to this person."""
    ids = {run.message_id for run in runs if run.message_id}
    query = select(Message.id, Message.public_id).where(Message.id.in_(ids), access.messages(user))
    messages = dict(db.session.execute(query).all()) if ids else {}
    return [_one(run, messages.get(run.message_id or 0)) for run in runs]


def _one(run: Run, message: str | None) -> dict[str, Any]:
    return {
        "id": run.public_id,
        "rule": run.rule.name,
        "version": run.version.number,
        "record": run.record.public_id if run.record else None,
        "message": message,
        "state": run.state,
        "position": run.position,
        "started_at": written(run.started_at),
        "due_at": written_if(run.due_at),
        "ended_at": written_if(run.ended_at),
        "error": run.error,
        "log": [{"at": written(line.at), "step": line.step, "words": line.words} for line in run.log],
    }
