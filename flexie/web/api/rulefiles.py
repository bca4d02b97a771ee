"""Rules: those that there are, and the files that they stand in."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from flexie import rulebook
from flexie.db import db
from flexie.models import Rule, RuleFile, RuleFileVersion, RuleVersion
from flexie.web.api import paging
from flexie.web.api.asking import Asked, Parameter
from flexie.web.api.moments import written, written_if
from flexie.web.api.operations import PLAIN, Reply, operation
from flexie.web.api.problems import FINDING, Problem, invalid
from flexie.web.api.schema import flag, items, maybe, moment, named, text, thing, whole
from rules import Finding
from rules.parser import LARGEST

STATES = ("in force", "draft")
RULE = named(
    "Rule",
    thing(
        {
            "name": text("The rule's name, which is its identity."),
            "file": maybe(text("The file that it stands in; null when it was taken out of its file.")),
            "is_on": flag("Whether it starts runs."),
            "version": maybe(whole("The version that new runs begin with.", 1)),
            "updated_at": maybe(moment("When this version came into force.")),
        },
        "A rule.",
    ),
)
FILE = named(
    "RuleFile",
    thing(
        {
            "name": text("The file's name."),
            "text": text("The text as it was saved last."),
            "state": text("A draft has mistakes; its last version without stays in force.", choices=STATES),
            "version": whole("How often it was saved.", 0),
            "rules": items(text("A rule's name."), "The file's rules in force."),
            "created_at": moment("When it was saved first."),
            "updated_at": moment("When it was saved last."),
        },
        "A file of rules.",
    ),
)
SAVED = named(
    "SavedRules",
    thing(
        {
            "name": text("The file's name."),
            "in_force": flag("Always true: a file with mistakes is answered as a problem."),
            "rules": items(text("A rule's name."), "The rules that are in force now."),
            "findings": items(FINDING, "Warnings and hints."),
        },
        "What a save came to.",
    ),
)
NAME = (
    Parameter(
        "name",
        "path",
        text("The file's name.", longest=100, pattern=r"^[^\s/\x00-\x1f\x7f]([^/\x00-\x1f\x7f]*[^\s/\x00-\x1f\x7f])?$"),
    ),
)
TAKEN = ("new", "check")  # addresses of pages beside the files'


@operation("GET", "/rules", "Rules by name", {200: paging.of(RULE)}, parameters=paging.PARAMETERS, scope="rules:read")
def list_rules(asked: Asked) -> Reply:
    """A page of rules."""
    version = joinedload(Rule.version).load_only(RuleVersion.number, RuleVersion.created_at)
    rows = select(Rule).options(version, joinedload(Rule.file).load_only(RuleFile.name))
    if held := paging.cursor(asked, 1):
        rows = rows.where(Rule.name > held[0])
    limit = asked.query["limit"]
    found = list(db.session.scalars(rows.order_by(Rule.name).limit(limit + 1)))
    page, following = paging.cut(found, limit, lambda rule: [rule.name])
    return paging.reply([_described(rule) for rule in page], following)


@operation(
    "GET", "/rules/{name}", "One file of rules", {200: FILE}, parameters=NAME, problems=(404,), scope="rules:read"
)
def get_rule_file(asked: Asked) -> Reply:
    """A file's text and state."""
    file = db.session.scalar(select(RuleFile).where(RuleFile.name == asked.path["name"]))
    if file is None:
        raise Problem(404)
    versions = select(func.max(RuleFileVersion.number)).where(RuleFileVersion.file_id == file.id)
    body = {
        "name": file.name,
        "text": file.text,
        "state": "draft" if file.is_draft else "in force",
        "version": db.session.scalar(versions) or 0,
        "rules": [rule.name for rule in file.rules],
        "created_at": written(file.created_at),
        "updated_at": written(file.updated_at),
    }
    return Reply(body)


@operation(
    "PUT",
    "/rules/{name}",
    "Save a file of rules and put it into force",
    {200: SAVED, 201: SAVED},
    parameters=NAME,
    body=text("The file's text.", example='version 1\n\nrule "Thank":\n  for contact\n  when incoming sms\n\n  end\n'),
    body_type=PLAIN,
    largest=LARGEST,
    problems=(403, 404, 409),
    scope="rules:write",
)
def save_rule_file(asked: Asked) -> Reply:
    """Save it. With mistakes: 422 with the findings; the text is kept as a draft and what was in force stays so."""
    if not asked.user.writes_rules:
        raise Problem(403)
    name = asked.path["name"]
    if name in TAKEN:
        raise invalid({"name": f'A file cannot be called "{name}". Choose another name.'})
    is_new = db.session.scalar(select(RuleFile.id).where(RuleFile.name == name)) is None
    saved = _saved(asked, name)
    findings = [_found(finding) for finding in saved.findings]
    if not saved.in_force:
        raise Problem(422, "Kept as a draft, because of the mistakes under findings.", findings=findings)
    names = [rule.name for rule in saved.file.rules]
    return Reply({"name": name, "in_force": True, "rules": names, "findings": findings}, 201 if is_new else 200)


def _saved(asked: Asked, name: str) -> rulebook.Saved:
    try:
        saved = rulebook.save(name, asked.body, asked.user)
        db.session.commit()
    except rulebook.RulebookError as problem:
        db.session.rollback()
        raise invalid({"text": str(problem)}) from None
    except IntegrityError:
        db.session.rollback()
        raise Problem(
            409, "Somebody else saved this file or rule at the same moment. Read it, then try again."
        ) from None
    return saved


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "file": rule.file.name if rule.file else None,
        "is_on": rule.is_on,
        "version": rule.version.number if rule.version else None,
        "updated_at": written_if(rule.version.created_at if rule.version else None),
    }


def _found(finding: Finding) -> dict[str, Any]:
    return {
        "level": finding.level.value.lower(),
        "code": finding.code,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "advice": finding.advice,
    }
