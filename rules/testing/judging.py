"""Judges what a test expects by what the world shows, and keeps count of what was not expected yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rules import conditions, patterns, syntax
from rules.explaining import explain
from rules.testing.quoting import quoted
from rules.testing.results import Difference
from rules.testing.world import Sent, Told, World

_STATES = {
    "waiting": "still waits",
    "finished": "has finished",
    "not started": "did not start for this record",
    "failed": "failed at a step",
    "cancelled": "was ended before its last step",
}


class Unmet(Exception):
    """An expectation that did not come true: a sentence, and what there was instead."""

    def __init__(
        self, message: str, difference: Difference | None = None, label: str = "", found: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.difference = difference
        self.label = label
        self.found = tuple(found)


class Judge:
    """Judges the expectations of one test, in their order."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._sms_expected = 0
        self._skips_expected: set[int] = set()
        self._notices_expected: set[int] = set()

    def expect(self, line: Any) -> None:
        """Judges one `expect` line. Raises Unmet."""
        _JUDGES[type(line)](self, line)

    def nothing_unexpected(self) -> None:
        """A text that nobody expected fails the test. Raises Unmet."""
        waiting = self._waiting()
        if waiting:
            what = "A text was" if len(waiting) == 1 else f"{len(waiting)} texts were"
            raise Unmet(
                f"{what} sent before this line that no line above expects.", label="sent", found=_in_words(waiting)
            )

    def at_the_end(self) -> None:
        """The same, when the test is over. Raises Unmet."""
        waiting = self._waiting()
        if waiting:
            what = "a text was" if len(waiting) == 1 else f"{len(waiting)} texts were"
            raise Unmet(
                f"The test is over, and {what} sent that no line expects.", label="sent", found=_in_words(waiting)
            )

    def _waiting(self) -> list[Sent]:
        return list(self.world.sent())[self._sms_expected :]

    def sms(self, line: syntax.ExpectSms) -> None:
        """`expect sms` takes the next sent text."""
        waiting = self._waiting()
        if not waiting:
            raise Unmet(*self._no_sms_because())
        sent = waiting[0]
        if line.text is not None and sent.text != line.text.value:
            raise Unmet(
                f'The next text, from rule "{sent.rule}", reads differently.', Difference(line.text.value, sent.text)
            )
        if line.patterns and patterns.first_match((one.value for one in line.patterns), sent.text) is None:
            wanted = "the pattern" if len(line.patterns) == 1 else "any of the patterns"
            raise Unmet(f"The next text does not match {wanted}.", label="sent", found=_in_words([sent]))
        if line.line is not None and sent.line.casefold() != line.line.value.casefold():
            raise Unmet(f'The text went out on line "{sent.line}".', label="sent", found=_in_words([sent]))
        self._sms_expected += 1

    def _no_sms_because(self) -> tuple[str, None, str, list[str]]:
        skipped = [f"{quoted(one.text)}  ({one.reason})" for one in self.world.skipped()]
        if skipped:
            return "No text was sent, but one was skipped.", None, "skipped", skipped[-1:]
        again = "No other text was sent." if self._sms_expected else "No text was sent."
        return again, None, "", []

    def no_sms(self, _: syntax.ExpectNoSms) -> None:
        """`expect no sms`: none that was not expected yet."""
        if waiting := self._waiting():
            what = "A text was" if len(waiting) == 1 else f"{len(waiting)} texts were"
            raise Unmet(f"{what} sent.", label="sent", found=_in_words(waiting))

    def skipped(self, line: syntax.ExpectSkipped) -> None:
        """`expect sms skipped` takes the next skipped text whose reason has the words."""
        left = [(place, one) for place, one in enumerate(self.world.skipped()) if place not in self._skips_expected]
        wanted = line.because.value.casefold() if line.because else ""
        for place, one in left:
            if wanted in one.reason.casefold():
                self._skips_expected.add(place)
                return
        if left:
            found = [f"{quoted(one.text)}  ({one.reason})" for _, one in left]
            raise Unmet("A text was skipped for another reason.", label="skipped", found=found)
        raise Unmet("No text was skipped.", label="sent", found=_in_words(self._waiting()))

    def notify(self, line: syntax.ExpectNotify) -> None:
        """`expect notify` takes the first notice to that person or group that fits."""
        to_them = [
            (place, one)
            for place, one in enumerate(self.world.told())
            if place not in self._notices_expected and _is_to(one, line.to)
        ]
        for place, one in to_them:
            if not line.patterns or patterns.first_match((p.value for p in line.patterns), one.text) is not None:
                self._notices_expected.add(place)
                return
        whom = _somebody(line.to)
        if to_them:
            raise Unmet(
                f"No notice to {whom} matches.", label="notified", found=[quoted(one.text) for _, one in to_them]
            )
        others = [f"{_told_to(one)}: {quoted(one.text)}" for one in self.world.told()]
        raise Unmet(f"{whom[0].upper()}{whom[1:]} was not notified.", label="notified", found=others)

    def rule(self, line: syntax.ExpectRule) -> None:
        """`expect rule "..." waiting`."""
        found = self.world.rule_state(line.rule.value)
        if found.state != line.state:
            because = f" ({found.words})" if found.words else ""
            raise Unmet(f'The rule "{line.rule.value}" {_STATES.get(found.state, found.state)}{because}.')

    def condition(self, line: syntax.Expect) -> None:
        """`expect CONDITION`: of the record as it is now."""
        about = self.world.facts()
        if not conditions.holds(line.condition, about):
            raise Unmet(f"This does not hold: {explain(line.condition, about)}.")


def _in_words(texts: Sequence[Sent]) -> list[str]:
    return [f'{quoted(one.text)}  (rule "{one.rule}", line "{one.line}")' for one in texts]


def _somebody(to: syntax.Somebody) -> str:
    if isinstance(to, syntax.Owner):
        return "the owner"
    return f'{"user" if isinstance(to, syntax.User) else "group"} "{to.name.value}"'


def _is_to(told: Told, to: syntax.Somebody) -> bool:
    if isinstance(to, syntax.Owner):
        return told.owner
    kind = "user" if isinstance(to, syntax.User) else "group"
    return told.kind == kind and told.name.casefold() == to.name.value.casefold()


def _told_to(told: Told) -> str:
    return f'{told.kind} "{told.name}"'


_JUDGES: dict[type[syntax.Node], Callable[[Judge, Any], None]] = {
    syntax.ExpectSms: Judge.sms,
    syntax.ExpectNoSms: Judge.no_sms,
    syntax.ExpectSkipped: Judge.skipped,
    syntax.ExpectNotify: Judge.notify,
    syntax.ExpectRule: Judge.rule,
    syntax.Expect: Judge.condition,
}
