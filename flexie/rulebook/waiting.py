"""Runs that wait when their rule is saved, switched off or taken out: counted, ended, or started again."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from sqlalchemy import func, select

from flexie import runlog
from flexie.db import db, now, written_out
from flexie.models import Rule, RuleVersion, Run
from flexie.models.rules import LIVE
from rules import interpreter

Waiting = Literal["finish", "end", "restart"]
"""What becomes of the runs that wait on an older version: they finish on it, end, or start again on the new one."""

AT_ONCE = 500  # runs that are held in memory together
EVENT_DATA = ("incoming_sms", "delivered_sms", "failed_sms", "changed", "start")  # what the event itself brought
_VERSION = re.compile(r":version \d+$")


def counts(rule_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """How many runs of these rules wait or are under way: {rule id: {version number: count}}."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    query = (
        select(Run.rule_id, RuleVersion.number, func.count())
        .join(RuleVersion, RuleVersion.id == Run.version_id)
        .where(Run.rule_id.in_(list(rule_ids)), written_out(Run.state, LIVE))
        .group_by(Run.rule_id, RuleVersion.number)
        .order_by(RuleVersion.number)
    )
    for rule_id, number, count in db.session.execute(query):
        found[rule_id][number] = count
    return found


def end(rule: Rule, why: str) -> int:
    """End all runs of a rule that wait, each with the reason in its log. Returns how many there were."""
    ended = 0
    for runs in _live(rule):
        for run in runs:
            runlog.end(run, "cancelled", why)
        ended += len(runs)
    return ended


def restart(rule: Rule, why: str) -> int:
    """End the runs that wait and start each again from the top on the rule's version. Returns how many there were."""
    version, moment, restarted = rule.version, now(), 0
    if version is None:
        return 0
    for runs in _live(rule):
        for run in runs:
            runlog.end(run, "cancelled", why)
        db.session.add_all([_again(run, version, moment) for run in runs])
        restarted += len(runs)
    return restarted


def _again(run: Run, version: RuleVersion, moment: object) -> Run:
    """A new run from the same event: its cause says on which version it was started again."""
    return Run(
        rule_id=run.rule_id,
        version_id=version.id,
        record_id=run.record_id,
        conversation_id=run.conversation_id,
        message_id=run.message_id,
        cause=f"{_VERSION.sub('', run.cause)}:version {version.number}",
        depth=run.depth,
        state="ready",
        position=list(interpreter.START),
        data={name: run.data[name] for name in EVENT_DATA if name in run.data},
        due_at=moment,
        started_at=moment,
    )


def _live(rule: Rule) -> Iterator[Sequence[Run]]:
    """The runs of a rule that are not over, locked, some at a time; those that are written out are let go of."""
    newest = db.session.scalar(select(func.max(Run.id)).where(Run.rule_id == rule.id)) or 0
    last = 0
    while True:
        query = (
            select(Run)
            .where(Run.rule_id == rule.id, written_out(Run.state, LIVE), Run.id > last, Run.id <= newest)
            .order_by(Run.id)
            .limit(AT_ONCE)
            .with_for_update(of=Run, key_share=True)
            .execution_options(populate_existing=True)
        )
        runs = db.session.scalars(query).all()
        if not runs:
            return
        yield runs
        last = runs[-1].id
        db.session.flush()
