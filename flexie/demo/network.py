"""The demo's phones: a connection to the Simulator with six lines, and the customers' phones on the pretend network."""

import secrets

from flask import current_app
from sqlalchemy import select

from flexie import connections, vault
from flexie.db import db
from flexie.models import Connection, Line, Message, Record
from flexie.records import number_of
from flexie.simulator import sending
from flexie.simulator.network import Network

CONNECTION = "Pretend phone network"
LINE_NUMBERS = [f"+1202555010{last}" for last in range(1, 7)]
PHONES_ON_THE_PAGE = 12


def connection() -> Connection | None:
    """The demo's connection, or None before the demo was made."""
    return db.session.scalar(select(Connection).where(Connection.name == CONNECTION))


def connect(line_names: list[str]) -> Connection:
    """Connect the Simulator of this installation: one line of each name.

    Raises:
        flexie.connections.CannotConnect: a line of such a name is there already.
    """
    secret = {"account": "demo", "api_key": f"sim_{secrets.token_hex(12)}", "webhook_secret": secrets.token_hex(24)}
    return connections.add("simulator", CONNECTION, secret, LINE_NUMBERS, _address(), line_names)


def page() -> str | None:
    """Where the page of phones is, or None when this installation runs no pretend network."""
    return f"{current_app.config['PUBLIC_URL']}/simulator" if _network() else None


def register(made: Connection) -> bool:
    """Tell the network where texts to each line are to be posted. Returns whether that was news to it.

    The address of this installation may be another than when the demo was made (another PORT or PUBLIC_URL).
    """
    network = _network()
    if network is None:
        return False
    account = network.add_account(**_keys(made))
    known = {line.number: line.inbound_url for line in network.lines(account)}
    wanted = {line.number: connections.webhook_url(line, "inbound") for line in made.lines}
    for number, address in wanted.items():
        network.set_line(account, number, address)
    is_news = known != wanted or made.base_url != _address()
    made.base_url = _address()
    return is_news


def add_phones(made: Connection, customers: list[Record]) -> None:
    """Give customers phones that hold the last text they got; the first of them comes to stand first on the page."""
    network = _network()
    if network is None:
        return
    account = network.add_account(**_keys(made))
    for record in reversed(customers[:PHONES_ON_THE_PAGE]):
        phone = network.add_phone(number_of(record, "mobile") or "", record.title)
        if text := _last_text_to(phone.number):
            sending.send(network, account, _as_sent(text))


def _last_text_to(number: str) -> Message | None:
    query = select(Message).where(Message.to_number == number, Message.status == "delivered")
    return db.session.scalar(query.order_by(Message.id.desc()).limit(1))


def _as_sent(message: Message) -> sending.SendRequest:
    """The text as it was handed to the network; nobody waits for receipts any more."""
    return sending.SendRequest(
        message.public_id, message.to_number, message.sender_number, message.text, media=(), status_callback=None
    )


def _keys(made: Connection) -> dict[str, str]:
    credentials = vault.unseal(made.credentials)
    return {"key": credentials["api_key"], "secret": credentials["webhook_secret"]}


def lines_by_name(made: Connection) -> dict[str, Line]:
    """The demo's lines by their names."""
    return {line.name: line for line in made.lines}


def _network() -> Network | None:
    return current_app.extensions.get("simulator") if current_app.config["SIMULATOR"] else None


def _address() -> str:
    """Where this installation reaches its own Simulator: on loopback, whatever its public address is."""
    return f"http://127.0.0.1:{current_app.config['PORT']}/simulator"
