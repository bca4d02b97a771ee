"""News for open browsers: that something changed on a line, or about somebody, or that somebody came or types; never
what.

A browser that hears of news asks for what it shows, as it would have done at its next look: news can be lost, doubled
or late without harm. They go through Redis from every process to every web process, after the commit.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Any

from flask import Flask, current_app
from redis import Redis, RedisError
from sqlalchemy import event

from flexie.db import db
from flexie.models import Conversation, Message, Note, Record, Run

GATHER_SECONDS = 0.02  # what changes within this time is told together
REST_SECONDS = 1.0  # after Redis failed, how long it is left alone
MOST_KEPT = 1_000  # news that wait for Redis
HEARTBEAT = 5.0  # seconds; Redis is asked whether it is there when it says nothing for so long

News = tuple[int, str]
"""A line's row id, and a conversation's public id when it is about who reads or types in it; else "".

No line, ACCESS: who may see what has changed, and every listener begins anew. No line, FACTS: what stands beside
conversations has changed, with the mark of what it is about (`facts_mark`).
"""

ACCESS = 0
FACTS = -1
ABOUT_FACTS = "facts "
ANYTHING = "*"  # in the place of a mark: more has changed than is worth telling one by one
MOST_MARKS = 20  # that one browser is told at a time

About = tuple[str, int]
"""What facts are about: "record" or "conversation", and its row id."""

log = logging.getLogger(__name__)


class Listener:
    """One open browser. What it did not fetch yet is kept once each."""

    def __init__(self, lines: Collection[int] | None) -> None:
        self.lines = lines  # None: all of them
        self.is_cut = False
        self._kept: set[str] = set()
        self._told = threading.Condition()

    def tell(self, news: Iterable[News]) -> None:
        """Keep those that are about lines of this browser's."""
        told = list(news)
        kept = {talk for line, talk in told if line >= 0 and (self.lines is None or line in self.lines)}
        kept |= {f"{ABOUT_FACTS}{mark}" for line, mark in told if line == FACTS}
        if kept:
            with self._told:
                self._kept |= kept
                self._told.notify()

    def cut(self) -> None:
        """There will be no more: the browser is to come again."""
        with self._told:
            self.is_cut = True
            self._told.notify()

    def wait(self, seconds: float) -> set[str]:
        """What was told since the last call, waiting for it: conversations' public ids, "" for a change on a line, and
        marks of facts behind ABOUT_FACTS.
        """
        with self._told:
            self._told.wait_for(lambda: self._kept or self.is_cut, timeout=seconds)
            kept, self._kept = self._kept, set()
        return _few(kept)


def _few(kept: set[str]) -> set[str]:
    """What was kept; of very many marks, that there are."""
    marks = {each for each in kept if each.startswith(ABOUT_FACTS)}
    return kept if len(marks) <= MOST_MARKS else kept - marks | {f"{ABOUT_FACTS}{ANYTHING}"}


