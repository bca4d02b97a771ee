"""Commands for rule files."""

from pathlib import Path

import click

from flexie import rulebook
from flexie.cli.output import as_json, say
from flexie.db import db


@click.group()
def rules() -> None:
    """Rule files of this account."""


@rules.command("put")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@as_json
@click.pass_context
def put(context: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Save rule files and put them into force. A file with errors is kept as a draft; exit code 1."""
    answers = [_put_one(path) for path in paths]
    say({"files": answers}, as_json, lambda a: "\n".join(_in_words(file) for file in a["files"]))
    if not all(answer["in_force"] for answer in answers):
        context.exit(1)


def _put_one(path: Path) -> dict[str, object]:
    try:
        text = path.read_text("utf-8")
        saved = rulebook.save(path.stem, text, None)
    except (rulebook.RulebookError, UnicodeDecodeError, OSError) as problem:
        raise click.ClickException(f"{path}: {problem}") from None
    db.session.commit()
    return {
        "name": saved.file.name,
        "in_force": saved.in_force,
        "rules": [rule.name for rule in saved.file.rules],
        "findings": [finding.render(text) for finding in saved.findings],
    }


def _in_words(answer: dict[str, object]) -> str:
    findings = answer["findings"] if isinstance(answer["findings"], list) else []
    state = "in force" if answer["in_force"] else "kept as a draft; what was in force stays in force"
    return "\n\n".join([*map(str, findings), f"{answer['name']}: {state}"])
