"""`flask rules try`: what would happen if a text came in now."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from flexie import outbox, trying
from flexie.cli.output import CannotRun, as_json, say
from flexie.db import db
from flexie.models import Line, Record


@click.command("try")
@click.argument("path", metavar="[FILE]", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--text", required=True, help="What the customer writes.")
@click.option("--record", "record_id", help="The id of the record that writes.")
@click.option("--number", help="The number it comes from, if no record is given.")
@click.option("--line", "line_name", help="The line it comes in on; the first one if not given.")
@as_json
def try_rules(
    path: Path | None, text: str, record_id: str | None, number: str | None, line_name: str | None, as_json: bool
) -> None:
    """Let a text come in without keeping or sending anything, and print what every rule would do.

    With FILE, its rules take the place of the saved file of that name.
    """
    record = db.session.scalar(select(Record).where(Record.public_id == record_id)) if record_id else None
    line = db.session.scalar(select(Line).where(Line.name == line_name)) if line_name else None
    if (record_id and record is None) or (line_name and line is None):
        raise CannotRun(f"There is no {'record' if record is None and record_id else 'line'} like that.")
    try:
        draft = (path.stem, path.read_text("utf-8")) if path else None
        sender = outbox.number_typed(number) if number else None
        trial = trying.try_text(text, number=sender, record=record, line=line, draft=draft)
    except (trying.CannotTry, outbox.OutboxError, UnicodeDecodeError, OSError) as problem:
        raise CannotRun(str(problem)) from None
    say(_plain(trial), as_json, lambda _: _in_words(trial))


def _plain(trial: trying.Trial) -> dict[str, Any]:
    answer = asdict(trial)
    for run in answer["runs"]:
        run["waits_until"] = run["waits_until"].isoformat() if run["waits_until"] else None
        run["steps"] = [{"step": step, "words": words} for step, words in run["steps"]]
    names = ("rule", "record", "words")
    answer["not_started"] = [dict(zip(names, one, strict=True)) for one in answer["not_started"]]
    return answer


def _in_words(trial: trying.Trial) -> str:
    lines = [f"Matched: {', '.join(trial.records) or 'nobody'}"]
    for run in trial.runs:
        lines.append(f"\n{run.rule}" + (f" for {run.record}" if run.record else "") + f": {run.state}")
        lines += [f"  {step}: {words}" for step, words in run.steps]
    lines += [f"\n{rule}: not started: {words}" for rule, _, words in trial.not_started]
    for text in trial.texts:
        fate = f"would not be sent: {text.stopped}" if text.stopped else f"{text.segments} segments"
        lines.append(f"\nTo {text.to} from {text.line} ({fate}):\n  {text.text}")
    nothing = "A phone's reaction to a text starts no rule." if trial.is_reaction else "No rule would start."
    return "\n".join(lines if trial.runs or trial.not_started else [*lines, f"\n{nothing}"])
