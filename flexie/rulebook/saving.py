"""Rule files: check, save as a version, and put into force."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

import rules
from flexie import clock
from flexie.db import db
from flexie.models import Rule, RuleFile, RuleFileVersion, RuleVersion, Settings, User
from flexie.rulebook.account import read
from flexie.rulebook.binding import Bindings, Names
from rules import syntax


class RulebookError(Exception):
    """A rule file that cannot be saved at all, with what to do."""


@dataclass(frozen=True)
class Saved:
    """What a save came to: in force, or kept as a draft because of its errors."""

    file: RuleFile
    findings: list[rules.Finding]
    in_force: bool


def files() -> Sequence[RuleFile]:
    """All rule files by name."""
    return db.session.scalars(select(RuleFile).order_by(RuleFile.name)).all()


def save(name: str, text: str, author: User | None) -> Saved:
    """Save a file. With errors it is kept as a draft, and the last good version stays in force.

    Raises:
        RulebookError: the name is empty, or a rule of this name stands in another file.
    """
    if not name.strip():
        raise RulebookError("Give the file a name.")
    parsed, findings = read(text, name)
    is_draft = any(finding.level is rules.Level.ERROR for finding in findings)
    file = _keep(name.strip(), text, author, is_draft)
    if not is_draft:
        _put_into_force(file, parsed.file, text, author)
    return Saved(file, findings, not is_draft)


def _keep(name: str, text: str, author: User | None, is_draft: bool) -> RuleFile:
    now = clock.now()
    file = db.session.scalar(select(RuleFile).where(RuleFile.name == name).with_for_update(key_share=True))
    if file is None:
        file = RuleFile(name=name, created_at=now)
        db.session.add(file)
    file.text, file.is_draft, file.updated_at = text, is_draft, now
    db.session.flush()
    last = db.session.scalar(select(func.max(RuleFileVersion.number)).where(RuleFileVersion.file_id == file.id)) or 0
    file.versions.insert(
        0, RuleFileVersion(number=last + 1, text=text, is_draft=is_draft, author=author, created_at=now)
    )
    return file


def _put_into_force(file: RuleFile, parsed: syntax.File, text: str, author: User | None) -> None:
    """New versions for rules whose tree or settings changed; rules no longer in the file go out of force."""
    defaults = next((item for item in parsed.items if isinstance(item, syntax.Settings)), syntax.Settings())
    written = [item for item in parsed.items if isinstance(item, syntax.Rule)]
    found = [(_find(file, tree), tree) for tree in written]
    names_now = Names()
    for rule, tree in found:
        _put_one(rule, tree, defaults, names_now.bind(tree, defaults), text, author)
    names = {tree.name for tree in written}
    for rule in db.session.scalars(select(Rule).where(Rule.file_id == file.id)):
        if rule.name not in names:
            rule.file_id, rule.is_on = None, False
    Settings.get().rules_revision += 1
    db.session.flush()


def _find(file: RuleFile, tree: syntax.Rule) -> Rule:
    """The rule of this name, a new one if there is none; it stands in this file now."""
    rule = db.session.scalar(select(Rule).where(Rule.name == tree.name))
    if rule is not None and rule.file_id not in (None, file.id):
        raise RulebookError(f'There is already a rule "{tree.name}" in another file. Rename one of them.')
    if rule is None:
        rule = Rule(name=tree.name, created_at=clock.now(), is_on=False)
        db.session.add(rule)
    rule.file, rule.is_on = file, not tree.off
    db.session.flush()
    return rule


def _put_one(
    rule: Rule, tree: syntax.Rule, defaults: syntax.Settings, bindings: Bindings, text: str, author: User | None
) -> None:
    digest = f"{tree.digest()}:{syntax.digest(defaults)}"
    if rule.version is None or rule.version.digest != digest or rule.version.bindings != bindings:
        last = db.session.scalar(select(func.max(RuleVersion.number)).where(RuleVersion.rule_id == rule.id)) or 0
        version = RuleVersion(
            rule_id=rule.id,
            number=last + 1,
            source=text,
            tree=syntax.to_json(tree),
            settings=syntax.to_json(defaults),
            bindings=bindings,
            digest=digest,
            author=author,
            created_at=clock.now(),
        )
        db.session.add(version)
        db.session.flush()
        rule.version = version
