"""Commands for the addresses that rules may call with `call webhook`."""

import click
from sqlalchemy import func, select

from flexie import callouts
from flexie.cli.output import as_json, say
from flexie.db import db
from flexie.models import WebhookAddress


@click.group()
def webhook() -> None:
    """Addresses outside that rules may call."""


@webhook.command("add")
@click.argument("name")
@click.argument("url")
@as_json
def add(name: str, url: str, as_json: bool) -> None:
    """Register an address under a name. Prints the secret that its calls are signed with, once."""
    try:
        address, secret = callouts.register(name, url)
    except callouts.CannotRegister as problem:
        raise click.ClickException(str(problem)) from None
    answer = {"name": address.name, "url": address.url, "secret": secret}
    db.session.commit()
    say(answer, as_json, lambda a: f'Rules may now call webhook "{a["name"]}". Secret, shown this once: {a["secret"]}')


@webhook.command("list")
@as_json
def list_addresses(as_json: bool) -> None:
    """Show the registered addresses, without their secrets."""
    rows = [{"name": address.name, "url": address.url} for address in callouts.registered()]
    say({"webhooks": rows}, as_json, lambda _: "\n".join(f"{row['name']}  {row['url']}" for row in rows) or "None yet.")


@webhook.command("remove")
@click.argument("name")
@as_json
def remove(name: str, as_json: bool) -> None:
    """Take an address away. Calls that still waited are not made; rules that call it fail at that step."""
    address = db.session.scalar(
        select(WebhookAddress).where(func.lower(WebhookAddress.name) == func.lower(name.strip()))
    )
    if address is None:
        raise click.ClickException(f'There is no webhook "{name}". See them all with: flask webhook list')
    answer = {"name": address.name, "calls_not_made": callouts.remove(address)}
    db.session.commit()
    say(answer, as_json, lambda a: f'Removed "{a["name"]}". Calls that still waited: {a["calls_not_made"]}')
