"""The editor that checks as one types, and saving: at once, or after asking about runs that wait."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, get_args

from flask import Response, abort, flash, request, url_for
from sqlalchemy import select

from flexie import bell, rulebook
from flexie.batches import Work
from flexie.db import db
from flexie.models import RuleFile
from flexie.web import htmx
from flexie.web.login import me
from flexie.web.reading import only_reads
from flexie.web.rulefiles import outcomes, snippets
from flexie.web.rulefiles.blueprint import bp, load, only_writers, sent_name, sent_text
from flexie.web.rulefiles.listing import full
from rules import Finding, format_source

STARTED: tuple[Work, ...] = ("runs", "schedules")  # what a save may have made due
FIRST_TEXT = """version 1

rule "Thank for a YES":
  for contact
  when incoming sms matches "YES*"

  send sms "Thank you, {{ first_name }}!"
"""


@dataclass(frozen=True)
class Draft:
    """What stands in the editor, and what there is to say about it.

    `based_on` is the file's version that it came from. `asked` is a save that is to be agreed to, `theirs` what
    somebody else saved meanwhile, `tried` what came of trying it.
    """

    file: RuleFile | None
    name: str
    text: str
    based_on: int = 0
    problem: str = ""
    asked: rulebook.Preview | None = None
    theirs: Sequence[str] = ()
    tried: "Tried | None" = None


@dataclass(frozen=True)
class Tried:
    """What came of trying the text: a template of its own, and what it shows."""

    template: str
    shown: dict[str, Any]


@bp.get("/rules/new")
def new() -> Response:
    """The editor with a small rule to begin with."""
    only_writers()
    return show(Draft(None, "", FIRST_TEXT))


@bp.get("/rules/<name>")
def edit(name: str) -> Response:
    """The editor; people who do not write rules read."""
    file = load(name)
    return show(Draft(file, file.name, file.text, rulebook.latest(file)))


@bp.post("/rules/check")
@only_reads
def check() -> Response:
    """What is wrong with the text that stands in the editor."""
    text = sent_text()
    return htmx.part("rulefiles/_findings.html", findings=shown(rulebook.check(text, sent_name()), text))


@bp.post("/rules/format")
@only_reads
def change() -> Response:
    """The text laid out in canonical form; or with a whole rule to begin from added at its end."""
    draft = sent_draft()
    if (number := request.form.get("snippet", type=int)) is not None:
        return show(replace(draft, text=snippets.added(draft.text, number)))
    laid_out = format_source(draft.text, draft.name or "rules")
    problem = "The text below was left as it is: correct its mistakes first." if laid_out.findings else ""
    return show(replace(draft, text=laid_out.text, problem=problem))


@bp.post("/rules")
def save() -> Response:
    """Save: into force, or as a draft beside the version that stays in force."""
    only_writers()
    return save_draft(sent_draft())


def save_draft(draft: Draft) -> Response:
    """Save what stands in the editor; ask first where runs wait or a rule seems to have another name now."""
    try:
        _refuse_taken(draft.name)
        preview = rulebook.preview(draft.name, draft.text)
        if _is_to_be_asked(draft, preview):
            return show(replace(draft, asked=preview))
        saved = rulebook.save(draft.name, draft.text, me(), based_on=draft.based_on or None, waiting=_choice())
    except rulebook.Outdated as late:
        db.session.rollback()
        file = load(draft.name)
        theirs = rulebook.history.difference(file.text, draft.text)
        return show(replace(draft, file=file, problem=str(late), based_on=late.number, theirs=theirs))
    except rulebook.RulebookError as problem:
        db.session.rollback()
        return show(replace(draft, problem=str(problem)))
    address = url_for(".edit", name=saved.file.name)
    flash(outcomes.words(saved, _choice()))
    db.session.commit()
    for kind in STARTED:
        bell.ring(kind)
    return htmx.go(address)


def sent_draft() -> Draft:
    """What the form brought."""
    was = db.session.scalar(select(RuleFile).where(RuleFile.name == request.form.get("was", "")))
    return Draft(was, sent_name(), sent_text(), request.form.get("based_on", 0, type=int))


def show(draft: Draft) -> Response:
    """The page."""
    file = draft.file
    rules = list(file.rules) if file else []
    context: dict[str, Any] = {
        **vars(draft),
        "findings": shown(rulebook.check(draft.text, draft.name), draft.text),
        "rules": rules,
        "about": full(rules),
        "may_save": me().writes_rules,
        "agreed": mark(draft.text),
        "snippets": snippets.TITLES,
    }
    return htmx.answer("rulefiles/edit.html", "rulefiles/edit.html", status=422 if draft.problem else 200, **context)


def answer_beside(draft: Draft, tried: Tried) -> Response:
    """What came of trying the text, to stand beside it; without htmx the whole page with it."""
    if htmx.wants_fragment():
        return htmx.part(tried.template, tried=tried)
    return show(replace(draft, tried=tried))


def mark(text: str) -> str:
    """What stands for a text that somebody agreed to save."""
    return sha256(text.encode()).hexdigest()[:16]


def _refuse_taken(name: str) -> None:
    """A new file does not silently take the place of another."""
    is_new = request.form.get("was", "") != name
    if is_new and db.session.scalar(select(RuleFile.id).where(RuleFile.name == name)):
        raise rulebook.RulebookError(f'There is a file "{name}" already. Choose another name, or open that file.')


def _is_to_be_asked(draft: Draft, preview: rulebook.Preview) -> bool:
    if request.form.get("agreed") == mark(draft.text):
        return False
    renamed = any(change.is_out for change in preview.changes) and bool(preview.hints)
    return renamed or any(change.count and (change.ends_runs or change.leaves_choice) for change in preview.changes)


def _choice() -> rulebook.Waiting:
    chosen = request.form.get("waiting", "finish")
    return next((choice for choice in get_args(rulebook.Waiting) if choice == chosen), None) or abort(400)


def shown(findings: Sequence[Finding], text: str) -> list[tuple[Finding, str]]:
    """Each finding with its line of source and the carets under it."""
    lines = text.splitlines()
    return [(each, _excerpt(each, lines)) for each in findings]


def _excerpt(finding: Finding, lines: Sequence[str]) -> str:
    line = lines[finding.line - 1] if 0 < finding.line <= len(lines) else ""
    before = "".join(char if char == "\t" else " " for char in line[: finding.column - 1])
    return f"{line}\n{before}{'^' * max(1, finding.length)}"
