"""Counts, when all is quiet: every promise that the run broke, as sentences. No sentence means that it holds."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select

from flexie import db, phones, reconciler
from flexie.models import ConsentChange, Conversation, Message, NotStarted, OptOut, Rule, Run
from flexie.models.rules import LIVE
from tests.crash.customers import Customers, Text
from tests.crash.provider import Post, Provider

GRACE = 5.0  # seconds between an opt-out and a POST that was claimed before it


class Rows:
    """What the database holds at the end."""

    def __init__(self) -> None:
        session = db.db.session
        messages = list(session.scalars(select(Message).order_by(Message.id)))
        self.inbound = [message for message in messages if message.direction == "in"]
        self.outbound = [message for message in messages if message.direction == "out"]
        self.last_out = dict(session.execute(select(Conversation.id, Conversation.last_out_id)).all())
        self.runs = list(session.scalars(select(Run)))
        self.rules = {rule.name: rule.id for rule in session.scalars(select(Rule))}
        self.not_started = list(session.scalars(select(NotStarted)))
        self.opted_out = {entry.number: entry.since for entry in session.scalars(select(OptOut))}
        self.consent_changes = list(session.scalars(select(ConsentChange)))


def wrongs(customers: Customers, provider: Provider) -> list[str]:
    """Everything that is not as promised. Needs an application context."""
    with db.reading(), db.transaction():
        rows = Rows()
        forgotten = reconciler.forgotten_runs()
        return [
            *_inbound(rows, customers),
            *_triggered(rows, customers),
            *_sent_once(rows, provider),
            *_outcomes(rows, provider),
            *_runs_over(rows, forgotten),
            *_delivered(rows),
            *_kept_ready(rows),
            *_opted_out(rows, provider),
            *_idle(),
        ]


def _inbound(rows: Rows, customers: Customers) -> Iterator[str]:
    stored = Counter(message.provider_id for message in rows.inbound)
    words = {message.provider_id: message.text for message in rows.inbound}
    for text in customers.texts:
        if text.acknowledged and stored[text.sid] != 1:
            yield f"the acknowledged text {text.body!r} is stored {stored[text.sid]} times"
        elif text.acknowledged and words[text.sid] != text.body:
            yield f"the acknowledged text {text.body!r} is stored as {words[text.sid]!r}"
    if strange := stored.keys() - {text.sid for text in customers.texts}:
        yield f"{len(strange)} texts are stored that nobody sent"
    for message in rows.inbound:
        if message.stage != "triggered":
            yield f"the text {message.text!r} is {message.stage}, not triggered"


def _triggered(rows: Rows, customers: Customers) -> Iterator[str]:
    ids = {message.provider_id: message.id for message in rows.inbound}
    causes: dict[int, list[Run]] = defaultdict(list)
    for run in rows.runs:
        if run.cause.startswith("incoming:"):
            causes[int(run.cause.split(":")[1])].append(run)
    for text in customers.texts:
        runs = [run.rule_id for run in causes[ids.get(text.sid, 0)]]
        if text.acknowledged and runs != _wanted(rows, text):
            yield f"the acknowledged text {text.body!r} started {len(runs)} runs"
    for entry in rows.not_started:
        yield f"a rule did not start ({entry.cause}): {entry.words}"


def _wanted(rows: Rows, text: Text) -> list[int]:
    name = {"ORDER": "Order", "LATER": "Later"}.get(text.body.split()[0])
    return [rows.rules[name]] if name else []


def _sent_once(rows: Rows, provider: Provider) -> Iterator[str]:
    for public_id, posts in provider.posts.items():
        if sum(post.behaviour != "throttles" for post in posts) > 1:
            yield f"{posts[0].body!r} was posted {len(posts)} times: {[post.behaviour for post in posts]} ({public_id})"
    phones_got = Counter((post.to, post.body) for post in provider.all if post.accepted)
    for (_, body), count in phones_got.items():
        if count > 1:
            yield f"a phone got {body!r} {count} times"
    intents = Counter((message.to_number, message.text) for message in rows.outbound)
    yield from (f"{count} rows stand for {text!r}" for (_, text), count in intents.items() if count > 1)
    known = {message.public_id for message in rows.outbound}
    yield from (
        f"a POST for {public_id}, which no row stands for" for public_id in provider.posts if public_id not in known
    )


def _outcomes(rows: Rows, provider: Provider) -> Iterator[str]:
    for message in rows.outbound:
        posts = provider.posts.get(message.public_id, [])
        allowed = _allowed(message, posts, provider)
        if message.status not in allowed:
            did = [post.behaviour for post in posts]
            yield f"{message.text!r} is {message.status}, expected {' or '.join(sorted(allowed))} (provider: {did})"


def _allowed(message: Message, posts: list[Post], provider: Provider) -> set[str]:
    """The statuses a message may have ended with, from what the stand-in did and told."""
    taken = [post for post in posts if post.accepted]
    if taken:
        told = provider.reports.told.get(message.public_id)  # none yet, where it answers late
        return {told} if told else {"accepted", "held"}  # held: whoever was to read the answer may have been killed
    if any(post.behaviour != "throttles" for post in posts):
        return {"held"}
    # A worker may die between the claim and the first byte, or while it reads that it was throttled.
    return {"held", "suppressed"}


def _runs_over(rows: Rows, forgotten: list[int]) -> Iterator[str]:
    if forgotten:
        yield f"{len(forgotten)} runs would never be looked at again"
    for run in rows.runs:
        if run.state != "done":
            yield f"run {run.id} ({run.cause}) is {run.state}: {run.error}"
    sent = Counter(message.run_id for message in rows.outbound if message.run_id)
    for run in rows.runs:
        wanted = 1 if run.rule_id == rows.rules["Delivered"] else 2
        if run.state not in LIVE and sent[run.id] != wanted:
            yield f"run {run.id} ({run.cause}) wrote {sent[run.id]} texts instead of {wanted}"


def _delivered(rows: Rows) -> Iterator[str]:
    started = Counter(run.cause.split(":")[1] for run in rows.runs if run.cause.startswith("delivered:"))
    for message in rows.outbound:
        wanted = int(message.status == "delivered" and message.text.startswith("First: "))
        if started[str(message.id)] != wanted:
            yield f"the delivery of {message.text!r} started {started[str(message.id)]} runs instead of {wanted}"


def _opted_out(rows: Rows, provider: Provider) -> Iterator[str]:
    asked = {phones.canonical(message.sender_number) for message in rows.inbound if message.text == "STOP"}
    for number in asked - rows.opted_out.keys():
        yield f"{number} texted STOP and is not opted out"
    answers = {message.public_id for message in rows.outbound if (message.intent or "").startswith("consent:")}
    for post in provider.all:
        since = rows.opted_out.get(phones.canonical(post.to))
        late = (datetime.fromtimestamp(post.at, UTC) - since).total_seconds() if since else 0.0
        if late > GRACE and post.public_id not in answers:
            yield f"{post.body!r} was posted {late:.1f} s after STOP"
    if len(rows.consent_changes) != len(asked):
        yield f"{len(asked)} people texted STOP, {len(rows.consent_changes)} changes stand in the ledger"


def _kept_ready(rows: Rows) -> Iterator[str]:
    newest = {message.conversation_id: message.id for message in rows.outbound}
    for talk, last_out in rows.last_out.items():
        if last_out != newest.get(talk):
            yield f"conversation {talk} takes {last_out} for its newest text of ours, which is {newest.get(talk)}"


def _idle() -> Iterator[str]:
    """Providers' lists are read again and again: there is always a next look, and it is no work that was left."""
    left = {kind: since for kind, since in reconciler.due_since().items() if kind != "pulls"}
    yield from (f"{kind} has work since {since}" for kind, since in left.items())
