"""Questions: runs that asked something by text and wait for an answer.

A question listens from the moment its text was queued, so that a quick answer is not lost, until the run has taken a
block of its `wait for reply`. Who is to get an incoming text is decided under the locks of the runs that ask.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload, selectinload

from flexie import clock, ruleset
from flexie.db import db, written_out
from flexie.facts import FactFinder
from flexie.models import Conversation, Message, Record, Run
from flexie.models.rules import LIVE
from rules import interpreter


def open_question(run: Run, question: Sequence[int], asking: Message | None, now: datetime) -> None:
    """A text that leads to a `wait for reply` was queued, or (`asking` is None) could not be: nobody can answer."""
    _forget(run)
    run.question, run.asked_at, run.asking = list(question), now, asking
    run.asks_id = asking.conversation_id if asking is not None else None


def listen(run: Run, conversation: Conversation | None, now: datetime) -> None:
    """A `wait for reply` was reached and no text led to it: listen from now on, where the run's texts go."""
    _forget(run)
    run.question, run.asked_at = list(run.position), now
    run.asks_id = conversation.id if conversation is not None else None


def close_question(run: Run) -> None:
    """The run goes on, or ends."""
    _forget(run)


def _forget(run: Run) -> None:
    """The rows go with their ids: a row that stays loaded would be the answer to the next question too."""
    run.question = run.asks_id = run.asking_id = run.asked_at = run.asks_until = run.reply_id = None
    run.asking = run.reply = None


def can_be_answered(run: Run) -> bool:
    """Whether the text that asked has gone out, or still may."""
    return run.asks_id is not None and (run.asking is None or run.asking.status not in ("suppressed", "cancelled"))


def never_sent(message: Message) -> None:
    """A text was suppressed or cancelled: a run that asked by it goes on at once, as nobody can answer."""
    if message.run_id is not None:
        waiting = update(Run).where(Run.asking_id == message.id, Run.state == "waiting", Run.asks_until.is_not(None))
        db.session.execute(waiting.values(due_at=clock.now()).execution_options(synchronize_session=False))


def offer(messages: Sequence[Message]) -> set[int]:
    """Offer texts, in order, to the open questions of their conversations, newest question first.

    One takes a text if a block fits it and its `only while` still holds. Returns the ids of the texts that were taken.
    """
    by_conversation = _open(sorted({message.conversation_id for message in messages}))
    if not by_conversation:
        return set()
    finder, taken = FactFinder(), set()
    for message in sorted(messages, key=lambda one: one.id):
        asking = by_conversation.get(message.conversation_id, [])
        answered = next((run for run in asking if _takes(run, message, finder)), None)
        if answered is not None:
            asking.remove(answered)
            taken.add(message.id)
            _answer(answered, message)
    return taken


def _open(conversation_ids: Sequence[int]) -> dict[int, list[Run]]:
    """Open questions by conversation, newest first; their runs are locked in one order."""
    query = (
        select(Run)
        .where(Run.asks_id.in_(conversation_ids), Run.asks_id.is_not(None), Run.reply_id.is_(None))
        .where(written_out(Run.state, LIVE))
        .order_by(Run.id)
        .options(
            joinedload(Run.version),
            joinedload(Run.conversation).joinedload(Conversation.line),
            joinedload(Run.record).selectinload(Record.tags),
            joinedload(Run.record).selectinload(Record.phone_keys),
            selectinload(Run.asking),
        )
        .with_for_update(of=Run, key_share=True)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Run]] = defaultdict(list)
    for run in db.session.scalars(query).unique():
        found[run.asks_id or 0].append(run)
    for asking in found.values():
        asking.sort(key=lambda run: (run.asked_at, run.id), reverse=True)
    return found


def _takes(run: Run, message: Message, finder: FactFinder) -> bool:
    asked, until = run.asked_at, run.asks_until
    if (asked is not None and message.created_at < asked) or (until is not None and message.created_at >= until):
        return False
    rule, defaults = ruleset.tree_of(run.version), ruleset.defaults_of(run.version)
    about = finder.about(run.record, run.conversation, defaults, run.data, clock.now(), run.version.bindings)
    try:
        wanted = interpreter.still_wanted(rule, about)
        return wanted.ok and interpreter.resume_reply(rule, tuple(run.question or ()), message.text) is not None
    except interpreter.InterpreterError:
        return False


def _answer(run: Run, message: Message) -> None:
    run.reply_id = message.id
    if run.asks_until is not None:  # it stands at its question, not at a wait on the way there
        run.due_at = clock.now()
