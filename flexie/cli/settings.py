"""The command for what holds for the whole account."""

from zoneinfo import available_timezones

import click

from flexie import renumbering
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
    if name is not None:
        kept.name = name.strip()
    if time_zone is not None:
        if time_zone not in available_timezones():
            raise click.UsageError(f'There is no time zone "{time_zone}". Write an IANA name, such as Europe/Tirane.')
        kept.time_zone = time_zone
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
