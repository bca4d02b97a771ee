"""Rule files: the list, the editor that checks as one types, and saving."""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy import func, select

from flexie import rulebook
from flexie.db import db
from flexie.models import Rule, RuleFile, Run
from flexie.web import htmx
from flexie.web.login import me, pages
from flexie.web.reading import only_reads
from rules import Finding

bp = pages("rulefiles")
LARGEST = 256 * 1024  # bytes of a rule file, by the language
COUNTED_RUNS = 1_000  # runs of a rule are counted up to here
FIRST_TEXT = """version 1

rule "Thank for a YES":
  for contact
  when incoming sms matches "YES*"

  send sms "Thank you, {{ first_name }}!"
"""


@bp.get("/rules")
def files() -> Response:
    """All files, each with its rules and how often these ran."""
    found = rulebook.files()
    shown: dict[str, Any] = {"files": found, "runs": _runs([rule for file in found for rule in file.rules])}
    return htmx.answer("rulefiles/list.html", "rulefiles/list.html", **shown)


@bp.get("/rules/new")
def new() -> Response:
    """The editor with a small rule to begin with."""
    if not me().writes_rules:
        abort(403)
    return _editor(None, "", FIRST_TEXT)


@bp.get("/rules/<name>")
def edit(name: str) -> Response:
    """The editor; people who do not write rules read."""
    file = load(name)
    return _editor(file, file.name, file.text)


@bp.post("/rules/check")
@only_reads
def check() -> Response:
    """What is wrong with the text that stands in the editor."""
    text = _text()
    return htmx.part("rulefiles/_findings.html", findings=_shown(rulebook.check(text, _name()), text))


@bp.post("/rules")
def save() -> Response:
    """Save: into force, or as a draft beside the version that stays in force."""
    if not me().writes_rules:
        abort(403)
    name, text = _name(), _text()
    try:
        _refuse_taken(name)
        saved = rulebook.save(name, text, me())
    except rulebook.RulebookError as problem:
        db.session.rollback()
        file = db.session.scalar(select(RuleFile).where(RuleFile.name == request.form.get("was", "")))
        return _editor(file, name, text, str(problem))
    address = url_for(".edit", name=saved.file.name)
    flash(_outcome(saved))
    db.session.commit()
    return htmx.go(address)


def load(name: str) -> RuleFile:
    """A rule file by its name, or 404."""
    return db.session.scalar(select(RuleFile).where(RuleFile.name == name)) or abort(404)


def _refuse_taken(name: str) -> None:
    """A new file does not silently take the place of another, nor of a page of ours."""
    if name in ("new", "check") or "/" in name:
        raise rulebook.RulebookError('Choose another name: without "/", and not "new" or "check".')
    is_new = request.form.get("was", "") != name
    if is_new and db.session.scalar(select(RuleFile.id).where(RuleFile.name == name)):
        raise rulebook.RulebookError(f'There is a file "{name}" already. Choose another name, or open that file.')


def _outcome(saved: rulebook.Saved) -> str:
    if saved.in_force:
        return "Saved. These rules are in force now."
    if any(rule.is_on for rule in saved.file.rules):
        return "Saved as a draft, because of the mistakes below. The last version without mistakes stays in force."
    return "Saved as a draft, because of the mistakes below. Nothing of this file is in force yet."


def _editor(file: RuleFile | None, name: str, text: str, problem: str = "") -> Response:
    rules = list(file.rules) if file else []
    shown: dict[str, Any] = {
        "file": file,
        "name": name,
        "text": text,
        "problem": problem,
        "findings": _shown(rulebook.check(text, name), text),
        "rules": rules,
        "runs": _runs(rules),
        "may_save": me().writes_rules,
    }
    return htmx.answer("rulefiles/edit.html", "rulefiles/edit.html", status=422 if problem else 200, **shown)


def _shown(findings: Sequence[Finding], text: str) -> list[tuple[Finding, str]]:
    """Each finding with its line of source and the carets under it."""
    lines = text.splitlines()
    return [(each, _excerpt(each, lines)) for each in findings]


def _excerpt(finding: Finding, lines: Sequence[str]) -> str:
    line = lines[finding.line - 1] if 0 < finding.line <= len(lines) else ""
    before = "".join(char if char == "\t" else " " for char in line[: finding.column - 1])
    return f"{line}\n{before}{'^' * max(1, finding.length)}"


def _runs(rules: Sequence[Rule]) -> dict[int, int]:
    """How often each rule ran, counted up to COUNTED_RUNS."""
    return {rule.id: _count(rule) for rule in rules}


def _count(rule: Rule) -> int:
    some = select(Run.id).where(Run.rule_id == rule.id).limit(COUNTED_RUNS).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _name() -> str:
    return request.form.get("name", "").strip()


def _text() -> str:
    """The editor's text with line breaks as the language writes them. 413 beyond the largest file."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if len(text.encode()) > LARGEST:
        abort(413)
    return text
