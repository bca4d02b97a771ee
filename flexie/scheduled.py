"""Texts that wait to be sent: reworded, put off, or sent now. Whoever changes one holds its row; so does a claim."""

from flexie import askingfirst, clock, consent, outbox, passing, search, segments
from flexie.later import When
from flexie.models import Message, User


def edit(message: Message, text: str, when: When, seen: str, by: User | None = None) -> None:
    """Give a waiting text other words and another moment. `seen` is its version as the person saw it.

    Raises:
        OutboxError: it is no longer waiting, somebody else changed it meanwhile, or the text does not fit.
        AsksFirst: it is quiet there then.
    """
    outbox.hold(message, "changed")
    if version(message) != seen:
        raise outbox.OutboxError("seen", "Somebody changed this text meanwhile. Look at it as it is now.")
    whole = outbox.worded(text, message.case)
    if by is not None:
        askingfirst.ask(message.to_number, when, consent.records_of(message.id))
    message.text, message.segments = whole, segments.count(whole).segments
    message.status, message.due_at = ("scheduled", when.at) if when.at else ("queued", clock.now())
    message.unless_reply = when.unless_reply
    message.error = message.stopped_by = None
    message.anyway = by if when.anyway else None
    search.keep_messages({message.id: whole})
    if not when.at:
        outbox.show_in_list(message.conversation, message)


def send_now(message: Message, by: User | None = None, *, anyway: bool = True) -> None:
    """Let a waiting text go at once; past quiet hours and limits if a person wants it, who knows of them (`anyway`).

    Raises:
        OutboxError: it is no longer waiting.
        AsksFirst: it is quiet there, and the person was not told yet.
    """
    outbox.hold(message, "sent earlier")
    if by is not None:
        told = anyway or message.stopped_by is not None
        askingfirst.ask(message.to_number, When(anyway=told), consent.records_of(message.id))
        passing.let_go(message, by)
    message.status, message.due_at, message.unless_reply = "queued", clock.now(), False
    outbox.show_in_list(message.conversation, message)


def version(message: Message) -> str:
    """Changes whenever the words or the moment do."""
    return outbox.digest_of(message.text, message.due_at, message.unless_reply)[:20]
