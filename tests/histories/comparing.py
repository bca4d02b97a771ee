"""Both ways for one history: what differs first, and the shortest history that still differs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask

from flexie import rehearsal
from flexie.db import reading, transaction
from tests.histories import rulefiles, seen
from tests.histories import vocabulary as v
from tests.histories.happenings import History
from tests.histories.rehearsed import rehearse
from tests.histories.running import Running, Told
from tests.histories.written import as_test


@dataclass(frozen=True)
class Outcome:
    """A history that went through both. `difference` None: they are equal."""

    history: History
    told: Told
    seen: seen.Seen
    text: str
    difference: str | None


def both(running: Running, history: History) -> Outcome:
    """The running system first, then the test that says what it did."""
    told = running.play(history)
    with running.app.app_context():
        real = seen.read(told.record)
        with reading(), transaction():
            account = rehearsal.of_this_one()
    text = as_test(history, told, real)
    difference = next(_carrier_differs(told, real), None) or _rehearsal_differs(
        running.app, history, account, text, real
    )
    return Outcome(history, told, real, text, difference)


def _carrier_differs(told: Told, real: seen.Seen) -> Iterator[str]:
    """The carrier must have got what the rows say, in their order."""
    handed = [(post.to, v.LINES[v.LINE_NUMBERS.index(post.sender)]) for post in told.posts]
    rows = [(one["to"], one["line"]) for one in real.sent]
    if handed != rows:
        yield f"the carrier got {handed}, the rows say {rows}"


def _rehearsal_differs(
    app: Flask, history: History, account: rehearsal.Account, text: str, real: seen.Seen
) -> str | None:
    with app.app_context():
        rehearsed = rehearse(text, "history", account, history.zone)
    if rehearsed.failure is not None:
        return rehearsed.failure
    return next(differences(real.sections, rehearsed.seen.sections), None)


def differences(real: dict[str, list[Any]], rehearsed: dict[str, list[Any]]) -> Iterator[str]:
    """Sentences, section by section: what is in one and not in the other."""
    for name in seen.SECTIONS:
        one, other = real[name], rehearsed[name]
        for place, (left, right) in enumerate(zip(one, other, strict=False), 1):
            yield from (f"{name} {place}: {words}" for words in _parts(left, right))
        if len(one) != len(other):
            extra = (one if len(one) > len(other) else other)[min(len(one), len(other))]
            where = "running system" if len(one) > len(other) else "rehearsal"
            yield f"{name}: {len(one)} in the running system, {len(other)} rehearsed; only in the {where}: {extra}"


def _parts(left: dict[str, Any], right: dict[str, Any]) -> Iterator[str]:
    for key in left:
        if left[key] != right[key]:
            yield f"{key}\n  running system: {left[key]!r}\n  rehearsal:      {right[key]!r}"


def shorter(running: Running, best: Outcome) -> Outcome:
    """An outcome's history with everything left out that it still differs without."""
    found: Outcome | None = best
    while found is not None:
        best = found
        found = next(filter(_differs, (both(running, one) for one in _without_one(best.history))), None)
    return best


def _differs(outcome: Outcome) -> bool:
    return outcome.difference is not None


def _without_one(history: History) -> Iterator[History]:
    """Each history that lacks one happening, one rule, or one given record that is not the first."""
    for place in range(len(history.happened)):
        yield replace(history, happened=_but(history.happened, place))
    for place in range(len(history.rules)):
        less = replace(history, rules=_but(history.rules, place))
        started = {name for name, _ in less.rules}
        if less.rules and rulefiles.is_clean(less.text) and _names_only(less, started):
            yield less
    for place in range(1, len(history.given)):
        yield replace(history, given=_but(history.given, place))
    for place in range(len(history.rules)):
        yield from _with_fewer_lines(history, place)


def _names_only(history: History, names: set[str]) -> bool:
    return all(getattr(one, "rule", None) in {None, *names} for one in history.happened)


def _with_fewer_lines(history: History, place: int) -> Iterator[History]:
    name, text = history.rules[place]
    lines = text.splitlines(keepends=True)
    for number in range(2, len(lines)):
        rules = (*history.rules[:place], (name, "".join(_but(tuple(lines), number))), *history.rules[place + 1 :])
        less = replace(history, rules=rules)
        if rulefiles.is_clean(less.text):
            yield less


def _but(things: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return things[:place] + things[place + 1 :]
