"""What a save would do to the rules of an account: found out before anything is written, and told afterwards."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import or_, select

from flexie.db import db
from flexie.models import Rule, RuleFile, Run
from flexie.rulebook import waiting
from flexie.rulebook.binding import Bindings, Names
from flexie.rulebook.errors import RulebookError
from rules import syntax


@dataclass(frozen=True)
class Change:
    """What a save does to one rule. `waiting` are its runs that are not over, {version number: count}.

    `is_changed`: the rule itself reads otherwise now, its name aside. `formerly` is the name that it had.
    """

    name: str
    is_on: bool
    was_on: bool = False
    is_new: bool = False
    is_changed: bool = False
    is_out: bool = False
    formerly: str | None = None
    waiting: Mapping[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many runs of the rule are not over."""
        return sum(self.waiting.values())

    @property
    def ends_runs(self) -> bool:
        """Whether runs that wait end in any case: the rule is off, or no longer in its file."""
        return not self.is_on

    @property
    def leaves_choice(self) -> bool:
        """Whether somebody may choose what becomes of the runs that wait."""
        return self.is_on and self.is_changed and self.count > 0

    @property
    def words(self) -> str:
        """What happens to the rule, for people."""
        if self.is_out:
            return "taken out"
        if self.is_new:
            return "new" if self.is_on else "new, off"
        told = [f'renamed from "{self.formerly}"'] if self.formerly else []
        if self.is_on != self.was_on:
            told.append("switched on" if self.is_on else "switched off")
        if self.is_changed:
            told.append("changed")
        return ", ".join(told)


@dataclass
class Placed:
    """A rule as the file has it, and the row that it is; none for a rule that is new in this account.

    `instead_of` is a row of the rule's name without any run: the row of the rule's former name takes its place.
    """

    tree: syntax.Rule
    rule: Rule | None
    formerly: str | None = None
    instead_of: Rule | None = None

    def is_changed(self, defaults: syntax.Settings, bindings: Bindings) -> bool:
        """Whether it reads otherwise than its latest version, or its names mean something else; the name aside."""
        version = self.rule.version if self.rule else None
        if version is None:
            return True
        before = syntax.from_json(version.tree)
        same = isinstance(before, syntax.Rule) and plain(before) == plain(replace(self.tree, name=before.name))
        return not same or syntax.from_json(version.settings) != defaults or version.bindings != bindings


def plain(tree: syntax.Rule) -> syntax.Rule:
    """The tree without what only says how it is kept: switched off, called otherwise before."""
    return replace(tree, formerly=None, off=False)


@dataclass
class Plan:
    """The rules of a file beside those that the account has."""

    placed: list[Placed]
    out: list[Rule]
    hints: list[str]

    def changes(self, defaults: syntax.Settings) -> list[Change]:
        """What happens to each rule; those that stay as they are are left out."""
        known = [one.rule for one in self.placed if one.rule] + self.out
        waits = waiting.counts(rule.id for rule in known)
        names = Names()
        told = [self._change(one, defaults, names.bind(one.tree, defaults), waits) for one in self.placed]
        told += [
            Change(rule.name, is_on=False, was_on=rule.is_on, is_out=True, waiting=waits.get(rule.id, {}))
            for rule in self.out
        ]
        return [change for change in told if change.words]

    @staticmethod
    def _change(
        one: Placed, defaults: syntax.Settings, bindings: Bindings, waits: Mapping[int, Mapping[int, int]]
    ) -> Change:
        rule, is_on = one.rule, not one.tree.off
        if rule is None:
            return Change(one.tree.name, is_on, is_new=True)
        return Change(
            one.tree.name,
            is_on,
            was_on=rule.is_on and rule.file_id is not None,
            is_changed=one.is_changed(defaults, bindings),
            formerly=one.formerly,
            waiting=waits.get(rule.id, {}),
        )


