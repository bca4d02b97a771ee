"""Connections and their lines: add one, and find a line by the secret part of its webhook address."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask import current_app
from sqlalchemy import select

from flexie import audit, clock, phones, providers, vault
from flexie.db import db, reading, transaction
from flexie.models import Connection, Line, Settings

SHORT_CODE = re.compile(r"[0-9]{3,6}")
NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &._+-]{1,11}")
"""Alphanumeric senders (3GPP TS 23.040): up to 11 characters, a letter among them; nobody can answer to them."""

FASTEST = 1_000.0  # segments a second
HIDDEN = "•••"  # what the audit log tells of a secret

ROUTE_SECONDS = 2.0  # how long a process may go on with credentials that were changed meanwhile


class CannotConnect(Exception):
    """A connection that cannot be made, with what to give instead. `box` is what to correct: name, numbers, address
    or a credential's name; blank when it is none of them.
    """

    def __init__(self, sentence: str, box: str = "") -> None:
        super().__init__(sentence)
        self.box = box


@dataclass(frozen=True, slots=True)
class Route:
    """All that a webhook needs to know of its line, without a query."""

    line_id: int
    line_name: str
    number: str
    provider: str
    account: str
    credentials: Mapping[str, str]
    lines: Mapping[str, int]
    """The ids of the connection's lines by their numbers: a provider may post texts to any of them to one address."""

    def line_for(self, number: str) -> int:
        """The line of a number of this connection; where it has none of that number, the one that was called."""
        return self.lines.get(phones.canonical(number), self.line_id)


def add(
    provider: str,
    name: str,
    credentials: Mapping[str, str],
    numbers: Sequence[str],
    base_url: str | None = None,
    line_names: Sequence[str] = (),
    *,
    paced: bool = True,
    pulled: bool = True,
) -> Connection:
    """Connect a provider account and make a line of each of its numbers, added to the session.

    Lines are called after the connection, or by `line_names`, and keep the pace that the provider's rules ask for,
    unless `paced` is false. The provider's list of messages is read, where it has one, unless `pulled` is false.
    Credentials are sealed before they reach a row.

    Raises:
        CannotConnect: unknown provider, a missing or odd credential, no number or a bad one, a name already taken.
    """
    adapter = _adapter(provider)
    _look_at(adapter, credentials)
    if not numbers:
        raise CannotConnect("Give at least one number that the account can send from, such as +14155551212.", "numbers")
    now = clock.now()
    connection = Connection(
        provider=provider,
        account=adapter.account(credentials),
        name=_free_name(Connection, name),
        credentials=vault.seal(credentials),
        base_url=base_url.rstrip("/") if base_url else None,
        pull_at=now if adapter.history and pulled else None,
        created_at=now,
    )
    prefix = Settings.get().prefix
    names = list(line_names) or [name if len(numbers) == 1 else f"{name} {i}" for i in range(1, len(numbers) + 1)]
    for line_name, number in zip(names, numbers, strict=True):
        own = _own_number(number, prefix)
        pace = adapter.texts_per_second(own) if paced else None
        named = _free_name(Line, line_name, "numbers")
        _refuse_a_second(connection, own, named)
        connection.lines.append(Line(name=named, number=own, texts_per_second=pace, created_at=now))
    db.session.add(connection)
    db.session.flush()
    told = {"name": (None, connection.name), "provider": (None, provider)}
    audit.note("connection", connection.id, "created", told, name=connection.name)
    for line in connection.lines:
        _note_created(line)
    return connection


def _refuse_a_second(connection: Connection, number: str, name: str) -> None:
    for line in connection.lines:
        if line.number == number:
            raise CannotConnect(f"{number} stands there twice. Leave one of them out.", "numbers")
        if line.name == name:
            raise CannotConnect(f'Two lines would be called "{name}". Give one of them another name.', "numbers")


def _look_at(adapter: providers.Adapter, credentials: Mapping[str, str]) -> None:
    """Raises CannotConnect for a credential that is missing or that the provider does not have."""
    known = {credential.name: credential for credential in adapter.credential_fields}
    for name, credential in known.items():
        if credential.required and not credentials.get(name, "").strip():
            raise CannotConnect(f"{adapter.label} needs {name}: {credential.help}", name)
    if unknown := [given for given in credentials if given not in known]:
        raise CannotConnect(
            f"{adapter.label} has no credential {', '.join(unknown)}. Its credentials are: {', '.join(known)}."
        )
    if complaint := adapter.complaint(credentials):
        raise CannotConnect(complaint)


def _adapter(provider: str) -> providers.Adapter:
    try:
        return providers.adapter(provider)
    except providers.UnknownProvider as problem:
        raise CannotConnect(str(problem)) from None


def _free_name(model: type[Connection] | type[Line], name: str, box: str = "name") -> str:
    if not name.strip():
        raise CannotConnect("Give it a name.", box)
    if db.session.scalar(select(model.id).where(model.name == name.strip())):
        raise CannotConnect(f'There is already a {model.__name__.lower()} called "{name}". Give it another name.', box)
    return name.strip()


