"""The pretend phone network: its accounts, lines and phones, and the bell that wakes its couriers."""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections.abc import Callable

from flexie.simulator.behaviour import Behaviour
from flexie.simulator.errors import InvalidNumber, InvalidRequest, Unknown
from flexie.simulator.numbers import line_number, phone_number
from flexie.simulator.records import Account, Line, Phone, Text
from flexie.simulator.store import Store

NAME_LENGTH = 60


def segments_by_length(text: str) -> int:
    """A rough count of segments, by length alone: 160 characters in one, 153 in each of several."""
    return 1 if len(text) <= 160 else -(-len(text) // 153)


class Network:
    """Everything that stands in one SQLite file at `path`.

    `clock` gives seconds since the epoch; `count_segments` tells how many segments a text takes.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        clock: Callable[[], float] = time.time,
        count_segments: Callable[[str], int] = segments_by_length,
    ) -> None:
        self.store = Store(path)
        self.clock = clock
        self.count_segments = count_segments
        self.bell = threading.Event()

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    # accounts

    def add_account(self, key: str, secret: str) -> Account:
        """Open an account, or give the one with this key another secret."""
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO accounts (key, secret) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET secret = excluded.secret",
                (key, secret),
            )
            row = db.execute("SELECT * FROM accounts WHERE key = ?", (key,)).fetchone()
        return Account.from_row(row)

    def any_account(self) -> Account:
        """The first account; on a new network one is opened with a random key and secret."""
        row = self.store.row("SELECT * FROM accounts ORDER BY id LIMIT 1")
        if row is None:
            return self.add_account(f"sim_{secrets.token_hex(12)}", secrets.token_hex(24))
        return Account.from_row(row)

    def account_of_key(self, key: str) -> Account | None:
        """The account that a Bearer key belongs to."""
        row = self.store.row("SELECT * FROM accounts WHERE key = ?", (key,))
        return Account.from_row(row) if row else None

    # lines

    def set_line(self, account: Account, number: str, inbound_url: str) -> Line:
        """Post texts to `number` to `inbound_url` from now on. A number moves to whoever registered it last.

        Raises InvalidNumber and InvalidRequest.
        """
        line = Line(line_number(number), account.id, web_address(inbound_url, "inbound_url"))
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO lines (number, account_id, inbound_url) VALUES (?, ?, ?)"
                " ON CONFLICT (number) DO UPDATE SET"
                " account_id = excluded.account_id, inbound_url = excluded.inbound_url",
                (line.number, line.account_id, line.inbound_url),
            )
        return line

    def lines(self, account: Account | None = None) -> list[Line]:
        """The registered lines, of one account or of all, by number."""
        rows = self.store.rows("SELECT * FROM lines ORDER BY number")
        found = [Line.from_row(row) for row in rows]
        return [line for line in found if account is None or line.account_id == account.id]

    def line(self, number: str) -> Line:
        """The line with this number. Raises InvalidNumber when nobody registered it."""
        row = self.store.row("SELECT * FROM lines WHERE number = ?", (line_number(number),))
        if row is None:
            raise InvalidNumber(f"No line has the number {number}: register it with PUT /simulator/v1/lines.")
        return Line.from_row(row)

    # phones

    def add_phone(self, number: str, name: str = "") -> Phone:
        """Put a phone on the network, or give the one with this number another name. Raises InvalidNumber."""
        number, name = phone_number(number), " ".join(name.split())[:NAME_LENGTH]
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO phones (number, name) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET"
                " name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END, version = version + 1",
                (number, name),
            )
        return self.phone(number)

    def phone(self, number: str) -> Phone:
        """The phone with this number. Raises InvalidNumber and Unknown."""
        row = self.store.row("SELECT * FROM phones WHERE number = ?", (phone_number(number),))
        if row is None:
            raise Unknown(f"There is no phone with the number {number} yet: add it first.")
        return Phone.from_row(row)

    def phones(self, limit: int, before: int | None = None) -> list[Phone]:
        """The newest phones first, at most `limit`, older than the one with the id `before`."""
        bound = before if before is not None else 2**62
        rows = self.store.rows("SELECT * FROM phones WHERE id < ? ORDER BY id DESC LIMIT ?", (bound, limit))
        return [Phone.from_row(row) for row in rows]

    def phones_after(self, newest: int) -> list[Phone]:
        """The phones that came after the one with the id `newest`, at most five."""
        rows = self.store.rows("SELECT * FROM phones WHERE id > ? ORDER BY id LIMIT 5", (newest,))
        return [Phone.from_row(row) for row in rows]

    def set_behaviour(
        self, number: str, behaviour: Behaviour, once: bool = False, carrier_stop: bool | None = None
    ) -> Phone:
        """How texts to this phone are treated from now on, or only the next one (`once`).

        With `carrier_stop` the carrier itself blocks a line that this phone answers with STOP; switching it
        off lifts every such block. Raises InvalidNumber and Unknown.
        """
        phone = self.phone(number)
        chosen = json.dumps(behaviour.as_mapping())
        always = json.dumps(phone.behaviour.as_mapping()) if once else chosen
        with self.store.transaction() as db:
            db.execute(
                "UPDATE phones SET behaviour = ?, next_behaviour = ?, version = version + 1 WHERE id = ?",
                (always, chosen if once else None, phone.id),
            )
            if carrier_stop is not None:
                db.execute("UPDATE phones SET carrier_stop = ? WHERE id = ?", (carrier_stop, phone.id))
            if carrier_stop is False:
                db.execute("DELETE FROM opt_outs WHERE phone = ?", (phone.number,))
        return self.phone(phone.number)

    # texts

    def conversation(self, number: str, limit: int = 100, account: Account | None = None) -> list[Text]:
        """The last texts of a phone, oldest first, of all accounts or of one."""
        rows = self.store.rows(
            "SELECT * FROM texts WHERE phone = ? AND (? IS NULL OR account_id = ?) ORDER BY seq DESC LIMIT ?",
            (number, account and account.id, account and account.id, limit),
        )
        return [Text.from_row(row) for row in reversed(rows)]

    def blocked_lines(self, number: str) -> list[str]:
        """The lines that the carrier blocks for this phone."""
        rows = self.store.rows("SELECT line FROM opt_outs WHERE phone = ? ORDER BY line", (number,))
        return [row["line"] for row in rows]


def web_address(given: object, name: str) -> str:
    """An http or https address. Raises InvalidRequest, which names the field."""
    if isinstance(given, str) and given.startswith(("http://", "https://")) and len(given) <= 2000:
        return given
    raise InvalidRequest(f"{name} must be a web address that starts with http:// or https://.")
