"""Step 5: a queued message passes the gate, is claimed, is handed to its provider once, and its outcome recorded.

The claim (`sending`, a lease and its token) is committed before the first byte; no session is open while the provider
is called; only the holder of the token records the outcome. What cannot be known is "unknown", never sent again.
"""

import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import Select, case, exists, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import aliased

from flexie import clock, connections, consent, db, events, gate, overtaken, providers, questions, vault
from flexie.consent import Stop
from flexie.models import Connection, Conversation, Line, Message, WebhookEvent
from flexie.statuses import RANK, WAITING, outranks

LEASE = timedelta(seconds=60)
AHEAD = timedelta(seconds=0.25)  # a text is claimed so long before its line's pace lets it go, and waits in its thread
TIMEOUT = 15.0  # seconds a provider may take; Twilio answers within a second as a rule
HOLD_AFTER = timedelta(minutes=10)  # an unknown outcome that nothing resolved by then becomes a person's decision
LOOK_AFTER = timedelta(seconds=30)  # a provider's list is read so long after a send came to be in doubt
IN_DOUBT = "We could not learn whether this was sent"
GIVE_UP_AFTER = 20  # attempts that provably sent nothing: about twenty minutes of an unreachable provider
LONGEST_PAUSE = 90.0  # seconds between such attempts
FINISH_PAUSES = (0.1, 0.5, 2.0, 5.0)  # seconds between tries to record an outcome

_EARLIER = aliased(Message)
"""Made once: to name all its columns anew takes longer than the query."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """The right to call the provider once for a message, until the lease ends. Plain data: no session behind it."""

    message_id: int
    token: str
    started: float  # time.monotonic() before the claim was committed
    adapter: providers.Adapter
    text: providers.OutboundText
    credentials: Mapping[str, str] = field(repr=False)
    base_url: str | None = None
    wait: float = 0.0  # seconds until the line's pace allows the first byte; less than AHEAD


def claim() -> Claim | None:
    """Claim the message that is longest due on the line whose turn it is. None when nothing is due.

    Those that the gate stops are passed. Texts of one conversation go out one after the other, in order.
    """
    while True:
        started = time.monotonic()
        with db.transaction():
            now = db.now()
            line = _next_line(now)
            message = _next_due(line, now) if line else None
            if line is None or message is None:
                return None
            if _is_busy(message.conversation_id) or overtaken.stops(message):
                continue
            stop = gate.stops(message, now)
            if stop is None:
                return _take(line, message, now, started)
            _hold(message, stop)


def _hold(message: Message, stop: Stop) -> None:
    """It waits for the moment that the gate told, or is not sent."""
    message.error, message.stopped_by = stop.reason, stop.kind
    if stop.until is not None:
        message.status, message.due_at = "scheduled", stop.until
        log.info("send put off", extra={"message_id": message.public_id, "kind": stop.kind})
        return
    message.status, message.failed_at = "suppressed", clock.now()
    questions.never_sent(message)
    log.info("send suppressed", extra={"message_id": message.public_id, "kind": stop.kind})


def _can_go(line_id: Any, now: datetime, *what: Any) -> Select[Any]:
    """Due messages of a line in their order, but for those of conversations that a text is on its way in."""
    busy = exists().where(_EARLIER.conversation_id == Message.conversation_id, _EARLIER.status == "sending")
    query = select(*what).where(Message.line_id == line_id, db.written_out(Message.status, WAITING))
    return query.where(Message.due_at <= now, ~busy).order_by(Message.due_at, Message.id).limit(1)


def _next_line(now: datetime) -> Line | None:
    """Of the lines that have something to send and may by their pace, the one that could longest, locked.

    A line that was just served could only since then: one with a long queue holds up no other, and as long as there
    is no queue, texts go in the order in which they became due.
    """
    first = _can_go(Line.id, now, Message.due_at).correlate(Line).scalar_subquery()
    first_id = _can_go(Line.id, now, Message.id).correlate(Line).scalar_subquery()
    query = (
        select(Line)
        .where(or_(Line.next_send_at.is_(None), Line.next_send_at <= now + AHEAD), first.is_not(None))
        .order_by(case((Line.next_send_at > first, Line.next_send_at), else_=first), first, first_id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Line, key_share=True)
    )
    return db.db.session.scalar(query)


def _next_due(line: Line, now: datetime) -> Message | None:
    query = _can_go(line.id, now, Message)
    return db.db.session.scalar(query.with_for_update(skip_locked=True, of=Message, key_share=True))


def _is_busy(conversation_id: int) -> bool:
    """Whether another text of the conversation is on its way, asked under the conversation's lock: so that two claims
    at one moment neither overtake each other nor slip under a cap together.
    """
    db.db.session.execute(
        select(Conversation.id).where(Conversation.id == conversation_id).with_for_update(key_share=True)
    )
    sending = select(Message.id).where(Message.conversation_id == conversation_id, Message.status == "sending")
    return db.db.session.scalar(sending.limit(1)) is not None


def _take(line: Line, message: Message, now: datetime, started: float) -> Claim:
    connection = line.connection
    adapter = providers.adapter(connection.provider)
    slot = max(now, line.next_send_at or now)
    line.next_send_at = slot + _time_for(message, line)
    gate.passed(message, now)
    message.stopped_by = None
    message.status, message.attempts, message.attempted_at = "sending", message.attempts + 1, now
    message.lease, message.lease_until = secrets.token_hex(16), now + LEASE
    if message.was_for_later:
        message.conversation.show_ours(message.text, clock.now())
    callback = f"{connections.webhook_url(message.line, 'status')}?message={message.public_id}"
    return Claim(
        message_id=message.id,
        token=message.lease,
        started=started,
        adapter=adapter,
        text=providers.OutboundText(
            public_id=message.public_id,
            to=message.to_number,
            sender_number=message.sender_number,
            text=message.text,
            media_urls=tuple(item["url"] for item in message.media or ()),
            status_callback_url=callback,
        ),
        credentials=vault.unseal(connection.credentials),
        base_url=connection.base_url,
        wait=(slot - now).total_seconds(),
    )


def _time_for(message: Message, line: Line) -> timedelta:
    """How long a text keeps its line busy by the line's pace."""
    return timedelta(seconds=message.segments / line.texts_per_second) if line.texts_per_second else timedelta()


