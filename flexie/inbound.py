"""Step 3: a stored text finds its people, its case and its rules.

stored → matched: consent words first, then records, case and links, committed before any rule sees the text.
matched → triggered: one run for each rule, record and event.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from flexie import (
    batches,
    cases,
    consent,
    db,
    events,
    linehealth,
    live,
    media,
    outbox,
    overtaken,
    reactions,
    records,
    search,
    wishes,
)
from flexie.models import Conversation, Message, MessageLink, Run, Settings
from flexie.models.messages import UNFINISHED

BATCH = 200

log = logging.getLogger(__name__)


def drain() -> batches.Done:
    """Match a batch of stored texts, then trigger the rules of a batch of matched ones."""
    rings: set[batches.Work] = {"runs", "sends"}
    heard: set[int] = set()

    def match_and_note(messages: Sequence[Message]) -> None:
        match(messages)
        heard.update(message.line_id for message in messages)
        if media.expect(messages):
            rings.add("media")

    matched = batches.work(_claim_stored, match_and_note, _set_aside, BATCH)
    if heard:
        linehealth.heard(heard, "inbound")
    triggered = batches.work(_claim_matched, trigger, _set_aside, BATCH)
    done = max(matched, triggered)
    return batches.Done(done, done == BATCH, frozenset(rings) if done else frozenset())


def _claim_stored(limit: int, only: int | None) -> Sequence[Message]:
    return _claim("stored", limit, only)


def _claim_matched(limit: int, only: int | None) -> Sequence[Message]:
    return _claim("matched", limit, only)


def _claim(stage: str, limit: int, only: int | None) -> Sequence[Message]:
    query = (
        select(Message)
        .where(Message.stage == stage, db.written_out(Message.stage, UNFINISHED))
        .options(joinedload(Message.conversation))
    )
    query = query.where(Message.id == only) if only else query
    query = query.order_by(Message.id).limit(limit).with_for_update(skip_locked=True, of=Message, key_share=True)
    return db.db.session.scalars(query).unique().all()


def match(messages: Sequence[Message]) -> None:
    """Cancel what they overtake, hear consent words, find each text's records and case, and link them."""
    _place_reactions(messages)
    texts = [message for message in messages if message.reaction is None]
    overtaken.cancel(texts)
    by_message = _records_for(messages)
    threads = cases.for_texts([(m.id, m.sender_number, m.text) for m in messages])
    for message_id, case_id in threads.items():
        by_message[message_id].add(case_id)
    _write_links(by_message)
    _mark_matched(messages, by_message, threads)
    records.touch("last_incoming_at", {i: message.created_at for message in texts for i in by_message[message.id]})
    _hear(messages, by_message)
    live.changed(*(message.line_id for message in messages))
    search.keep_messages({message.id: message.text for message in messages})


def _place_reactions(messages: Sequence[Message]) -> None:
    """Put reactions on the texts that they quote. What holds a word of consent is none: it is a text like others."""
    reacting = [message for message in messages if message.reaction is not None]
    settings = Settings.get() if reacting else None
    for message in reacting:
        if settings and consent.word_in(message.text, settings):
            message.reaction, message.conversation.state = None, "open"
            message.conversation.unread = Conversation.unread + 1
        else:
            reactions.place(message)


def _records_for(messages: Sequence[Message]) -> dict[int, set[int]]:
    """Records by the sender's number and by hand: message id → record ids."""
    by_number = records.with_numbers({message.sender_number for message in messages})
    by_hand = records.linked_by_hand({message.conversation_id for message in messages})
    found: dict[int, set[int]] = defaultdict(set)
    for message in messages:
        found[message.id].update(by_number.get(message.sender_number, ()))
        found[message.id].update(by_hand.get(message.conversation_id, ()))
    return found


def _write_links(by_message: dict[int, set[int]]) -> None:
    rows = [
        {"message_id": message_id, "record_id": record_id}
        for message_id, record_ids in by_message.items()
        for record_id in sorted(record_ids)
    ]
    if rows:
        db.db.session.execute(db.insert(MessageLink).on_conflict_do_nothing(), rows)


def link_also(message: Message, record_id: int) -> None:
    """Put a text on one more record's timeline before rules see it."""
    _write_links({message.id: {record_id}})


def _mark_matched(messages: Sequence[Message], by_message: dict[int, set[int]], threads: dict[int, int]) -> None:
    """One statement for all texts, and one for the conversations that are linked from now on."""
    session = db.db.session
    session.execute(update(Message).where(Message.id.in_([m.id for m in messages])).values(stage="matched"))
    for message in messages:
        if message.id in threads:
            message.case_id = threads[message.id]
    newly = {m.conversation_id for m in messages if by_message[m.id] and not m.conversation.linked}
    if newly:
        session.execute(update(Conversation).where(Conversation.id.in_(newly)).values(linked=True))


def _hear(messages: Sequence[Message], by_message: dict[int, set[int]]) -> None:
    settings = Settings.get()
    for message in messages:
        word = message.provider_status if message.provider_status in ("stop", "start", "help") else None
        word = consent.word_in(message.text, settings) or word
        if word is not None:
            _obey(word, message, by_message[message.id], settings)


def _obey(word: str, message: Message, record_ids: set[int], settings: Settings) -> None:
    """Write the wish into the ledger and onto the records, and give the one answer that the law allows.

    A START that takes nothing back (this number never said STOP) leaves Allow SMS as people and rules set it.
    """
    if word == "help":
        return  # answered when it is clear that no rule does: see _help
    number = message.conversation.number
    to: consent.Change = "out" if word == "stop" else "in"
    changed = consent.change(number, to, f'texted "{message.text[:40]}"', message.id)
    if changed:
        answer = settings.stop_answer if word == "stop" else settings.start_answer
        _answer(message, answer, f"consent:{word}:{message.id}")
    if word == "start" and not changed:
        return
    wishes.allow(record_ids, allowed=word == "start")


def _answer(message: Message, text: str, intent: str) -> None:
    if text:
        outbox.queue(outbox.Draft(line=message.line, number=message.sender_number, text=text, intent=intent))


def trigger(messages: Sequence[Message]) -> None:
    """Start the rules of matched texts, and help those who asked for help and whom no rule answers.

    A reaction starts none, and answers no question.
    """
    texts = [message for message in messages if message.reaction is None]
    events.start_incoming(texts)
    _help(texts)
    db.db.session.execute(
        update(Message).where(Message.id.in_([message.id for message in messages])).values(stage="triggered")
    )
    log.info("texts triggered", extra={"texts": len(messages)})


def _help(messages: Sequence[Message]) -> None:
    settings = Settings.get()
    asking = [message for message in messages if consent.word_in(message.text, settings) == "help"]
    if asking:
        ids = [message.id for message in asking]
        answered = set(db.db.session.scalars(select(Run.message_id).where(Run.message_id.in_(ids))))
        for message in asking:
            if message.id not in answered:
                _answer(message, settings.help_answer, f"consent:help:{message.id}")


def _set_aside(message_id: int, problem: Exception) -> None:
    """A text that cannot be worked through stays in the inbox; it stops no other, and health shows it."""
    message = db.db.session.get(Message, message_id)
    if message is not None:
        message.stage, message.error = "stuck", f"This text could not be worked through: {type(problem).__name__}."
