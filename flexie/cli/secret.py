"""Commands for the keys that stored secrets are sealed under."""

import click

from flexie import rekeying, vault
from flexie.cli.output import as_json, say


@click.group()
def secrets() -> None:
    """Keys for provider credentials and webhook secrets."""


@secrets.command("new-key")
def new_key() -> None:
    """Print a key to put first into CREDENTIAL_KEYS."""
    click.echo(vault.new_key())


@secrets.command("show-key")
def show_key() -> None:
    """Print the key in use: it must stay in CREDENTIAL_KEYS, behind the new one, until everything is sealed anew."""
    click.echo(vault.present_key())


@secrets.command("rotate")
@as_json
def rotate(as_json: bool) -> None:
    """Seal every stored secret under the first of CREDENTIAL_KEYS. Nothing has to be stopped for it."""
    done = rekeying.rotate()
    answer = {"resealed": done.resealed, "current": done.current, "closed": list(done.closed)}
    say(answer, as_json, _in_words)
    if done.closed:
        raise click.ClickException(
            f"No key opens the secrets of {', '.join(done.closed)}. Put the key back that they were saved under, "
            "or enter them again."
        )


def _in_words(answer: dict[str, object]) -> str:
    return f"Sealed anew: {answer['resealed']}. Already under the first key: {answer['current']}."
