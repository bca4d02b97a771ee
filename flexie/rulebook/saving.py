"""Saving a rule file: as a version, and into force when nothing is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select

import rules
from flexie import audit, clock
from flexie.db import db, lock, now
from flexie.models import Rule, RuleFile, RuleFileVersion, RuleVersion, Settings, User
from flexie.rulebook import naming, waiting
from flexie.rulebook.account import read
from flexie.rulebook.binding import Bindings, Names
from flexie.rulebook.changes import Change, Placed, Plan, plan
from flexie.rulebook.errors import Outdated
from flexie.rulebook.waiting import Waiting
from rules import syntax


@dataclass(frozen=True)
class Preview:
    """What a save would come to: the text as it would be kept, what is wrong with it, and what would change."""

    text: str
    findings: list[rules.Finding]
    in_force: bool
    changes: list[Change] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Saved(Preview):
    """What a save came to: in force, or kept as a draft because of its errors. `number` is the file's version."""

    file: RuleFile = field(kw_only=True)
    number: int = field(kw_only=True)


def files() -> Sequence[RuleFile]:
    """All rule files by name."""
    return db.session.scalars(select(RuleFile).order_by(RuleFile.name)).all()


def preview(name: str, text: str) -> Preview:
    """What saving this text would do. Nothing is written.

    Raises:
        RulebookError: as `save`.
    """
    return _Save(name, text).preview


def save(
    name: str, text: str, author: User | None, *, based_on: int | None = None, waiting: Waiting = "finish"
) -> Saved:
    """Save a file. With errors it is kept as a draft, and the last good version stays in force.

    A text without mistakes is laid out in canonical form and comes into force. `waiting` says what becomes of runs
    that wait on older versions of the rules that changed. `based_on` is the file's version that the author had before
    him, None to save in any case.

    Raises:
        Outdated: the file is at another version than `based_on`.
        RulebookError: the name cannot be used, a rule stands in another file, or cannot take the name it is to have.
    """
    lock(Settings.get())
    one = _Save(name, text)
    if based_on is not None and one.file is not None and based_on != (number := latest(one.file)):
        raise Outdated(one.file, number)
    before = latest(one.file) if one.file else 0
    file, number = one.keep(author)
    if number != before:
        _note(one.preview, file, before, number)
    if one.plan is not None:
        _put_into_force(one.plan, file, one.defaults, one.preview, author, waiting)
    told = one.preview
    return Saved(told.text, told.findings, told.in_force, told.changes, told.hints, file=file, number=number)


def _note(told: Preview, file: RuleFile, before: int, number: int) -> None:
    """Into the audit log; what was different stands in the file's history."""
    changes: dict[str, tuple[object, object]] = {"version": (before or None, number)}
    changes |= {f"rule “{change.name}”": (None, change.words) for change in told.changes if change.words}
    if not told.in_force:
        changes["in force"] = (None, False)
    audit.note("rules", file.id, "changed" if before else "created", changes, name=file.name)


def latest(file: RuleFile) -> int:
    """The number of a file's latest version; 0 before the first."""
    query = select(func.max(RuleFileVersion.number)).where(RuleFileVersion.file_id == file.id)
    return db.session.scalar(query) or 0


class _Save:
    """A text on its way into a file: laid out, read, checked, and compared with what is there."""

    def __init__(self, name: str, text: str) -> None:
        self.name = naming.refuse_bad(name)
        laid_out = rules.format_source(text, self.name).text
        parsed, findings = read(laid_out, self.name)
        self.file = db.session.scalar(select(RuleFile).where(RuleFile.name == self.name))
        self.defaults = parsed.file.settings
        self.plan: Plan | None = None
        in_force = not any(finding.level is rules.Level.ERROR for finding in findings)
        self.preview = Preview(laid_out, findings, in_force)
        if in_force:
            self.plan = plan(self.file, parsed.file.rules)
            self.preview = Preview(laid_out, findings, True, self.plan.changes(self.defaults), self.plan.hints)

    def keep(self, author: User | None) -> tuple[RuleFile, int]:
        """Write the text down. A text that is kept already makes no new version of the file."""
        moment, text, is_draft = clock.now(), self.preview.text, not self.preview.in_force
        file = self.file
        if file is None:
            file = RuleFile(name=self.name, created_at=moment, text=text, is_draft=is_draft, updated_at=moment)
            db.session.add(file)
            db.session.flush()
        number = latest(file)
        if not number or (file.text, file.is_draft) != (text, is_draft):
            number += 1
            version = RuleFileVersion(number=number, text=text, is_draft=is_draft, author=author, created_at=moment)
            file.versions.insert(0, version)
            file.text, file.is_draft, file.updated_at = text, is_draft, moment
            db.session.flush()
        return file, number


