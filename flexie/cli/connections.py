"""Commands for provider accounts and their lines."""

from pathlib import Path

import click

from flexie import connections, providers
from flexie.cli.output import as_json, say
from flexie.db import db
from flexie.models import Connection


@click.group()
def connection() -> None:
    """Provider accounts and their lines."""


@connection.command("add")
@click.argument("provider", type=click.Choice(list(providers.names())))
@click.option("--name", required=True, help="What to call the line (or, with several numbers, the lines).")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A credential, such as account_sid=AC….")
@click.option(
    "--set-file",
    "files",
    multiple=True,
    metavar="NAME=FILE",
    help="A credential in a file, such as private_key=….",
)
@click.option("--number", "numbers", multiple=True, help="A number of the account; may be given several times.")
@click.option("--base-url", help="Another address of the provider's API, for tests.")
@as_json
def add(
    provider: str,
    name: str,
    settings: tuple[str, ...],
    files: tuple[str, ...],
    numbers: tuple[str, ...],
    base_url: str | None,
    as_json: bool,
) -> None:
    """Connect a provider account. Prints the addresses to paste at the provider."""
    credentials = dict(_pair("--set", setting) for setting in settings)
    credentials.update((name, _read(path)) for name, path in (_pair("--set-file", file) for file in files))
    try:
        made = connections.add(provider, name, credentials, numbers, base_url)
    except connections.CannotConnect as problem:
        raise click.ClickException(str(problem)) from None
    db.session.commit()
    say(_described(made), as_json, _in_words)


def _pair(option: str, setting: str) -> tuple[str, str]:
    name, equals, value = setting.partition("=")
    if not equals:
        raise click.UsageError(f'Write "{option} {name}=VALUE".')
    return name.strip(), value


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, ValueError):
        raise click.UsageError(f"{path} cannot be read: give the path of a text file.") from None


def _described(made: Connection) -> dict[str, list[dict[str, str]]]:
    kinds = ("inbound",) if providers.adapter(made.provider).one_address else ("inbound", "status")
    return {
        "lines": [
            {
                "name": line.name,
                "number": line.number,
                **{f"{kind}_url": connections.webhook_url(line, kind) for kind in kinds},
            }
            for line in made.lines
        ]
    }


def _in_words(answer: dict[str, list[dict[str, str]]]) -> str:
    return "\n".join(_line_in_words(line) for line in answer["lines"])


def _line_in_words(line: dict[str, str]) -> str:
    title = f"{line['name']}  {line['number']}"
    if "status_url" not in line:
        return f"{title}\n  texts and receipts: {line['inbound_url']}"
    return f"{title}\n  incoming texts:    {line['inbound_url']}\n  delivery receipts: {line['status_url']}"
