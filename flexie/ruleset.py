"""The rules in force, compiled once for each revision and shared by all jobs of a process."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from flexie.db import db
from flexie.models import Group, Line, Rule, RuleVersion, Settings, User, WebhookAddress
from rules import syntax
from rules.matcher import Matcher


@dataclass(frozen=True)
class RuleInForce:
    """A rule that is on, with the version that new runs start on."""

    rule_id: int
    version_id: int
    name: str
    tree: syntax.Rule
    defaults: syntax.Settings
    bindings: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def is_for(self, kind: str) -> bool:
        """Whether the rule is about records of this kind (or "unknown sender")."""
        return kind in self.tree.for_kinds.kinds


class RuleSet:
    """All rules in force at one revision: found by what starts them, without asking each."""

    def __init__(self, revision: int, in_force: Sequence[RuleInForce]) -> None:
        self.revision = revision
        self.rules = tuple(in_force)
        self.by_id = {rule.rule_id: rule for rule in self.rules}
        self._texts = {trigger: _Index(self.rules, trigger) for trigger in TEXT_TRIGGERS}
        self._created: dict[str, list[RuleInForce]] = defaultdict(list)
        self._changes: dict[tuple[str, str], list[Change]] = defaultdict(list)
        self._dates: dict[tuple[str, str], set[int]] = defaultdict(set)
        for rule in self.rules:
            for kind in rule.tree.for_kinds.kinds:
                self._file(rule, kind)

    def _file(self, rule: RuleInForce, kind: str) -> None:
        """Put a rule where events of records of a kind find it."""
        for trigger in rule.tree.triggers:
            match trigger:
                case syntax.Created():
                    self._created[kind].append(rule)
                case syntax.FieldChanges():
                    self._changes[kind, trigger.field.path].append((rule, trigger))
                case syntax.Relative():
                    self._dates[kind, trigger.field.path].add(rule.rule_id)

    def on_text(self, trigger: type[syntax.TextTrigger], text: str, line: str) -> list["TextHit"]:
        """The rules that a text on this line starts by triggers of this class; lines by name, without letter case."""
        return self._texts[trigger].find(text, line)

    def on_created(self, kind: str) -> Sequence[RuleInForce]:
        """The rules that a new record of this kind starts."""
        return self._created.get(kind, ())

    def on_changed(self, kind: str, field: str) -> Sequence["Change"]:
        """The rules that watch this field, each with its trigger."""
        return self._changes.get((kind, field), ())

    def on_dates(self, kind: str, field: str) -> Set[int]:
        """Ids of the rules that start at a moment before or after what this field holds."""
        return self._dates.get((kind, field), frozenset())


TextHit = tuple[RuleInForce, syntax.TextTrigger]
Change = tuple[RuleInForce, syntax.FieldChanges]
TEXT_TRIGGERS: tuple[type[syntax.TextTrigger], ...] = (
    syntax.IncomingSms,
    syntax.AnyIncomingSms,
    syntax.AnyOtherIncomingSms,
    syntax.NewConversation,
    syntax.SmsDelivered,
    syntax.SmsFailed,
)


class _Index:
    """Which rules' triggers of one class match a text."""

    def __init__(self, in_force: Iterable[RuleInForce], trigger_class: type[syntax.TextTrigger]) -> None:
        self._triggers: list[TextHit] = [
            (rule, trigger)
            for rule in in_force
            for trigger in rule.tree.triggers
            if type(trigger) is trigger_class and isinstance(trigger, syntax.TextTrigger)
        ]
        patterns = [tuple(p.value for p in trigger.patterns) for _, trigger in self._triggers]
        self._matcher: Matcher[int] = Matcher(enumerate(patterns))

    def find(self, text: str, line: str) -> list[TextHit]:
        if not self._triggers:
            return []
        found: dict[int, TextHit] = {}
        for position in self._matcher.match(text):
            rule, trigger = self._triggers[position]
            if not trigger.lines or any(name.value.casefold() == line.casefold() for name in trigger.lines):
                found.setdefault(rule.rule_id, (rule, trigger))
        return list(found.values())


MOST_TREES = 10_000  # versions that a process keeps read

_kept: dict[str, RuleSet] = {}
_aside: ContextVar[dict[str, RuleSet] | None] = ContextVar("aside", default=None)
_trees: dict[str, syntax.Rule] = {}
_lock = threading.Lock()


def current() -> RuleSet:
    """The rules in force now: one small query, unless they changed."""
    revision = db.session.execute(select(Settings.rules_revision).where(Settings.id == 1)).scalar_one()
    own, database = _aside.get(), str(db.engine.url)
    shelf = _kept if own is None else own
    kept = shelf.get(database)
    if kept is None or kept.revision != revision:
        kept = RuleSet(revision, _load())
        with _lock:
            shelf[database] = kept
    return kept


@contextmanager
def aside() -> Iterator[None]:
    """Inside, rules are compiled for this context alone: they may come from a transaction that never commits."""
    mark = _aside.set({})
    try:
        yield
    finally:
        _aside.reset(mark)


def _load() -> list[RuleInForce]:
    query = (
        select(Rule, RuleVersion)
        .join(RuleVersion, RuleVersion.id == Rule.version_id)
        .where(Rule.is_on, Rule.file_id.is_not(None))
        .order_by(Rule.id)
    )
    return [
        RuleInForce(rule.id, version.id, rule.name, tree_of(version), defaults_of(version), version.bindings)
        for rule, version in db.session.execute(query)
    ]


def tree_of(version: RuleVersion) -> syntax.Rule:
    """The tree that a version keeps, read from its JSON once: equal digests are equal trees."""
    tree = _trees.get(version.digest)
    if tree is None:
        read = syntax.from_json(version.tree)
        if not isinstance(read, syntax.Rule):
            raise TypeError(f"rule version {version.id} does not hold a rule")
        if len(_trees) >= MOST_TREES:
            _trees.clear()
        tree = _trees[version.digest] = read
    return tree


def defaults_of(version: RuleVersion) -> syntax.Settings:
    """The settings of the file that a version was saved with."""
    found = syntax.from_json(version.settings)
    return found if isinstance(found, syntax.Settings) else syntax.Settings()


Nameable = type[Line] | type[User] | type[Group] | type[WebhookAddress] | type[Rule]

BOUND: dict[str, Nameable] = {"line": Line, "user": User, "group": Group, "webhook": WebhookAddress, "rule": Rule}
"""The kinds of names that a version binds, each with the table of its ids."""


def bound(version: RuleVersion, kind: str, name: str) -> int | None:
    """The id of what a name in a rule meant when the version was saved; it may be gone since. Kinds as in BOUND.

    A version that is older than bindings means what is called so now. None: there is no such thing.
    """
    if version.bindings:
        return version.bindings.get(kind, {}).get(name)
    model = BOUND[kind]
    return db.session.scalar(select(model.id).where(model.name == name))


def forget() -> None:
    """Let go of the compiled rules: the database they came from was replaced."""
    with _lock:
        _kept.clear()