def _put_into_force(
    wanted: Plan, file: RuleFile, defaults: syntax.Settings, told: Preview, author: User | None, choice: Waiting
) -> None:
    """New versions for rules that changed; rules no longer in the file go out of force, and their runs end."""
    before = {id(one): one.rule is not None and one.rule.is_on and one.rule.file_id == file.id for one in wanted.placed}
    placed = [(one, _row(one, file)) for one in wanted.placed]
    names = Names()
    for one, rule in placed:
        _put_one(one, rule, defaults, names.bind(one.tree, defaults), told.text, author)
        _set_clock(rule, one.tree, was_in_force=before[id(one)])
    for rule in wanted.out:
        rule.file_id, rule.is_on, rule.look_at = None, False, None
    Settings.get().rules_revision += 1
    db.session.flush()
    _see_to_runs({change.name: change for change in told.changes}, [rule for _, rule in placed], author, choice)
    for rule in wanted.out:
        waiting.end(rule, f'Ended: {by(author)} took the rule out of its file "{file.name}".')


def _row(one: Placed, file: RuleFile) -> Rule:
    """The row of a rule, a new one if there is none; it stands in this file now."""
    if one.instead_of is not None:
        one.instead_of.version = None
        db.session.flush()
        db.session.execute(delete(Rule).where(Rule.id == one.instead_of.id))
        db.session.expunge(one.instead_of)
    rule = one.rule
    if rule is None:
        rule = Rule(name=one.tree.name, created_at=clock.now(), is_on=False)
        db.session.add(rule)
    rule.name, rule.file, rule.is_on, rule.paused_at = one.tree.name, file, not one.tree.off, None
    db.session.flush()
    return rule


def _put_one(
    one: Placed, rule: Rule, defaults: syntax.Settings, bindings: Bindings, text: str, author: User | None
) -> None:
    if not one.formerly and not one.is_changed(defaults, bindings):
        return
    last = db.session.scalar(select(func.max(RuleVersion.number)).where(RuleVersion.rule_id == rule.id)) or 0
    version = RuleVersion(
        rule_id=rule.id,
        number=last + 1,
        source=text,
        tree=syntax.to_json(one.tree),
        settings=syntax.to_json(defaults),
        bindings=bindings,
        digest=f"{one.tree.digest()}:{syntax.digest(defaults)}",
        author=author,
        created_at=clock.now(),
    )
    db.session.add(version)
    db.session.flush()
    rule.version = version


def _set_clock(rule: Rule, tree: syntax.Rule, *, was_in_force: bool) -> None:
    """A rule that clocks start is looked at at once; moments before it came into force start nothing."""
    if tree.off or not any(isinstance(trigger, syntax.Relative | syntax.Every) for trigger in tree.triggers):
        rule.look_at = None
        return
    rule.look_at = now()
    if not was_in_force or rule.looked_until is None:
        rule.looked_until = rule.look_at


def _see_to_runs(changes: dict[str, Change], placed: Sequence[Rule], author: User | None, choice: Waiting) -> None:
    for rule in placed:
        change = changes.get(rule.name)
        if change is None or not change.count:
            continue
        if change.ends_runs:
            waiting.end(rule, f"Ended: {by(author)} switched the rule off.")
        elif change.is_changed and choice == "end":
            waiting.end(rule, f"Ended: {by(author)} changed the rule and had waiting runs end.")
        elif change.is_changed and choice == "restart":
            waiting.restart(rule, f"Ended: {by(author)} changed the rule; it starts again on the new text.")


def by(author: User | None) -> str:
    """Who did it, for logs."""
    return author.name if author is not None else "A command"
