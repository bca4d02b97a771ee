"""The list of files, and what is told about each rule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from flexie import gathering, rulebook
from flexie.db import db, written_out
from flexie.models import Rule, RuleVersion, Run
from flexie.models.rules import LIVE
from flexie.web import access, htmx
from flexie.web.login import me
from flexie.web.rulefiles.blueprint import bp
from rules import syntax

COUNTED_RUNS = 100  # runs of a rule are counted up to here: people read "99+"
LAST_RUNS = 3  # runs that stand beside a rule


@dataclass(frozen=True)
class About:
    """What is told about a rule: how often it ran and how many of its runs wait (up to COUNTED_RUNS), its last runs."""

    count: int
    waiting: int
    last: Sequence[Run] = ()
    about: str = ""
    is_started_by_hand: bool = False


@bp.get("/rules")
def files() -> Response:
    """All files, each with its rules and how often these ran."""
    found = rulebook.files()
    about = brief([rule for file in found for rule in file.rules])
    return htmx.answer("rulefiles/list.html", "rulefiles/list.html", files=found, about=about)


def brief(rules: Sequence[Rule]) -> dict[int, About]:
    """What the list tells of each rule (by row id): one statement for all."""
    query = select(Rule.id, _counted(), _counted(written_out(Run.state, LIVE)))
    found = db.session.execute(query.where(Rule.id.in_([rule.id for rule in rules]))) if rules else ()
    return {rule_id: About(count, waiting) for rule_id, count, waiting in found}


def full(rules: Sequence[Rule]) -> dict[int, About]:
    """What the page of their file tells of each rule (by row id); runs only as far as this person may see them."""
    counted = brief(rules)
    versions = select(RuleVersion).where(RuleVersion.id.in_([rule.version_id for rule in rules if rule.version_id]))
    trees = {row.rule_id: syntax.from_json(row.tree) for row in db.session.scalars(versions)} if rules else {}
    last = _last_runs(rules)
    return {rule.id: _full(counted[rule.id], trees.get(rule.id), last[rule.id]) for rule in rules}


def _full(counted: About, tree: object, last: Sequence[Run]) -> About:
    if not isinstance(tree, syntax.Rule):
        return replace(counted, waiting=0, last=last)
    by_hand = any(isinstance(trigger, syntax.Started) for trigger in tree.triggers)
    return replace(counted, last=last, about=tree.about.value if tree.about else "", is_started_by_hand=by_hand)


def _last_runs(rules: Sequence[Rule]) -> dict[int, list[Run]]:
    """The newest LAST_RUNS of each rule, each read by the rule's own index."""
    found: dict[int, list[Run]] = {rule.id: [] for rule in rules}
    newest = [select(Run.id).where(Run.rule_id == rule_id, access.runs(me())) for rule_id in found]
    if newest:
        ids = gathering.all_of(each.order_by(Run.id.desc()).limit(LAST_RUNS) for each in newest)
        query = select(Run).where(Run.id.in_(ids)).options(joinedload(Run.record)).order_by(Run.id.desc())
        for run in db.session.scalars(query):
            found[run.rule_id].append(run)
    return found


def _counted(*conditions: Any) -> Any:
    """How many runs a rule has, up to COUNTED_RUNS, as part of a statement about rules."""
    some = select(Run.id).where(Run.rule_id == Rule.id, *conditions).limit(COUNTED_RUNS).correlate(Rule)
    return select(func.count()).select_from(some.subquery()).correlate(Rule).scalar_subquery()
