"""Every job that RQ may run, and nothing else may be. Each says only "look": what is to be done stands in rows."""

from collections.abc import Callable
from functools import partial

from flask import current_app

from flexie import batches, bell, importing, inbound, passes, receipts, recordevents, renumbering, runs, schedules
from flexie.batches import KINDS, Work


def _until_done(kind: Work, drain: Callable[[], batches.Done]) -> None:
    """Batch after batch. When one was full, other workers are rung to help."""
    more = True
    while more:
        done = drain()
        more = done.more
        for other in done.rings:
            bell.ring(other)
        if more:
            bell.of_app().ring(kind)


def _one_lump(kind: Work, drain: Callable[[], batches.Done]) -> None:
    """A lump, and a ring for the next: what people wait for comes in between."""
    done = drain()
    for other in done.rings:
        bell.ring(other)
    if done.more:
        bell.of_app().ring(kind)


def _wake(threads: str) -> None:
    current_app.extensions[threads].wake()


DRAINS: dict[Work, Callable[[], batches.Done]] = {
    "inbound": inbound.drain,
    "receipts": receipts.drain,
    "schedules": schedules.drain,
    "passes": passes.drain,
    "events": recordevents.drain,
    "runs": runs.drain,
}
"""Work that is done in the worker's own thread: each drains one batch of rows."""

LOOKS: dict[Work, Callable[[], None]] = {
    **{kind: partial(_until_done, kind, drain) for kind, drain in DRAINS.items()},
    "sends": partial(_wake, "senders"),
    "calls": partial(_wake, "callers"),
    "media": partial(_wake, "fetchers"),
    "pulls": partial(_wake, "pullers"),
    "numbers": partial(_one_lump, "numbers", renumbering.drain),
    "imports": partial(_one_lump, "imports", importing.drain),
}


def look(kind: Work) -> None:
    """Work through the rows of a kind, and then of those that this made due."""
    bell.of_app().answered(kind)
    with bell.noting() as noted:
        noted.add(kind)
        while noted:
            next_kind = min(noted, key=KINDS.index)
            noted.discard(next_kind)
            LOOKS[next_kind]()


def for_rq(kind: Work) -> None:
    """The one function that a job may name, with the kind of work as its only argument.

    Raises:
        ValueError: the job asks for something that is not a kind of work.
    """
    if kind not in LOOKS:
        raise ValueError("There is no such work.")
    look(kind)
