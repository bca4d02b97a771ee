"""The command that makes the demo."""

from typing import Any

import click

from flexie import demo
from flexie.cli.output import as_json, say
from flexie.db import db

_FROM_ENVIRONMENT = "FLEXIE_DEMO_PASSWORD"


@click.command()
@click.option("--admin-password", envvar=_FROM_ENVIRONMENT, help="For admin@example.com; left out, a random one.")
@click.option("--agent-password", envvar=_FROM_ENVIRONMENT, help="For agent@example.com; left out, a random one.")
@as_json
def seed_demo(admin_password: str | None, agent_password: str | None, as_json: bool) -> None:
    """Make a demo account: a small clinic. Run again, it changes nothing."""
    given = {"admin@example.com": admin_password, "agent@example.com": agent_password}
    try:
        seeded = demo.seed(given)
    except demo.DemoError as problem:
        db.session.rollback()
        raise click.ClickException(str(problem)) from None
    answer = _described(seeded)
    db.session.commit()
    say(answer, as_json, _in_words)


def _described(seeded: demo.Seeded) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "created": seeded.is_new,
        "addresses_changed": seeded.addresses_changed,
        "simulator": seeded.simulator,
    }
    if seeded.is_new:
        answer["users"] = [
            {
                "email": person.user.email,
                "name": person.user.name,
                "role": person.user.role,
                "password": person.password,
            }
            for person in seeded.people
        ]
        answer |= {"records": seeded.records, "conversations": seeded.conversations, "rules": seeded.rules}
    return answer


def _in_words(answer: dict[str, Any]) -> str:
    lines = _what_was_made(answer) if answer["created"] else [_what_was_there(answer)]
    if answer["simulator"]:
        lines.append(f"The pretend phones are at {answer['simulator']}")
    else:
        lines.append("No pretend phone network runs here: start the web process with FLEXIE_SIMULATOR=1 to have one.")
    return "\n".join(lines)


def _what_was_made(answer: dict[str, Any]) -> list[str]:
    made = [
        f"The demo is there: {answer['records']} records, {answer['conversations']} conversations, "
        f"{answer['rules']} rules. Sign in, with passwords that are shown this once:"
    ]
    for user in answer["users"]:
        password = user["password"] or "(the password that was set before)"
        made.append(f"  {user['email']}  {password}  {user['name']}, {user['role']}")
    return made


def _what_was_there(answer: dict[str, Any]) -> str:
    if answer["addresses_changed"]:
        return "The demo was there already; the pretend network was told this installation's new address."
    return "The demo was there already: nothing was changed."
