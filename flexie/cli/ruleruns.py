"""Commands for the runs of rules: listing, stopping, starting."""

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import bell, events, rulebook, runlog
from flexie.cli.output import CannotRun, as_json, say
from flexie.db import db, reading
from flexie.models import Record, Rule, Run
from flexie.models.rules import LIVE

STATES = ("ready", "waiting", "done", "failed", "cancelled")
MOST = 100  # runs that are listed unless somebody asks for more


@click.command("runs")
@click.option("--rule", "name", metavar="NAME", help="Runs of this rule only.")
@click.option("--state", type=click.Choice(STATES), help="Runs in this state only.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=MOST, show_default=True, help="At most so many.")
@as_json
def runs(name: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """Runs of rules, newest first."""
    with reading():
        query = select(Run).options(joinedload(Run.rule), joinedload(Run.record), joinedload(Run.version))
        if name:
            query = query.where(Run.rule_id == _rule(name).id)
        if state:
            query = query.where(Run.state == state)
        told = [_about(run) for run in db.session.scalars(query.order_by(Run.id.desc()).limit(limit))]
    say({"runs": told}, as_json, lambda a: "\n".join(map(_in_words, a["runs"])) or "There are no such runs.")


@click.command("stop")
@click.argument("wanted", metavar="RULE|RUN_ID")
@as_json
def stop(wanted: str, as_json: bool) -> None:
    """End a run, or all runs of a rule, that wait. The rule stays on; it starts again with the next event."""
    run = db.session.scalar(select(Run).where(Run.public_id == wanted))
    if run is not None:
        ended = int(run.state in LIVE)
        runlog.cancel(run, "A command stopped it.")
    else:
        ended = rulebook.stop(_rule(wanted), None)
    db.session.commit()
    say({"ended": ended}, as_json, lambda a: f"Runs that waited and ended: {a['ended']}")


@click.command("start")
@click.argument("name", metavar="RULE")
@click.option("--record", "wanted", metavar="ID", required=True, help="The record's id, as in the address of its page.")
@as_json
@click.pass_context
def start(context: click.Context, name: str, wanted: str, as_json: bool) -> None:
    """Start a rule for one record. Exit code 1: its conditions or limits said no."""
    rule = _rule(name)
    record = db.session.scalar(select(Record).where(Record.public_id == wanted))
    if record is None:
        raise CannotRun(f'There is no record with the id "{wanted}".')
    try:
        run = events.start_by_hand(rule, record)
        answer: dict[str, Any] = {"run": run.public_id, "reason": None}
    except events.CannotStart as reason:
        answer = {"run": None, "reason": str(reason)}
    db.session.commit()
    bell.ring("runs")
    say(answer, as_json, lambda a: f"Started: {a['run']}" if a["run"] else a["reason"])
    if answer["reason"]:
        context.exit(1)


COMMANDS = (runs, stop, start)


def _rule(name: str) -> Rule:
    rule = db.session.scalar(select(Rule).where(Rule.name == name))
    if rule is None:
        raise CannotRun(f'There is no rule "{name}". See: flask rules list')
    return rule


def _about(run: Run) -> dict[str, Any]:
    return {
        "id": run.public_id,
        "rule": run.rule.name,
        "version": run.version.number,
        "record": run.record.public_id if run.record else None,
        "title": run.record.title if run.record else None,
        "state": run.state,
        "started_at": run.started_at.isoformat(),
        "due_at": run.due_at.isoformat() if run.due_at else None,
        "error": run.error,
    }


def _in_words(run: dict[str, Any]) -> str:
    ends = run["error"] or (f"until {run['due_at']}" if run["due_at"] else "")
    whom = run["title"] or "unknown sender"
    return f"{run['id']}  {run['started_at']}  {run['state']}  {run['rule']} for {whom}  {ends}".rstrip()
