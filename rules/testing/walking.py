"""Walks through the lines of a test: events happen in a world, and expectations are judged one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

from rules import moments, stepping, syntax
from rules.facts import Facts, meaning
from rules.moments import MomentError
from rules.testing.judging import Judge, Unmet
from rules.testing.results import Failure, Result
from rules.testing.world import World, WorldProblem

FIRST_DAY, FIRST_CLOCK = date(2030, 1, 7), clock_time(10)
"""A Monday morning: when a test begins that does not say."""

_SETUP = (syntax.Given, syntax.GivenUnknownSender, syntax.ClockIs)


def run(file: syntax.File, world: World, zone: ZoneInfo) -> Iterator[Result]:
    """Carries out the tests of a file, each in the world begun anew, until its first failure.

    `zone` is the file's. A test that names no record is about one of the rules' only kind.
    """
    kinds = {kind for rule in file.rules for kind in rule.kinds}
    for test in file.tests:
        began = time.monotonic()
        failure = _Walk(test, world, zone, next(iter(kinds)) if len(kinds) == 1 else None).run()
        yield Result(test, failure, time.monotonic() - began)


class _Walk:
    """One test on its way."""

    def __init__(self, test: syntax.RuleTest, world: World, zone: ZoneInfo, only_kind: str | None) -> None:
        self.test = test
        self.only_kind = only_kind
        self.world = world
        self.zone = zone
        self.judge = Judge(world)
        self.has_begun = False

    def run(self) -> Failure | None:
        """Why the test failed, or None."""
        place, line = self.test.place, None
        try:
            for line in self._set_up():
                place = line.place
                if type(line) in _EVENTS:
                    self.judge.nothing_unexpected()
                    _EVENTS[type(line)](self, line)
                else:
                    self.judge.expect(line)
            self.judge.at_the_end()
        except Unmet as unmet:
            return self._failure(place, unmet)
        except MomentError as problem:
            return self._failure(place, Unmet(str(problem)))
        except WorldProblem as problem:
            return self._failure(_place_of(problem, line, place), Unmet(str(problem)))
        return None

    def _set_up(self) -> Iterator[syntax.TestLine]:
        """Begins the world, at the moment that the lines before the first event name; gives the lines to carry out."""
        lines = list(self.test.lines)
        first = next((place for place, line in enumerate(lines) if not isinstance(line, _SETUP)), len(lines))
        clocks = [line for line in lines[:first] if isinstance(line, syntax.ClockIs)]
        day, clock = (clocks[-1].moment.date, clocks[-1].moment.at) if clocks else (FIRST_DAY, FIRST_CLOCK)
        self.world.begin(moments.at(day, clock or clock_time(), self.zone))
        self.has_begun = True
        if self.only_kind and not any(isinstance(line, syntax.Given | syntax.GivenUnknownSender) for line in lines):
            self._somebody(self.only_kind)
        yield from (line for line in lines[:first] if not isinstance(line, syntax.ClockIs))
        yield from lines[first:]

    def _somebody(self, kind: str) -> None:
        if kind == "unknown sender":
            raise WorldProblem('Say who is writing, for example:  given unknown sender "+12125550100"')
        self.world.given(kind, {}, ())

    def _failure(self, place: syntax.Place, unmet: Unmet) -> Failure:
        return Failure(
            place,
            self.world.facts().now if self.has_begun else None,
            self.zone,
            unmet.message,
            unmet.difference,
            unmet.label,
            unmet.found,
            tuple(self.world.story()) if self.has_begun else (),
        )

    def facts(self) -> Facts:
        """What the record is like now."""
        return self.world.facts()

    def given(self, line: syntax.Given) -> None:
        about = self.facts()
        fields = {
            fact.field.path: meaning(fact.value, about) for fact in line.facts if isinstance(fact, syntax.GivenField)
        }
        tags = [fact.tag.value for fact in line.facts if isinstance(fact, syntax.GivenTag)]
        self.world.given(line.kind, fields, tags)

    def clock_is(self, line: syntax.ClockIs) -> None:
        self.until(line)

    def until(self, line: syntax.Until | syntax.ClockIs) -> None:
        about = self.facts()
        moment = stepping.coming(line.moment, about).until
        if moment < about.now.replace(second=0, microsecond=0):
            raise WorldProblem(f"It is {stepping.shown(about.now, about)} already: a test's clock cannot go back.")
        self.world.advance(max(moment, about.now))

    def after(self, line: syntax.After) -> None:
        about = self.facts()
        self.world.advance(moments.add(about.now, line.duration, self.zone))

    def change(self, line: syntax.ChangeField) -> None:
        self.world.change(line.field.path, meaning(line.value, self.facts()))


def _place_of(problem: WorldProblem, line: syntax.TestLine | None, place: syntax.Place) -> syntax.Place:
    """Where a problem is: at the field that it names, if the line stands over several."""
    facts = line.facts if isinstance(line, syntax.Given) else ()
    named = [fact.place for fact in facts if isinstance(fact, syntax.GivenField) and fact.field.path == problem.path]
    return named[-1] if named else place


_EVENTS: dict[type[syntax.Node], Callable[[_Walk, Any], None]] = {
    syntax.Given: _Walk.given,
    syntax.GivenUnknownSender: lambda walk, line: walk.world.given_sender(line.number.value),
    syntax.ClockIs: _Walk.clock_is,
    syntax.TextArrives: lambda walk, line: walk.world.text_arrives(
        line.text.value, line.line.value if line.line else None
    ),
    syntax.ReportDelivered: lambda walk, _: walk.world.report(delivered=True),
    syntax.ReportFailed: lambda walk, _: walk.world.report(delivered=False),
    syntax.ChangeField: _Walk.change,
    syntax.RuleIsStarted: lambda walk, line: walk.world.start_rule(line.rule.value),
    syntax.After: _Walk.after,
    syntax.Until: _Walk.until,
}
