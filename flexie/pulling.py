"""What webhooks failed to tell is read from the provider's own list: texts that came in, and sends in doubt.

A connection whose provider has such a list is looked at every few minutes, and soon after a send whose outcome is not
known. What is found goes through the same intake as webhooks, under the same keys: a text that came both ways is there
once (W4). A send in doubt that the list has is accepted; one that it has not stays in doubt, for a person to decide.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import httpx
from sqlalchemy import select, update

from flexie import batches, connecting, db, intake, outbound, phones, providers, vault
from flexie.models import Connection, Line, Message, WebhookEvent
from flexie.statuses import FINAL, IN_DOUBT

EVERY = timedelta(minutes=5)
FIRST = timedelta(days=1)  # how far back the first look at a connection goes
OVERLAP = timedelta(minutes=15)  # what was looked at is looked at again: lists lag behind, and clocks differ
MOST_PAGES = 100
EARLY, LATE = timedelta(minutes=2), timedelta(minutes=10)
"""How far before and after an attempt the provider's list may say that it was made."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """The right to look at a connection's list, as plain data: no session is open meanwhile.

    `lines` are its lines' ids by their numbers, `since` and `until` the time to look at (aware UTC).
    """

    connection_id: int
    account: connecting.Account = field(repr=False)
    name: str  # the provider's id for the account
    lines: Mapping[str, int]
    since: datetime
    until: datetime

    @property
    def history(self) -> providers.History:
        """The provider's list."""
        history = self.account.adapter.history
        if history is None:
            raise providers.AccountProblem(f"{self.account.adapter.label} has no list of messages.")
        return history


@dataclass
class Listed:
    """What a list held. `is_whole` says that it was read down to `since`."""

    received: list[providers.InboundEvent] = field(default_factory=list)
    sent: list[providers.SentText] = field(default_factory=list)
    is_whole: bool = False


def claim() -> Claim | None:
    """The connection that is longest due. Its next look is written down first: one that breaks off comes again then."""
    with db.transaction():
        now = db.now()
        query = select(Connection).where(Connection.pull_at <= now).order_by(Connection.pull_at).limit(1)
        connection = db.db.session.scalar(query.with_for_update(skip_locked=True, of=Connection, key_share=True))
        if connection is None:
            return None
        connection.pull_at = now + EVERY
        since = (connection.pulled_until or now - FIRST) - OVERLAP
        if doubted := _first_in_doubt(connection.id):
            since = min(since, max(doubted - EARLY, now - FIRST))
        account = connecting.Account(connection.provider, vault.unseal(connection.credentials), connection.base_url)
        lines = {phones.canonical(line.number): line.id for line in connection.lines}
        return Claim(connection.id, account, connection.account, lines, since, now)


def _first_in_doubt(connection_id: int) -> datetime | None:
    mine = select(Line.id).where(Line.connection_id == connection_id)
    query = select(Message.attempted_at).where(db.written_out(Message.status, IN_DOUBT), Message.line_id.in_(mine))
    return db.db.session.scalar(query.where(Message.attempted_at.is_not(None)).order_by(Message.attempted_at).limit(1))


def carry_out(claimed: Claim, client: httpx.Client) -> set[batches.Work]:
    """Read the list, store what is new, and settle what is in doubt. Returns what to ring for."""
    rings: set[batches.Work] = set()
    try:
        listed = read(claimed, client)
        if _take_in(claimed, _new(claimed, listed.received), client):
            rings.add("inbound")
    except providers.AccountProblem as problem:
        log.warning("list not read", extra={"connection": claimed.connection_id})
        _conclude(claimed, str(problem), is_whole=False)
        return {"inbound"}
    _settle(claimed, listed)
    if _report(claimed, listed.sent):
        rings.add("receipts")
    _conclude(claimed, None, is_whole=listed.is_whole)
    return rings


def read(claimed: Claim, client: httpx.Client) -> Listed:
    """The list from its newest entry down to where the time to look at begins.

    Raises:
        AccountProblem: the provider does not tell.
    """
    found, page = Listed(), None
    for _ in range(MOST_PAGES):
        asked = claimed.history.page_request(claimed.account.credentials, claimed.account.address, claimed.since, page)
        answer = _ask(claimed, asked, claimed.history.read_page, client)
        found.received += [event for event in answer.received if isinstance(event, providers.InboundEvent)]
        found.sent += answer.sent
        page = answer.next
        if page is None or (answer.oldest is not None and answer.oldest < claimed.since):
            found.is_whole = True
            break
    return found


