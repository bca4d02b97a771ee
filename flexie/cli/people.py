"""Commands for people and their API tokens."""

import secrets

import click
from flask import current_app
from sqlalchemy import select

from flexie import clock, invitations, passwords, tokens
from flexie.cli.output import as_json, say
from flexie.db import db
from flexie.models import ROLES, Group, User


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("address", required=False)
@click.option("--email", help="The address to sign in with (the same as the argument).")
@click.option("--name", help="How colleagues see this person.")
@click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True)
@click.option("--password", help="Left out, a random one is made and printed once.")
@click.option("--group", "groups", multiple=True, help="A group to put the person in; may be given several times.")
@as_json
def add_user(
    address: str | None,
    email: str | None,
    name: str | None,
    role: str,
    password: str | None,
    groups: tuple[str, ...],
    as_json: bool,
) -> None:
    """Add a person. Prints the password once."""
    email = (email or address or "").strip().lower()
    if "@" not in email:
        raise click.UsageError("Give an email address, such as ana@example.com.")
    if db.session.scalar(select(User).where(User.email == email)):
        raise click.ClickException(f"{email} is already there.")
    password = password or secrets.token_urlsafe(12)
    person = User(
        email=email,
        name=name or email.partition("@")[0].replace(".", " ").title(),
        role=role,
        password_hash=passwords.hashed(password),
        created_at=clock.now(),
        groups=[group_named(group) for group in groups],
    )
    db.session.add(person)
    db.session.commit()
    answer = {"id": person.public_id, "email": email, "name": person.name, "role": role, "password": password}
    say(answer, as_json, lambda a: f"Added {a['email']} ({a['role']}). Password, shown this once: {a['password']}")


@user.command("link")
@click.argument("address")
@as_json
def link(address: str, as_json: bool) -> None:
    """Make a link by which somebody sets a new password: once, within 48 hours. It is printed once."""
    person = db.session.scalar(select(User).where(User.email == address.strip().lower(), User.is_active))
    if person is None:
        raise click.ClickException(
            f"There is nobody with the address {address}. Add them with: flask user add {address}"
        )
    made = f"{current_app.config['PUBLIC_URL']}/welcome/{invitations.issue(person)}"
    db.session.commit()
    say({"link": made}, as_json, lambda a: f"For {person.name}, once and within 48 hours: {a['link']}")


def group_named(name: str) -> Group:
    """The group of this name, made if need be."""
    group = db.session.scalar(select(Group).where(Group.name == name))
    if group is None:
        group = Group(name=name)
        db.session.add(group)
        db.session.flush()
    return group


@click.group()
def token() -> None:
    """Tokens that programs call the API with."""


@token.command("add")
@click.option("--user", "email", required=True, help="Whose rights the token has.")
@click.option("--name", default="", help="What it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(list(tokens.SCOPES)),
    help="What it may do; may be given several times. Left out, all of it.",
)
@as_json
def add_token(email: str, name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Make a token. It is printed once; only its digest is kept."""
    person = db.session.scalar(select(User).where(User.email == email.strip().lower(), User.is_active))
    if person is None:
        raise click.ClickException(f"There is nobody with the address {email}. Add them with: flask user add {email}")
    try:
        made = tokens.issue(person, name, scopes or tuple(tokens.SCOPES))
    except tokens.TokenProblem as problem:
        raise click.ClickException(str(problem)) from None
    db.session.commit()
    say({"token": made}, as_json, lambda a: f"Token, shown this once: {a['token']}")
