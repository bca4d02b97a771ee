"""What a back-test found: each rule under the edited file and under the saved one, side by side."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from flexie.backtest.nearmisses import near
from flexie.backtest.past import Past, TextIn
from flexie.backtest.seen import RuleSeen, Seen, Sent
from rules import syntax


@dataclass(frozen=True)
class Totals:
    """Starts, texts that went out, and their segments."""

    starts: int = 0
    texts: int = 0
    segments: int = 0


@dataclass(frozen=True)
class RuleReport:
    """What one rule would have done. Texts are those that came in; `saved` is None if the rule is new.

    `busiest` is the day (in the account's zone) with the most texts sent, and their number. `refused` and `stopped`
    count why it did not start, and why texts did not go out.
    """

    name: str
    edited: Totals
    saved: Totals | None
    busiest: tuple[date, int] | None
    matched: Sequence[TextIn] = ()
    near_misses: Sequence[tuple[TextIn, str]] = ()
    gained: Sequence[TextIn] = ()
    lost: Sequence[TextIn] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    stopped: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    is_gone: bool = False


@dataclass(frozen=True)
class Report:
    """The whole of it. `doubly` are texts that more than one rule answered; `others` are rules of other files that do
    something else than before because of the edited one.
    """

    file: str
    past: Past
    rules: Sequence[RuleReport]
    others: Sequence[RuleReport]
    doubly: Sequence[tuple[TextIn, Sequence[str]]]
    broken: Sequence[str]

    @property
    def texts(self) -> Sequence[TextIn]:
        """The texts that came in."""
        return self.past.texts


def compare(file: syntax.File, name: str, before: syntax.File, past: Past, edited: Seen, saved: Seen) -> Report:
    """Put two replays of one past side by side; `before` is the saved file, empty if there is none."""
    texts = {text.public_id: text for text in past.texts}
    one = _Comparison(texts, edited, saved, ZoneInfo(past.account.time_zone))
    own = [rule for rule in file.rules if not rule.off]
    gone = [rule for rule in before.rules if not rule.off and rule.name not in {kept.name for kept in file.rules}]
    names = {rule.name for rule in [*own, *gone]}
    return Report(
        file=name,
        past=past,
        rules=[*(one.of(rule, _formerly(rule)) for rule in own), *(one.gone(rule) for rule in gone)],
        others=[one.of_other(other) for other in sorted(edited.rules) if other not in names and one.differs(other)],
        doubly=one.doubly(),
        broken=edited.broken,
    )


def _formerly(rule: syntax.Rule) -> str:
    """The name that the rule has in the saved file."""
    return rule.formerly or rule.name


class _Comparison:
    def __init__(self, texts: Mapping[str, TextIn], edited: Seen, saved: Seen, zone: ZoneInfo) -> None:
        self.texts = texts
        self.edited = edited
        self.saved = saved
        self.zone = zone

    def of(self, rule: syntax.Rule, formerly: str) -> RuleReport:
        """A rule of the edited file."""
        seen = self.edited.rules.get(rule.name, RuleSeen())
        before = self.saved.rules.get(formerly)
        began, began_before = set(seen.started_by), set(before.started_by) if before else set()
        return RuleReport(
            name=rule.name,
            edited=_totals(seen),
            saved=_totals(before) if before else None,
            busiest=self._busiest(seen.gone),
            matched=self._in_order(began),
            near_misses=self._near_misses(rule, began | {text for text, _ in seen.refused}),
            gained=self._in_order(began - began_before) if before else (),
            lost=self._in_order(began_before - began),
            refused=Counter(words for _, words in seen.refused),
            stopped=Counter(sent.stopped for sent in seen.sent if sent.stopped),
            failed=Counter(seen.failed),
        )

    def gone(self, rule: syntax.Rule) -> RuleReport:
        """A rule that stands in the saved file alone."""
        before = self.saved.rules.get(rule.name, RuleSeen())
        lost = self._in_order(before.started_by)
        return RuleReport(rule.name, Totals(), _totals(before), None, lost=lost, is_gone=True)

    def of_other(self, name: str) -> RuleReport:
        """A rule of another file."""
        return RuleReport(name, _totals(self.edited.rules[name]), _totals(self.saved.rules[name]), None)

    def differs(self, name: str) -> bool:
        """Whether a rule of another file does something else than before."""
        before = self.saved.rules.get(name)
        return before is not None and _totals(before) != _totals(self.edited.rules[name])

    def doubly(self) -> list[tuple[TextIn, Sequence[str]]]:
        """Texts that more than one rule answered with a text."""
        answering: dict[str, set[str]] = defaultdict(set)
        for name, seen in self.edited.rules.items():
            for sent in seen.gone:
                for text in sent.answers:
                    answering[text].add(name)
        twice = {text: sorted(names) for text, names in answering.items() if len(names) > 1}
        return [(text, twice[text.public_id]) for text in self._in_order(twice)]

    def _in_order(self, public_ids: Iterable[str]) -> list[TextIn]:
        found = [self.texts[i] for i in set(public_ids) if i in self.texts]
        return sorted(found, key=lambda text: (text.at, text.public_id))

    def _busiest(self, sent: Sequence[Sent]) -> tuple[date, int] | None:
        days = Counter(one.at.astimezone(self.zone).date() for one in sent)
        return max(days.items(), key=lambda day: (day[1], day[0])) if days else None

    def _near_misses(self, rule: syntax.Rule, matched: set[str]) -> list[tuple[TextIn, str]]:
        """Texts on the trigger's lines that it nearly matched; what another of its patterns matched is no miss."""
        found = []
        for text in self.texts.values():
            if text.public_id in matched:
                continue
            for trigger in rule.triggers:
                pattern = _missed(trigger, text)
                if pattern is not None:
                    found.append((text, pattern))
                    break
        return found


def _missed(trigger: syntax.Trigger, text: TextIn) -> str | None:
    if not isinstance(trigger, syntax.IncomingSms | syntax.AnyIncomingSms | syntax.NewConversation):
        return None
    if trigger.lines and all(name.value.casefold() != text.talk.line.casefold() for name in trigger.lines):
        return None
    return near([pattern.value for pattern in trigger.patterns], text.text)


def _totals(seen: RuleSeen) -> Totals:
    gone = seen.gone
    return Totals(seen.starts, len(gone), sum(sent.segments for sent in gone))
