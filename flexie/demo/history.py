"""The demo's texts of the last weeks: rows as if it had all happened here. None is sent, none starts a rule."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flexie import cases, library, records, search, segments
from flexie.db import db
from flexie.demo import files, papers
from flexie.intake import LONGEST_PREVIEW
from flexie.models import (
    ConsentChange,
    Conversation,
    Document,
    Line,
    Message,
    MessageLink,
    OptOut,
    Record,
    TextTemplate,
    User,
)

ON_THE_WAY = timedelta(seconds=2)
"""From handing a text to the network until its phone had it."""

DID_NOT_GO = ("suppressed", "scheduled")


@dataclass(frozen=True)
class Cast:
    """Who takes part: lines and templates by name, records by key, people by first name, documents by number."""

    lines: dict[str, Line]
    records: dict[str, Record]
    people: dict[str, User]
    documents: dict[str, Document]
    templates: dict[str, TextTemplate]


@dataclass(frozen=True)
class Written:
    """One text of a data file, with its conversation and its moment."""

    conversation: Conversation
    at: datetime
    entry: dict[str, Any]
    case: Record | None


def add(cast: Cast, now: datetime) -> int:
    """All conversations of the demo, in the session. Returns how many. `now` is in the account's zone."""
    entries = files.conversations()
    written = [text for entry in entries for text in _conversation(entry, cast, now)]
    db.session.flush()
    links = _links(written)
    for text in sorted(written, key=lambda text: text.at):
        _text(text, cast, now, links[text.conversation.number])
    return len(entries)


def _conversation(entry: dict[str, Any], cast: Cast, now: datetime) -> list[Written]:
    record = cast.records.get(entry["with"])
    number = records.number_of(record, "mobile") if record else entry["with"]
    texts = [(files.moment(text["at"], now), text) for text in entry["texts"]]
    conversation = Conversation(
        line=cast.lines[entry["line"]],
        number=number,
        opened_at=texts[0][0],
        last_at=texts[0][0],
        unread=entry.get("unread", 0),
        state=entry.get("state", "open"),
        assignee=cast.people.get(entry.get("assigned", "")),
    )
    db.session.add(conversation)
    case = cast.records.get(entry.get("case", ""))
    return [Written(conversation, at, text, None if text.get("no_case") else case) for at, text in texts]


def _links(written: list[Written]) -> dict[str, list[int]]:
    """The records of each number, as they are found for any text."""
    numbers = {text.conversation.number for text in written}
    found = records.with_numbers(numbers)
    return {number: found.get(number, []) for number in numbers}


def _text(written: Written, cast: Cast, now: datetime, record_ids: list[int]) -> None:
    conversation = written.conversation
    message = _incoming(written) if "in" in written.entry else _outgoing(written, cast, now)
    message.conversation, message.line_id = conversation, conversation.line.id
    message.segments = segments.count(message.text).segments
    message.case_id = written.case.id if written.case else None
    db.session.add(message)
    db.session.flush()
    search.keep_messages({message.id: message.text})
    ids = {*record_ids, *([written.case.id] if written.case else [])}
    if "document" in written.entry:
        papers.brought(message, [files.moment(look, now) for look in written.entry.get("opened", [])])
    if "template" in written.entry:
        library.used(cast.templates[written.entry["template"]].public_id, message)
    db.session.add_all(MessageLink(message_id=message.id, record_id=record_id) for record_id in sorted(ids))
    conversation.linked = bool(ids)
    if message.direction == "out":
        conversation.last_out_id = message.id
    if written.at <= now:
        conversation.last_at, conversation.last_direction = written.at, message.direction
        conversation.last_text = message.text[:LONGEST_PREVIEW]
        _heard(conversation.line, message)
    if written.entry.get("opts_out"):
        _opt_out(message)


def _heard(line: Line, message: Message) -> None:
    """As if its webhooks had brought it: a text, or the receipt of one."""
    if message.direction == "in":
        line.last_inbound_at = max(line.last_inbound_at or message.created_at, message.created_at)
    elif message.delivered_at:
        line.last_receipt_at = max(line.last_receipt_at or message.delivered_at, message.delivered_at)


def _words(written: Written, cast: Cast) -> str:
    """What was written, with the address of the document that came with it."""
    words, number = written.entry["out"], written.entry.get("document")
    if number is None:
        return words
    address = papers.share(cast.documents[number], cast.people[written.entry["by"]], written.at)
    return f"{words} {address}"


def _opt_out(message: Message) -> None:
    """The ledger's entry for a text that asked for no more."""
    number, reason, at = message.sender_number, f'texted "{message.text}"', message.created_at
    db.session.add(OptOut(number=number, reason=reason, since=at))
    db.session.add(ConsentChange(number=number, change="out", how="text", reason=reason, message_id=message.id, at=at))


def _incoming(written: Written) -> Message:
    return Message(
        direction="in",
        text=written.entry["in"],
        sender_number=written.conversation.number,
        to_number=written.conversation.line.number,
        status="received",
        stage="triggered",
        created_at=written.at,
    )


def _outgoing(written: Written, cast: Cast, now: datetime) -> Message:
    entry, at = written.entry, written.at
    status = "scheduled" if at > now else entry.get("status", "delivered")
    went = status not in DID_NOT_GO
    return Message(
        direction="out",
        text=cases.with_reference(_words(written, cast), written.case),
        sender_number=written.conversation.line.number,
        to_number=written.conversation.number,
        status=status,
        error_code=entry.get("code"),
        error=entry.get("error"),
        created_at=min(at, now),
        due_at=at,
        intent=f"demo:{secrets.token_hex(8)}",
        sent_at=at if went else None,
        delivered_at=at + ON_THE_WAY if status == "delivered" else None,
        failed_at=at + ON_THE_WAY if status in ("failed", "undelivered") else None,
        attempts=1 if went else 0,
        user=cast.people.get(entry.get("by", "")),
    )