class Live:
    """One process's ear and mouth. Safe to share between threads; its own two threads begin when they are needed."""

    def __init__(self, redis: Redis, channel: str) -> None:
        self.redis, self.channel = redis, channel
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._hears = threading.Event()
        self._wanted: set[News] = set()
        self._wake = threading.Event()
        self._threads: dict[str, threading.Thread] = {}

    def tell(self, news: Iterable[News]) -> None:
        """Tell all processes, soon, from a thread of its own. Never fails."""
        with self._lock:
            self._wanted.update(news)
            self._begin("live-mouth", self._keep_telling)
        self._wake.set()

    def listen(self, lines: Collection[int] | None, patience: float = 1.0) -> Listener | None:
        """A listener for these lines, or None when Redis cannot be heard within `patience` seconds."""
        listener = Listener(lines)
        with self._lock:
            self._begin("live-ear", self._keep_listening)
            self._listeners.add(listener)
        if self._hears.wait(patience):
            return listener
        self.leave(listener)
        return None

    def leave(self, listener: Listener) -> None:
        """This one listens no more."""
        with self._lock:
            self._listeners.discard(listener)

    def count(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def close(self) -> None:
        """Cut all listeners: the process is about to end, or they could miss something."""
        self._hears.clear()
        for listener in list(self._listeners):
            listener.cut()

    def _begin(self, name: str, work: Any) -> None:
        thread = self._threads.get(name)
        if thread is None or not thread.is_alive():
            self._threads[name] = thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()

    def _keep_telling(self) -> None:
        is_away = False
        while True:
            self._wake.wait()
            self._wake.clear()
            with self._lock:
                news, self._wanted = self._wanted, set()
            try:
                self.redis.publish(self.channel, "\n".join(f"{line} {talk}" for line, talk in news))
                is_away = False
            except RedisError as problem:
                if not is_away:
                    log.warning("news not told yet", extra={"problem": type(problem).__name__})
                is_away = True
                time.sleep(REST_SECONDS)
                self._keep_for_later(news)
            time.sleep(GATHER_SECONDS)

    def _keep_for_later(self, news: set[News]) -> None:
        with self._lock:
            self._wanted |= news
            if len(self._wanted) > MOST_KEPT:  # when Redis is back, browsers look anyway
                self._wanted.clear()
            if self._wanted:
                self._wake.set()

    def _keep_listening(self) -> None:
        while True:
            try:
                self._listen_while_it_lasts()
            except (RedisError, OSError) as problem:
                log.warning("no news, browsers poll", extra={"problem": type(problem).__name__})
            self.close()
            time.sleep(REST_SECONDS)

    def _listen_while_it_lasts(self) -> None:
        with self.redis.pubsub() as heard:
            heard.subscribe(self.channel)
            is_asked = False
            while True:
                message = heard.get_message(timeout=HEARTBEAT)
                if message is None and is_asked:
                    raise ConnectionError("Redis does not answer")
                is_asked = message is None
                if message is None:
                    heard.ping()
                elif message["type"] == "subscribe":
                    self._hears.set()
                elif message["type"] == "message":
                    self._hand_on(_read(message["data"]))

    def _hand_on(self, news: list[News]) -> None:
        with self._lock:
            listeners = list(self._listeners)
        is_anew = any(line == ACCESS for line, _ in news)
        for listener in listeners:
            listener.tell(news)
            if is_anew:
                listener.cut()


def _read(data: Any) -> list[News]:
    """What was told; anything else that stands in the channel is left out."""
    found: list[News] = []
    for part in bytes(data).decode(errors="replace").splitlines():
        line, _, talk = part.partition(" ")
        with suppress(ValueError):
            found.append((int(line), talk if talk.isalnum() and len(talk) == 32 else ""))
    return found


def init_app(app: Flask) -> None:
    """Give the application its ear and mouth; it uses the bell's way to Redis, and a channel of this installation."""
    mark = hashlib.sha256(f"live {app.config['SECRET_KEY']}".encode()).hexdigest()[:16]
    app.extensions["live"] = Live(app.extensions["bell"].redis, f"flexie:live:{mark}")


def of_app() -> Live:
    """The current application's."""
    return current_app.extensions["live"]


def changed(*lines: int) -> None:
    """Something on these lines changes in this transaction: told when it is committed.

    Only for statements that pass the session by; rows that are changed in it are noticed by themselves.
    """
    db.session.info.setdefault("live", set()).update(lines)


def facts_changed(*about: About) -> None:
    """What stands beside a conversation about these changes in this transaction. As `changed`, only for statements."""
    db.session.info.setdefault("facts", set()).update(about)


def facts_mark(about: About) -> str:
    """What news of facts call a record or a conversation: known to whoever has its page, and no number of a row."""
    kind, row_id = about
    return hashlib.sha256(f"{current_app.config['SECRET_KEY']} facts {kind} {row_id}".encode()).hexdigest()[:32]


def access_changed() -> None:
    """Who may see what changes in this transaction: when it is committed, streams end and browsers come again."""
    changed(ACCESS)


@event.listens_for(db.session, "after_flush")
def _notice(session: Any, _context: Any) -> None:
    rows = [*session.new, *session.dirty, *session.deleted]
    lines = {row.line_id for row in rows if isinstance(row, Conversation | Message)}
    lines |= {row.conversation.line_id for row in rows if isinstance(row, Note) and row.conversation}
    if lines:
        session.info.setdefault("live", set()).update(lines)
    if facts := {about for row in rows for about in _facts_of(row, is_new=row in session.new)}:
        session.info.setdefault("facts", set()).update(facts)


def _facts_of(row: Any, *, is_new: bool) -> list[About]:
    """Beside whom a row stands: a rule that runs beside its record or its unknown sender, a case beside its people.

    A new record stands nowhere yet.
    """
    if isinstance(row, Run) and row.record_id:
        return [("record", row.record_id)]
    if isinstance(row, Run):
        return [("conversation", row.conversation_id)] if row.conversation_id else []
    if isinstance(row, Record):
        return [("record", each) for each in (None if is_new else row.id, row.about_id) if each]
    return []


@event.listens_for(db.session, "after_commit")
def _tell(session: Any) -> None:
    lines, facts = session.info.pop("live", ()), session.info.pop("facts", ())
    if (lines or facts) and current_app and "live" in current_app.extensions:
        of_app().tell([*((line, "") for line in lines), *((FACTS, facts_mark(about)) for about in facts)])


@event.listens_for(db.session, "after_rollback")
def _forget(session: Any) -> None:
    session.info.pop("live", None)
    session.info.pop("facts", None)
