"""Taking a rule file away, and stopping a rule's runs."""

from sqlalchemy import delete

from flexie import audit
from flexie.db import db, lock
from flexie.models import Rule, RuleFile, Settings, User
from flexie.rulebook import waiting
from flexie.rulebook.saving import by


def remove(file: RuleFile, author: User | None) -> int:
    """Take a file away with its versions. Its rules go out of force; what they did stays to be read.

    Returns how many waiting runs ended with it.
    """
    lock(Settings.get())
    audit.note("rules", file.id, "deleted", {"rules": ([rule.name for rule in file.rules], None)}, name=file.name)
    ended = 0
    for rule in list(file.rules):
        rule.file_id, rule.is_on, rule.look_at = None, False, None
        ended += waiting.end(rule, f'Ended: {by(author)} deleted the file "{file.name}" with this rule.')
    db.session.flush()
    db.session.execute(delete(RuleFile).where(RuleFile.id == file.id))
    db.session.expunge(file)
    Settings.get().rules_revision += 1
    db.session.flush()
    return ended


def stop(rule: Rule, author: User | None) -> int:
    """End all runs of a rule that wait. The rule itself stays as it is. Returns how many there were."""
    ended = waiting.end(rule, f"{by(author)} stopped all runs of this rule.")
    audit.note("rule", rule.id, "stopped runs", {"runs": (ended, 0)}, name=rule.name)
    return ended


def let_go_on(rule: Rule) -> bool:
    """Let a rule start again that was paused because it started too often. Returns whether it was."""
    if rule.paused_at is None:
        return False
    rule.paused_at = None
    audit.note("rule", rule.id, "changed", {"paused": (True, False)}, name=rule.name)
    return True
