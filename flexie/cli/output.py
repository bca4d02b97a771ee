"""How commands answer: a sentence for a person, or one JSON object for a program."""

import json
from collections.abc import Callable
from typing import Any

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def say(answer: dict[str, Any], as_json: bool, words: Callable[[dict[str, Any]], str]) -> None:
    """Print the answer, as JSON or in words."""
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else words(answer))


class CannotRun(click.ClickException):
    """A command that could not do its work at all: exit code 2, where 1 says that it found something."""

    exit_code = 2
