"""Commands for rule files: saving, checking, listing, carrying them elsewhere."""

import json
from pathlib import Path
from typing import Any, get_args

import click
from sqlalchemy import select

from flexie import bell, rulebook
from flexie.cli import ruleruns
from flexie.cli.output import CannotRun, as_json, say
from flexie.db import db, reading
from flexie.models import Rule
from rules import Finding, Level, parse, syntax
from rules.writing import write_file

FILES = click.argument(
    "paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)


@click.group()
def rules() -> None:
    """Rule files of this account. Exit codes: 0 clean, 1 findings, 2 could not run."""


for _command in ruleruns.COMMANDS:
    rules.add_command(_command)


@rules.command("put")
@FILES
@click.option(
    "--waiting",
    type=click.Choice(get_args(rulebook.Waiting)),
    default="finish",
    show_default=True,
    help="What becomes of runs that wait on older versions of rules that changed.",
)
@as_json
@click.pass_context
def put(context: click.Context, paths: tuple[Path, ...], waiting: rulebook.Waiting, as_json: bool) -> None:
    """Save rule files and put them into force. A file with errors is kept as a draft; exit code 1."""
    answers = [_save(path.stem, _read(path), waiting) for path in paths]
    bell.ring("runs")
    bell.ring("schedules")
    say({"files": answers}, as_json, lambda a: "\n\n".join(_in_words(file) for file in a["files"]))
    if not all(answer["in_force"] for answer in answers):
        context.exit(1)


@rules.command("check")
@FILES
@as_json
@click.pass_context
def check(context: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Check rule files against this account. Nothing is saved; any finding makes it exit code 1."""
    answers = []
    with reading():
        for path in paths:
            text = _read(path)
            found = rulebook.check(text, path.stem)
            answers.append({"name": path.stem, **_found(found, text)})
    say({"files": answers}, as_json, lambda a: "\n\n".join(_findings(file) for file in a["files"]))
    if any(answer["findings"] for answer in answers):
        context.exit(1)


@rules.command("list")
@as_json
def listing(as_json: bool) -> None:
    """The rules of this account with their state, version, and how many of their runs wait."""
    with reading():
        rows = list(db.session.scalars(select(Rule).where(Rule.file_id.is_not(None)).order_by(Rule.name)))
        waits = rulebook.counts(rule.id for rule in rows)
        told = [
            {
                "name": rule.name,
                "file": rule.file.name if rule.file else None,
                "state": "off" if not rule.is_on else "paused" if rule.paused_at else "on",
                "version": rule.version.number if rule.version else None,
                "waiting": sum(waits.get(rule.id, {}).values()),
            }
            for rule in rows
        ]
    say({"rules": told}, as_json, lambda a: "\n".join(map(_rule_in_words, a["rules"])) or "There are no rules.")


@rules.command("export")
@as_json
def export(as_json: bool) -> None:
    """The text of all rule files; with --json their trees too. `import` reads the JSON."""
    with reading():
        files = [{"name": file.name, "text": file.text, "is_draft": file.is_draft} for file in rulebook.files()]
    if as_json:
        for file in files:
            file["tree"] = syntax.to_json(parse(str(file["text"]), str(file["name"])).file)
    say({"files": files}, as_json, lambda a: "\n".join(f"# {file['name']}\n{file['text']}" for file in a["files"]))


@rules.command("import")
@click.argument("path", metavar="FILE.json", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@as_json
@click.pass_context
def bring(context: click.Context, path: Path, as_json: bool) -> None:
    """Save the rule files of an export: their texts, or where there is none, the texts of their trees."""
    answers = [_save(name, text, "finish") for name, text in _exported(path)]
    say({"files": answers}, as_json, lambda a: "\n\n".join(_in_words(file) for file in a["files"]))
    if not all(answer["in_force"] for answer in answers):
        context.exit(1)


def _exported(path: Path) -> list[tuple[str, str]]:
    try:
        return [(str(file["name"]), _text_of(file)) for file in json.loads(_read(path))["files"]]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as problem:
        words = f"{path} is not an export of rules ({problem}). Make one with: flask rules export --json"
        raise CannotRun(words) from None


def _text_of(file: dict[str, Any]) -> str:
    tree = file["text"] if "text" in file else syntax.from_json(file["tree"])
    if isinstance(tree, str):
        return tree
    if not isinstance(tree, syntax.File):
        raise TypeError("its tree is not that of a file")
    return write_file(tree)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (UnicodeDecodeError, OSError) as problem:
        raise CannotRun(f"{path}: {problem}") from None


def _save(name: str, text: str, waiting: rulebook.Waiting) -> dict[str, Any]:
    try:
        saved = rulebook.save(name, text, None, waiting=waiting)
    except rulebook.RulebookError as problem:
        raise CannotRun(f"{name}: {problem}") from None
    db.session.commit()
    return {
        "name": saved.file.name,
        "in_force": saved.in_force,
        "version": saved.number,
        "rules": [rule.name for rule in saved.file.rules],
        "changes": [
            {"rule": change.name, "what": change.words, "waiting": dict(change.waiting)} for change in saved.changes
        ],
        "hints": saved.hints,
        **_found(saved.findings, saved.text),
    }


def _found(findings: list[Finding], text: str) -> dict[str, Any]:
    return {
        "errors": sum(finding.level is Level.ERROR for finding in findings),
        "findings": [finding.render(text) for finding in findings],
    }


def _findings(answer: dict[str, Any]) -> str:
    return "\n\n".join([*answer["findings"], f"{answer['name']}: {len(answer['findings']) or 'no'} findings"])


def _in_words(answer: dict[str, Any]) -> str:
    state = "in force" if answer["in_force"] else "kept as a draft; what was in force stays in force"
    changes = [f"  {change['rule']}: {change['what']}{_waiting(change['waiting'])}" for change in answer["changes"]]
    findings = [f"{found}\n" for found in answer["findings"]]
    return "\n".join([*findings, f"{answer['name']}: {state}", *changes, *answer["hints"]])


def _waiting(counts: dict[int, int]) -> str:
    told = [f"{count} on version {number}" for number, count in counts.items()]
    return f"; runs that waited: {', '.join(told)}" if told else ""


def _rule_in_words(rule: dict[str, Any]) -> str:
    waiting = f", {rule['waiting']} waiting" if rule["waiting"] else ""
    return f"{rule['name']}  ({rule['file']}, version {rule['version']}): {rule['state']}{waiting}"