def call(claimed: Claim, client: httpx.Client) -> providers.SendOutcome:
    """Call the provider, once. Too late in the lease to finish within it, nothing is written to the network."""
    time.sleep(claimed.wait)
    if time.monotonic() - claimed.started > LEASE.total_seconds() - 2 * TIMEOUT:
        return providers.NotSent("the worker was held up before the first byte")
    return providers.post(
        claimed.adapter, claimed.text, claimed.credentials, claimed.base_url, client=client, timeout=TIMEOUT
    )


def finish(claimed: Claim, outcome: providers.SendOutcome) -> None:
    """Record what came of a claim, if the claim is still ours.

    A known outcome is not given up for a database that is away for a moment: the token makes trying again harmless.

    Raises:
        OperationalError: it stayed away; the lease will run out, and the outcome be unknown.
    """
    for pause in FINISH_PAUSES:
        try:
            return _finish_once(claimed, outcome)
        except (OperationalError, InterfaceError):
            log.warning("outcome not recorded yet", extra={"message_id": claimed.text.public_id})
            time.sleep(pause)
    return _finish_once(claimed, outcome)


def _finish_once(claimed: Claim, outcome: providers.SendOutcome) -> None:
    with db.transaction():
        now = db.now()
        if isinstance(outcome, providers.Accepted):
            _wake_receipts(outcome.provider_id, now)
        query = select(Message).where(Message.id == claimed.message_id, Message.lease == claimed.token)
        message = db.db.session.scalar(query.with_for_update(key_share=True))
        if message is None:
            log.warning("lease lost", extra={"message_id": claimed.text.public_id, "outcome": type(outcome).__name__})
            return
        message.lease = message.lease_until = None
        _record(message, outcome, now)
        log.info("send finished", extra={"message_id": message.public_id, "status": message.status})