def plan(file: RuleFile | None, trees: Sequence[syntax.Rule]) -> Plan:
    """Find the row of each rule of a file. Reads only.

    Raises:
        RulebookError: a rule stands in another file, or cannot take the name that it is to have.
    """
    rows = _rows(file, trees)
    names = {tree.name for tree in trees}
    placed: list[Placed] = []
    hints: list[str] = []
    for tree in trees:
        rule = rows.get(tree.name)
        if rule is not None and rule.file_id is not None and (file is None or rule.file_id != file.id):
            raise RulebookError(f'There is already a rule "{tree.name}" in another file. Rename one of them.')
        one = Placed(tree, rule)
        if tree.formerly and tree.formerly != tree.name:
            _rename(one, rows.get(tree.formerly), names, placed, file, hints)
        placed.append(one)
    kept = {one.rule.id for one in placed if one.rule}
    mine = [rule for rule in rows.values() if file is not None and rule.file_id == file.id]
    out = sorted((rule for rule in mine if rule.id not in kept), key=lambda rule: rule.id)
    hints += _hints(out, [one.tree for one in placed if one.rule is None])
    return Plan(placed, out, hints)


def _rows(file: RuleFile | None, trees: Sequence[syntax.Rule]) -> dict[str, Rule]:
    named = {name for tree in trees for name in (tree.name, tree.formerly) if name}
    mine = Rule.file_id == file.id if file is not None else None
    wanted = Rule.name.in_(named) if mine is None else or_(Rule.name.in_(named), mine)
    return {rule.name: rule for rule in db.session.scalars(select(Rule).where(wanted).order_by(Rule.id))}


def _rename(
    one: Placed,
    old: Rule | None,
    names: Iterable[str],
    placed: Sequence[Placed],
    file: RuleFile | None,
    hints: list[str],
) -> None:
    """Let a rule take over the row of the name that it had. Nothing to do where that has happened already."""
    name, before = one.tree.name, str(one.tree.formerly)
    if one.rule is not None and old is not None and before not in names:
        if old.file_id is None and not _has_run(one.rule):
            one.rule, one.formerly, one.instead_of = old, before, one.rule
        elif file is not None and old.file_id == file.id:
            raise RulebookError(
                f'"{before}" cannot become "{name}": a rule of that name has a history already. '
                f'Choose another name, or write only  rule "{name}":'
            )
    elif one.rule is not None:
        return
    elif old is None:
        hints.append(f'There is no rule "{before}" that "{name}" could have been: it begins without a history.')
    elif before in names:
        raise RulebookError(
            f'"{name}" was formerly "{before}", but "{before}" still stands in this file. '
            "Take one of the two out, or take away  formerly."
        )
    elif any(other.rule is old for other in placed):
        raise RulebookError(f'Two rules were formerly "{before}". Only one can take over its history.')
    elif old.file_id is not None and (file is None or old.file_id != file.id):
        raise RulebookError(f'"{before}" stands in another file. Rename it there, or take it out there first.')
    else:
        one.rule, one.formerly = old, before


def _has_run(rule: Rule) -> bool:
    return db.session.scalar(select(Run.id).where(Run.rule_id == rule.id).limit(1)) is not None


def _hints(out: Sequence[Rule], new: Sequence[syntax.Rule]) -> list[str]:
    """A rule that is gone and one that is new, in one save: were they meant to be the same?"""
    gone = {rule.name: rule for rule in out}
    hints = []
    for tree in new:
        if not gone:
            break
        name = next((name for name, rule in gone.items() if _same(rule, tree)), None)
        name = name or difflib.get_close_matches(tree.name, gone, n=1, cutoff=0.0)[0]
        del gone[name]
        hints.append(
            f'"{name}" is gone and "{tree.name}" is new. If that is one rule under a new name, write '
            f'rule "{tree.name}" formerly "{name}":  so that it keeps its history, limits and waiting runs.'
        )
    return hints


def _same(rule: Rule, tree: syntax.Rule) -> bool:
    before = syntax.from_json(rule.version.tree) if rule.version else None
    return isinstance(before, syntax.Rule) and plain(replace(before, name=tree.name)) == plain(tree)
