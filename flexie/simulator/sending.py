"""Texts sent to phones: what the application posts, and the answer that the pretend provider gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from flexie.simulator.behaviour import MAX_SILENCE, Behaviour, planned_receipts
from flexie.simulator.deliveries import plan_receipt
from flexie.simulator.errors import InvalidNumber, InvalidRequest, OptedOut, ServerFault, SimulatorError, Throttled
from flexie.simulator.network import Network, web_address
from flexie.simulator.numbers import line_number, phone_number
from flexie.simulator.records import TO_PHONE, Account, Phone, Text
from flexie.simulator.texts import insert_text, new_text_id, read_content

ID_LENGTH = 200


@dataclass(frozen=True)
class SendRequest:
    """A text as the application posts it; `id` is the application's own name for it."""

    id: str
    to: str
    sender: str
    text: str
    media: tuple[str, ...]
    status_callback: str | None

    @classmethod
    def from_json(cls, given: object) -> SendRequest:
        """Read a posted body. Raises InvalidRequest and InvalidNumber."""
        if not isinstance(given, Mapping):
            raise InvalidRequest("The body must be a JSON object with id, to, from and text.")
        name = given.get("id")
        if not (isinstance(name, str) and 0 < len(name) <= ID_LENGTH):
            raise InvalidRequest(f"id must be your own name for the message, up to {ID_LENGTH} characters.")
        text, media = read_content(given)
        callback = given.get("status_callback") or None
        return cls(
            name,
            phone_number(given.get("to")),
            line_number(given.get("from")),
            text,
            tuple(media),
            web_address(callback, "status_callback") if callback else None,
        )


@dataclass(frozen=True)
class Accepted:
    """The text is on its way. With `hang_up_after` (seconds) the sender is not told: the connection breaks."""

    text_id: str
    segments: int
    hang_up_after: int | None = None

    def as_json(self) -> dict[str, object]:
        """The body of the 201 answer."""
        return {"id": self.text_id, "status": "queued", "segments": self.segments}


def send(network: Network, account: Account, request: SendRequest) -> Accepted:
    """Treat one POST as the phone's behaviour wants it. There is no idempotency: two POSTs are two texts.

    Raises InvalidNumber, OptedOut and Throttled when nothing was accepted, ServerFault when the text was
    accepted all the same. Every POST is counted, whatever the answer.
    """
    failure: SimulatorError | None = None
    accepted: Accepted | None = None
    with network.store.transaction() as db:
        phone = _phone_of(db, request.to)
        try:
            behaviour = _treatment(db, account, phone, request)
            accepted = _accept(network, db, account, request, behaviour)
            failure = _fault_after(behaviour)
        except SimulatorError as refusal:
            failure = refusal
        _count_post(network, db, account, request, accepted, failure)
    network.bell.set()
    if failure is not None or accepted is None:
        raise failure or ServerFault("The text was lost.")
    return accepted


def _phone_of(db: sqlite3.Connection, number: str) -> Phone:
    db.execute("INSERT INTO phones (number, name) VALUES (?, '') ON CONFLICT (number) DO NOTHING", (number,))
    return Phone.from_row(db.execute("SELECT * FROM phones WHERE number = ?", (number,)).fetchone())


def _treatment(db: sqlite3.Connection, account: Account, phone: Phone, request: SendRequest) -> Behaviour:
    owner = db.execute("SELECT account_id FROM lines WHERE number = ?", (request.sender,)).fetchone()
    if owner and owner["account_id"] != account.id:
        raise InvalidNumber(f"The line {request.sender} belongs to another account.")
    blocked = "SELECT 1 FROM opt_outs WHERE phone = ? AND line = ?"
    if db.execute(blocked, (phone.number, request.sender)).fetchone():
        raise OptedOut("This person has texted STOP to this line: the carrier does not deliver.")
    db.execute("UPDATE phones SET next_behaviour = NULL, version = version + 1 WHERE id = ?", (phone.id,))
    if not phone.treatment.accepts:
        raise _refusal(phone.treatment)
    return phone.treatment


def _refusal(behaviour: Behaviour) -> SimulatorError:
    if behaviour.outcome == "opted_out":
        return OptedOut("This person has opted out of texts from this line.")
    if behaviour.outcome == "throttle":
        return Throttled("Too many texts at once: wait and send again.", behaviour.seconds)
    return InvalidNumber("This number cannot receive texts.")


def _fault_after(behaviour: Behaviour) -> ServerFault | None:
    return ServerFault("Something broke on our side.") if behaviour.outcome == "error" else None


def _accept(
    network: Network, db: sqlite3.Connection, account: Account, request: SendRequest, behaviour: Behaviour
) -> Accepted:
    text = _store_text(network, db, account, request, behaviour)
    for receipt in planned_receipts(behaviour):
        plan_receipt(db, account, text, receipt, request.status_callback)
    hang_up = {"drop": 0, "silence": min(behaviour.seconds, MAX_SILENCE)}.get(behaviour.outcome)
    return Accepted(text.id, text.segments, hang_up)


def _store_text(
    network: Network, db: sqlite3.Connection, account: Account, request: SendRequest, behaviour: Behaviour
) -> Text:
    now = network.clock()
    text = Text(
        id=new_text_id(),
        direction=TO_PHONE,
        line=request.sender,
        phone=request.to,
        sender_id=request.id,
        text=request.text,
        media=list(request.media),
        segments=network.count_segments(request.text),
        arrived=behaviour.outcome not in ("fail", "undelivered"),
        status="queued",
        error_code=None,
        created_at=now,
        updated_at=now,
    )
    insert_text(db, account, text)
    return text


def _count_post(
    network: Network,
    db: sqlite3.Connection,
    account: Account,
    request: SendRequest,
    accepted: Accepted | None,
    failure: SimulatorError | None,
) -> None:
    unheard = accepted is not None and accepted.hang_up_after is not None
    answer = str(failure.status) if failure else "none" if unheard else "201"
    db.execute(
        "INSERT INTO posts (account_id, sender_id, answer, text_id, at) VALUES (?, ?, ?, ?, ?)",
        (account.id, request.id, answer, accepted and accepted.text_id, network.clock()),
    )