def _record(message: Message, outcome: providers.SendOutcome, now: datetime) -> None:
    match outcome:
        case providers.Accepted():
            _accepted(message, outcome)
        case providers.Rejected():
            _rejected(message, outcome)
        case providers.Throttled():
            message.line.next_send_at = now + timedelta(seconds=max(1.0, outcome.after_seconds))
            _again(message, now, max(1.0, outcome.after_seconds), "the provider asked to wait", counts=False)
        case providers.NotSent():
            _again(message, now, min(LONGEST_PAUSE, 2.0**message.attempts / 2), outcome.reason, counts=True)
        case providers.Unknown():
            _unknown(message, now, outcome.reason)


def _wake_receipts(provider_id: str, now: datetime) -> None:
    """Receipts that came before the provider's id was known are looked at again. Events first and then the message,
    as receipts take them: two transactions that met the other way round would wait for each other.
    """
    waiting = update(WebhookEvent).where(WebhookEvent.provider_id == provider_id, WebhookEvent.state == "received")
    db.db.session.execute(waiting.values(due_at=now))


def _accepted(message: Message, outcome: providers.Accepted) -> None:
    """The provider has it. A receipt may have come first: then its status stays."""
    message.provider_id = outcome.provider_id
    message.provider_status = message.provider_status or outcome.provider_status
    message.segments = outcome.segments or message.segments
    message.sent_at = message.sent_at or clock.now()
    message.error = message.error_code = None
    status = outcome.status if RANK.get(outcome.status, 0) > RANK["accepted"] else "accepted"
    if outranks(status, message.status):
        message.status = status


def _rejected(message: Message, outcome: providers.Rejected) -> None:
    if not outranks("failed", message.status):
        return
    message.status, message.failed_at = "failed", clock.now()
    message.error_code, message.error = outcome.code, outcome.message
    if outcome.opted_out:
        consent.provider_refused(message, outcome.code)
    events.start_failed([message])


def _again(message: Message, now: datetime, seconds: float, reason: str, *, counts: bool) -> None:
    """Provably not sent: back in the queue, later. Unless a receipt says that it went after all."""
    if message.status != "sending":
        return
    if counts and message.attempts >= GIVE_UP_AFTER:
        message.status, message.failed_at = "failed", clock.now()
        message.error = f"The provider could not be reached in {message.attempts} attempts: {reason}."
        events.start_failed([message])
        return
    message.status, message.due_at = "queued", now + timedelta(seconds=seconds)
    message.error = f"Trying again: {reason}."
    if not counts:
        message.attempts -= 1


def _unknown(message: Message, now: datetime, reason: str) -> None:
    if message.status != "sending":
        return
    message.status, message.lease_until = "unknown", now + HOLD_AFTER
    message.error = f"{IN_DOUBT}: {reason}."
    look_soon(now, message.line.connection_id)


def look_soon(now: datetime, connection_id: int | None = None) -> None:
    """Let the provider's list be read soon (of one connection, or of all): it may have what is in doubt."""
    soon = now + LOOK_AFTER
    hurry = update(Connection).where(Connection.pull_at > soon).values(pull_at=soon)
    db.db.session.execute(hurry if connection_id is None else hurry.where(Connection.id == connection_id))


def found(message: Message, provider_id: str, provider_status: str) -> None:
    """The provider's list has a send that was in doubt: it was accepted."""
    _accepted(message, providers.Accepted(provider_id, provider_status, "queued"))
    message.lease_until = None
    log.info("send found", extra={"message_id": message.public_id})


def missing(message: Message, provider: str) -> None:
    """The provider's list does not have a send that is in doubt: a person who decides is told so."""
    told = f"{provider}'s list of messages does not have it."
    if told not in (message.error or ""):
        message.error = f"{message.error or IN_DOUBT + '.'} {told}"
