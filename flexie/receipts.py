"""Step 6: receipts move a message's status forward, whatever order they come in; the first "delivered" is an event."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select

from flexie import batches, clock, consent, db, events, linehealth
from flexie.models import Connection, Line, Message, WebhookEvent
from flexie.statuses import outranks

BATCH = 100
PATIENCE = 12  # looks for a message that a receipt names; the waits double from half a second to about half an hour

FAILURES = ("failed", "undelivered")

log = logging.getLogger(__name__)


def drain() -> batches.Done:
    """Apply a batch of the receipts that are due."""
    heard: set[int] = set()

    def applied_and_heard(receipts: Sequence[WebhookEvent]) -> None:
        apply(receipts)
        heard.update(receipt.line_id for receipt in receipts)

    done = batches.work(_claim, applied_and_heard, _give_up, BATCH)
    if heard:
        linehealth.heard(heard, "receipt")
    return batches.Done(done, done == BATCH, frozenset({"runs"}) if done else frozenset())


def _claim(limit: int, only: int | None) -> Sequence[WebhookEvent]:
    query = select(WebhookEvent).where(WebhookEvent.state == "received")
    query = query.where(WebhookEvent.id == only) if only else query.where(WebhookEvent.due_at <= db.now())
    query = (
        query.order_by(WebhookEvent.due_at, WebhookEvent.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return db.db.session.scalars(query).all()


def apply(receipts: Sequence[WebhookEvent]) -> None:
    """Apply receipts to the messages they are about, and start the rules that wait for a delivery."""
    known = _messages_of(receipts)
    delivered: list[Message] = []
    failed: list[Message] = []
    for receipt in receipts:
        message = _message_of(receipt, known)
        if message is None:
            _wait(receipt)
        else:
            event = _apply_one(receipt, message)
            if event == "delivered":
                delivered.append(message)
            elif event == "failed":
                failed.append(message)
            receipt.state, receipt.due_at = "applied", None
    events.start_delivered(delivered)
    events.start_failed(failed)


def _messages_of(receipts: Sequence[WebhookEvent]) -> dict[tuple[str, str], Message]:
    """The messages that receipts name, by our id and by the provider's, locked in one order."""
    ours = {(receipt.payload or {}).get("message") for receipt in receipts} - {None}
    theirs = {(receipt.payload or {}).get("provider_id") for receipt in receipts} - {None}
    query = (
        select(Message)
        .where(Message.direction == "out", or_(Message.public_id.in_(ours), Message.provider_id.in_(theirs)))
        .order_by(Message.id)
        .with_for_update(of=Message, key_share=True)
    )
    found: dict[tuple[str, str], Message] = {}
    for message in db.db.session.scalars(query):
        found["ours", message.public_id] = message
        if message.provider_id:
            found["theirs", message.provider_id] = message
    return found


def _message_of(receipt: WebhookEvent, known: dict[tuple[str, str], Message]) -> Message | None:
    """The message a receipt is about, if it was sent through the very account that reports on it."""
    payload = receipt.payload or {}
    message = known.get(("ours", str(payload.get("message")))) or known.get(("theirs", str(payload.get("provider_id"))))
    if message is None:
        return None
    query = select(Connection.id).join(Line).where(Line.id == message.line_id)
    query = query.where(Connection.provider == receipt.provider, Connection.account == receipt.account)
    return message if db.db.session.scalar(query) else None


def _apply_one(receipt: WebhookEvent, message: Message) -> str | None:
    """Move the message forward. Returns "delivered" or "failed" the first time that it is."""
    payload = receipt.payload or {}
    message.provider_id = message.provider_id or payload.get("provider_id")
    message.segments = payload.get("segments") or message.segments
    if payload.get("opted_out"):
        consent.provider_refused(message, payload.get("error_code"))
    status = _status(payload["status"], payload.get("provider_status"))
    if not outranks(status, message.status):
        return None
    is_first = message.delivered_at is None if status == "delivered" else message.failed_at is None
    message.status, message.provider_status = status, payload.get("provider_status")
    message.error_code = payload.get("error_code")
    message.error = _what_went_wrong(message.error_code) if status in FAILURES else None
    _note_moment(message, status)
    log.info("receipt applied", extra={"message_id": message.public_id, "status": status})
    event = "failed" if status == "undelivered" else status
    return event if is_first and event in ("delivered", "failed") else None


def _status(said: str, provider_status: str | None) -> str:
    """A receipt's status as a state of ours. Carriers' "undelivered" is kept apart from the provider's "failed"."""
    if said == "failed" and provider_status == "undelivered":
        return "undelivered"
    return "accepted" if said == "queued" else said


def _what_went_wrong(code: str | None) -> str:
    return f"The network could not deliver it (error {code})." if code else "The network could not deliver it."


def _note_moment(message: Message, status: str) -> None:
    now = clock.now()
    message.sent_at = message.sent_at or now
    if status == "delivered":
        message.delivered_at = now
    elif status in FAILURES:
        message.failed_at = now


def _wait(receipt: WebhookEvent) -> None:
    """No such message yet: a receipt may come before the send's own answer. Look again later; in the end give up."""
    receipt.tries += 1
    if receipt.tries > PATIENCE:
        receipt.state, receipt.due_at, receipt.reason = "refused", None, "No message of ours has this id."
    else:
        receipt.due_at = db.now() + timedelta(seconds=2.0 ** (receipt.tries - 2))


def _give_up(event_id: int, problem: Exception) -> None:
    receipt = db.db.session.get(WebhookEvent, event_id)
    if receipt is not None:
        receipt.state, receipt.due_at, receipt.reason = (
            "refused",
            None,
            f"could not be applied: {type(problem).__name__}",
        )
