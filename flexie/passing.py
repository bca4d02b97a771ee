"""Sending all the same what limits or quiet hours held back: a person decides, and it stands in the audit log."""

from flexie import audit, clock, consent, outbox, quiet
from flexie.consent import stops
from flexie.db import lock
from flexie.models import Message, Settings, User


def may_be_sent(message: Message) -> bool:
    """Whether somebody may decide that a text goes all the same: never to whoever said no."""
    return message.status == "suppressed" and stops.may_be_passed(message.stopped_by)


def send(message: Message, by: User) -> None:
    """Let a text that was held back go after all. The gate asks for consent once more when it does.

    Raises:
        OutboxError: it was not held back, or by a no of the person's own.
    """
    lock(message)
    if not may_be_sent(message):
        said_no = message.status == "suppressed" and message.stopped_by in stops.FOREVER
        why = "They asked for no more texts" if said_no else "It is not held back any more"
        raise outbox.OutboxError("status", f"{why}: nothing is sent.")
    let_go(message, by)
    message.status, message.due_at, message.failed_at = "queued", clock.now(), None
    outbox.show_in_list(message.conversation, message)


def let_go(message: Message, by: User) -> None:
    """From now on neither limits nor quiet hours keep a text, which this person answers for."""
    held_by = message.error if message.stopped_by else _quiet_now(message)
    if held_by:
        audit.note("message", message.id, "sent anyway", {"held back by": (held_by, None)}, name=message.to_number)
    message.anyway, message.stopped_by, message.error = by, None, None


def _quiet_now(message: Message) -> str | None:
    found = quiet.at(clock.now(), message.to_number, consent.records_of(message.id), Settings.get())
    return found.words if found else None