def _ask(claimed: Claim, asked: providers.HttpRequest, read_answer, client: httpx.Client):  # type: ignore[no-untyped-def]
    account = claimed.account
    return providers.ask(account.adapter, asked, read_answer, account.credentials, client=client)


def _new(claimed: Claim, received: Iterable[providers.InboundEvent]) -> list[providers.InboundEvent]:
    """Texts to lines of the connection that no webhook brought, oldest first."""
    ours = {event.provider_id: event for event in received if phones.canonical(event.to) in claimed.lines}
    with db.reading(), db.transaction():
        query = select(WebhookEvent.provider_id).where(
            WebhookEvent.provider == claimed.account.provider,
            WebhookEvent.account == claimed.name,
            WebhookEvent.kind == "inbound",
            WebhookEvent.provider_id.in_(ours),
        )
        known = set(db.db.session.scalars(query))
    new = [event for provider_id, event in ours.items() if provider_id not in known]
    return sorted(new, key=lambda event: event.received_at or claimed.until)


def _take_in(claimed: Claim, new: Sequence[providers.InboundEvent], client: httpx.Client) -> int:
    """Store them as webhooks would have been, with their pictures. Returns how many were new."""
    stored = 0
    for event in new:
        media: tuple[providers.Media, ...] = event.media
        if claimed.history.has_media(event):
            asked = claimed.history.media_request(
                claimed.account.credentials, claimed.account.address, event.provider_id
            )
            media = _ask(claimed, asked, claimed.history.read_media, client)
        line_id = claimed.lines[phones.canonical(event.to)]
        origin = intake.Origin(line_id, claimed.account.provider, claimed.name)
        if intake.of_app().text(origin, replace(event, media=media)):
            log.info("text recovered", extra={"line": line_id})
            stored += 1
    return stored


def _settle(claimed: Claim, listed: Listed) -> None:
    """Sends in doubt that the list has were accepted. Those that it should have and has not are said to be missing."""
    with db.transaction():
        now = db.now()
        query = (
            select(Message)
            .where(db.written_out(Message.status, IN_DOUBT), Message.line_id.in_(claimed.lines.values()))
            .where(Message.attempted_at >= claimed.since)
            .order_by(Message.attempted_at, Message.id)
            .with_for_update(of=Message, key_share=True)
        )
        doubted = db.db.session.scalars(query).all()
        if not doubted:
            return
        free = _nobodys(listed.sent)
        for message in doubted:
            entry = next((entry for entry in free if _is_it(entry, message)), None)
            if entry is not None:
                free.remove(entry)
                outbound.found(message, entry.provider_id, entry.status.provider_status)
            elif listed.is_whole and message.attempted_at and now - message.attempted_at > EARLY:
                outbound.missing(message, claimed.account.adapter.label)


def _nobodys(sent: Sequence[providers.SentText]) -> list[providers.SentText]:
    """Entries that no message of ours is known to be, oldest first."""
    ids = [entry.provider_id for entry in sent]
    taken = set(db.db.session.scalars(select(Message.provider_id).where(Message.provider_id.in_(ids))))
    return sorted((entry for entry in sent if entry.provider_id not in taken), key=lambda entry: entry.created_at)


def _is_it(entry: providers.SentText, message: Message) -> bool:
    return (
        message.attempted_at is not None
        and -EARLY <= entry.created_at - message.attempted_at <= LATE
        and phones.canonical(entry.to) == phones.canonical(message.to_number)
        and phones.canonical(entry.sender_number) == phones.canonical(message.sender_number)
        and entry.text.strip() == message.text.strip()
    )


def _report(claimed: Claim, sent: Sequence[providers.SentText]) -> int:
    """What the list says of sends whose receipts did not come is taken as a receipt. Returns how many were news."""
    by_id = {entry.provider_id: entry for entry in sent}
    with db.reading(), db.transaction():
        query = select(Message.provider_id, Message.line_id).where(
            Message.provider_id.in_(by_id), Message.direction == "out", Message.status.not_in(FINAL)
        )
        rows = db.db.session.execute(query.where(Message.line_id.in_(claimed.lines.values()))).all()
    told = 0
    for provider_id, line_id in rows:
        status = by_id[str(provider_id)].status
        if status.status != "queued":
            told += intake.of_app().receipt(intake.Origin(line_id, claimed.account.provider, claimed.name), status)
    return told


def _conclude(claimed: Claim, problem: str | None, *, is_whole: bool) -> None:
    values = {"pull_problem": problem, **({"pulled_until": claimed.until} if is_whole else {})}
    with db.transaction():
        db.db.session.execute(update(Connection).where(Connection.id == claimed.connection_id).values(values))
