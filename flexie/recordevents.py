"""Rules that records start: what happened to them (flexie.happenings) is judged, and then forgotten."""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload, selectinload

from flexie import batches, clock, db, fields, ruleset, starting
from flexie.facts import FactFinder
from flexie.models import Happening, Record, Rule
from flexie.ruleset import RuleInForce
from flexie.starting import Start
from rules import conditions, interpreter, syntax

BATCH = 100
PATIENCE = 5  # tries, a minute apart, of a happening that cannot be judged

log = logging.getLogger(__name__)


def drain() -> batches.Done:
    """Judge a batch of what happened."""
    done = batches.work(_claim, hear, _postpone, BATCH)
    return batches.Done(done, done == BATCH, frozenset({"runs", "schedules"}) if done else frozenset())


def _claim(limit: int, only: int | None) -> Sequence[Happening]:
    query = select(Happening).where(Happening.id == only) if only else select(Happening)
    query = (
        query.where(Happening.due_at <= db.now())
        .order_by(Happening.due_at, Happening.id)
        .limit(limit)
        .options(joinedload(Happening.record).options(selectinload(Record.tags), selectinload(Record.phone_keys)))
        .with_for_update(skip_locked=True, of=Happening, key_share=True)
    )
    return db.db.session.scalars(query).unique().all()


def hear(happenings: Sequence[Happening]) -> None:
    """Start the rules that these started, in the order in which they happened."""
    finder = FactFinder()
    starting.start([one for happening in happenings for one in _starts(happening, finder)])
    _look_again([happening for happening in happenings if happening.kind == "dates"])
    ids = [happening.id for happening in happenings]
    db.db.session.execute(delete(Happening).where(Happening.id.in_(ids)))


def _starts(happening: Happening, finder: FactFinder) -> Iterator[Start]:
    """A rule is never started by its own change; one that is not in force any more is not started at all."""
    for rule, data in _HEARERS[happening.kind](happening, finder):
        if rule.rule_id != happening.caused_by:
            event = f"{happening.kind}:{happening.public_id}"
            if happening.kind == "moment":
                event = f"moment:{happening.data['value']}"
            yield Start(rule=rule, event=event, record=happening.record, data=data, depth=happening.depth, braked=True)


Heard = Iterator[tuple[RuleInForce, dict[str, Any]]]


def _created(happening: Happening, _: FactFinder) -> Heard:
    for rule in ruleset.current().on_created(happening.record.kind):
        yield rule, {}


def _changed(happening: Happening, finder: FactFinder) -> Heard:
    """Each rule once, by the first of its triggers that fits."""
    found: set[int] = set()
    record = happening.record
    types = {one.name: one.type for one in fields.definitions(record.kind)}
    for name, (before, after) in happening.data.items():
        old, new = (fields.value(types.get(name, "text"), value) for value in (before, after))
        for rule, trigger in ruleset.current().on_changed(record.kind, name):
            about = finder.about(record, None, rule.defaults, {}, clock.now(), rule.bindings)
            if rule.rule_id not in found and _fits(trigger, old, new, about):
                found.add(rule.rule_id)
                yield rule, {"changed": {"field": name, "from": before, "to": after}}


def _fits(trigger: syntax.FieldChanges, old: Any, new: Any, about: interpreter.Facts) -> bool:
    fits_old = trigger.old is None or conditions.equals(old, trigger.old, about)
    return fits_old and (trigger.new is None or conditions.equals(new, trigger.new, about))


def _moment(happening: Happening, _: FactFinder) -> Heard:
    rule = ruleset.current().by_id.get(happening.rule_id or 0)
    if rule is not None:
        yield rule, {}


_HEARERS = {"created": _created, "changed": _changed, "moment": _moment, "dates": lambda *_: iter(())}


def _look_again(happenings: Sequence[Happening]) -> None:
    """Dates of records changed: the rules that follow them find out anew when they are due next."""
    in_force = ruleset.current()
    ids = {
        rule_id
        for happening in happenings
        for name in happening.data["fields"]
        for rule_id in in_force.on_dates(happening.record.kind, name)
    }
    for rule_id in sorted(ids):
        db.db.session.execute(update(Rule).where(Rule.id == rule_id).values(look_at=db.now()))


def _postpone(happening_id: int, problem: Exception) -> None:
    """What cannot be judged is tried again, and in the end left alone: it stops nothing else."""
    happening = db.db.session.get(Happening, happening_id)
    if happening is None:
        return
    happening.tries += 1
    happening.due_at = clock.now() + timedelta(minutes=1)
    if happening.tries >= PATIENCE:
        log.error("a happening was given up", extra={"happening": happening_id, "problem": type(problem).__name__})
        db.db.session.delete(happening)