def _own_number(raw: str, prefix: str | None) -> str:
    """A line's number in E.164, or the short code or the name that it texts as."""
    if SHORT_CODE.fullmatch(raw.strip()) or NAME.fullmatch(raw.strip()):
        return raw.strip()
    if any(letter.isalpha() for letter in raw):
        raise CannotConnect(
            f"{raw}: write a line's number in digits, and put a blank between it and a name.", "numbers"
        )
    try:
        return phones.normalise(raw, prefix).e164
    except phones.PhoneError as problem:
        raise CannotConnect(f"{raw}: {problem}", "numbers") from None


def add_line(connection: Connection, number: str, name: str) -> Line:
    """One more number of an account becomes a line, in the session.

    Raises:
        CannotConnect: the number cannot be read or is a line of this connection already; the name is taken.
    """
    own = _own_number(number, Settings.get().prefix)
    if known := next((line for line in connection.lines if line.number == own), None):
        raise CannotConnect(f"{own} is a line already: {known.name}.", "numbers")
    pace = _adapter(connection.provider).texts_per_second(own)
    line = Line(name=_free_name(Line, name), number=own, texts_per_second=pace, created_at=clock.now())
    connection.lines.append(line)
    db.session.flush()
    _note_created(line)
    return line


def another_with(line: Line) -> Line | None:
    """Another line that has the same number, the oldest: a text to it comes in on one of them only."""
    same = select(Line).where(Line.number == line.number, Line.id != line.id)
    return db.session.scalars(same.order_by(Line.id).limit(1)).first()


def line_at(address: str) -> Line | None:
    """The line of ours whose texts are posted to this web address."""
    found = re.match(rf"{re.escape(current_app.config['PUBLIC_URL'])}/webhooks/[^/]+/([^/?]+)/", address)
    return db.session.scalar(select(Line).where(Line.token == found[1])) if found else None


def rename(connection: Connection, name: str) -> None:
    """Call an account otherwise. Raises CannotConnect when the name is blank or taken."""
    before = connection.name
    if name.strip() != before:
        connection.name = _free_name(Connection, name)
        audit.note("connection", connection.id, "changed", {"name": (before, connection.name)}, name=connection.name)


def _note_created(line: Line) -> None:
    told = {"name": (None, line.name), "number": (None, line.number)}
    audit.note("line", line.id, "created", told, name=line.name)


def change_line(line: Line, name: str, texts_per_second: float | None) -> None:
    """Call a line otherwise, or let it send at another pace (segments a second; None: without limit).

    Raises:
        CannotConnect: the name is blank or taken, the pace not between 0.01 and 1,000.
    """
    before: dict[str, Any] = {"name": line.name, "texts_per_second": line.texts_per_second}
    if name.strip() != line.name:
        line.name = _free_name(Line, name)
    if texts_per_second is not None and not 0.01 <= texts_per_second <= FASTEST:
        raise CannotConnect("Give a pace between 0.01 and 1,000 segments a second, or leave it blank.", "pace")
    line.texts_per_second = texts_per_second
    if changes := audit.differences(before, {"name": line.name, "texts_per_second": texts_per_second}):
        audit.note("line", line.id, "changed", changes, name=line.name)


def change_credentials(connection: Connection, credentials: Mapping[str, str], base_url: str | None) -> bool:
    """Keep other credentials for an account, and tell whether they are others. Those that are blank stay as they are.
    What they are is not noted.

    Raises:
        CannotConnect: one is missing, or they are of another account: its lines would get strangers' receipts.
    """
    adapter = _adapter(connection.provider)
    kept = vault.unseal(connection.credentials)
    wanted = {**kept, **{name: value.strip() for name, value in credentials.items() if value.strip()}}
    _look_at(adapter, wanted)
    if adapter.account(wanted) != connection.account:
        raise CannotConnect(
            f"These credentials are of another {adapter.label} account. Connect that one beside this.",
            adapter.credential_fields[0].name,
        )
    changed = sorted(name for name, value in wanted.items() if value != kept.get(name))
    connection.credentials = vault.seal(wanted)
    connection.base_url = base_url.rstrip("/") if base_url else connection.base_url
    if changed:
        audit.note(
            "connection", connection.id, "changed", dict.fromkeys(changed, (HIDDEN, HIDDEN)), name=connection.name
        )
    return bool(changed)


def webhook_url(line: Line, kind: str) -> str:
    """The address to paste at the provider: kind is "inbound" or "status"."""
    return f"{current_app.config['PUBLIC_URL']}/webhooks/{line.connection.provider}/{line.token}/{kind}"


class Routes:
    """Routes by line token, remembered for ROUTE_SECONDS so that a webhook costs no look-up and no decryption."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Route]] = {}
        self._lock = Lock()

    def find(self, provider: str, token: str) -> Route | None:
        """The line behind a webhook address, or None."""
        kept = self._kept.get(token)
        if kept is None or kept[0] < time.monotonic():
            route = _look_up(token)
            if route is None:
                return None
            kept = (time.monotonic() + ROUTE_SECONDS, route)
            with self._lock:
                self._kept[token] = kept
        return kept[1] if kept[1].provider == provider else None


def _look_up(token: str) -> Route | None:
    """Read in a transaction of its own that ends here: the webhook's one write is not to wait behind our reading."""
    with reading(), transaction():
        line = db.session.scalar(select(Line).where(Line.token == token))
        if line is None:
            return None
        connection = line.connection
        credentials = vault.unseal(connection.credentials)
        lines = {phones.canonical(known.number): known.id for known in connection.lines}
        return Route(line.id, line.name, line.number, connection.provider, connection.account, credentials, lines)
