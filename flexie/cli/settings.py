"""The command for what holds for the whole account."""

import click

from flexie import account, renumbering
from flexie.cli.output import as_json, say
from flexie.db import db
from flexie.models import Settings


@click.command("settings")
@click.option("--name", help="What the account is called.")
@click.option("--time-zone", help="An IANA name, such as Europe/Tirane.")
@click.option("--prefix", help='Append Country Prefix: a calling code such as +1, or "" for none.')
@as_json
def settings(name: str | None, time_zone: str | None, prefix: str | None, as_json: bool) -> None:
    """Show the account's settings, or change them. With another prefix, workers read every stored number anew."""
    kept = Settings.get()
    name, time_zone = kept.name if name is None else name, time_zone or kept.time_zone
    try:
        account.change(kept, name, time_zone, kept.business_hours)
    except account.AccountProblem as problem:
        raise click.UsageError(str(problem)) from None
    if prefix is not None:
        _change(prefix)
    db.session.commit()
    answer = {"name": kept.name, "time_zone": kept.time_zone, "prefix": kept.prefix}
    say(answer, as_json, lambda a: "\n".join(f"{key.replace('_', ' ')}: {value or '-'}" for key, value in a.items()))


def _change(prefix: str) -> None:
    try:
        renumbering.start(renumbering.begin(prefix))
    except renumbering.PrefixProblem as problem:
        raise click.UsageError(str(problem)) from None
