"""The list of files, and what is told about each rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from sqlalchemy import func, select

from flexie import rulebook
from flexie.db import db, written_out
from flexie.models import Rule, Run
from flexie.models.rules import LIVE
from flexie.web import access, htmx
from flexie.web.login import me
from flexie.web.rulefiles.blueprint import bp
from rules import syntax

COUNTED_RUNS = 1_000  # runs of a rule are counted up to here
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
    shown: dict[str, Any] = {"files": found, "about": {rule.id: brief(rule) for file in found for rule in file.rules}}
    return htmx.answer("rulefiles/list.html", "rulefiles/list.html", **shown)


def brief(rule: Rule) -> About:
    """What the list tells of a rule."""
    return About(_count(rule), _count(rule, written_out(Run.state, LIVE)))


def full(rule: Rule) -> About:
    """What the page of its file tells of a rule; runs only as far as this person may see them."""
    last = db.session.scalars(
        select(Run).where(Run.rule_id == rule.id, access.runs(me())).order_by(Run.id.desc()).limit(LAST_RUNS)
    ).all()
    tree = syntax.from_json(rule.version.tree) if rule.version else None
    if not isinstance(tree, syntax.Rule):
        return About(_count(rule), 0, last)
    by_hand = any(isinstance(trigger, syntax.Started) for trigger in tree.triggers)
    waiting = _count(rule, written_out(Run.state, LIVE))
    return About(_count(rule), waiting, last, tree.about.value if tree.about else "", by_hand)


def _count(rule: Rule, *conditions: Any) -> int:
    some = select(Run.id).where(Run.rule_id == rule.id, *conditions).limit(COUNTED_RUNS).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0
