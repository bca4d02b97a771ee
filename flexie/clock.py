"""What time it is. Everything that asks the time asks here, so that tests can move it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

Source = Callable[[], datetime]


def _system() -> datetime:
    return datetime.now(UTC)


_source: Source = _system
_here: ContextVar[Source | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return (_here.get() or _source)()


def is_injected() -> bool:
    """Whether somebody (a test) has put a clock of their own in place of the system's."""
    return is_rehearsed() or _source is not _system


def is_rehearsed() -> bool:
    """Whether this thread rehearses something: what happens in it does not happen in the account."""
    return _here.get() is not None


@contextmanager
def injected(source: Source) -> Iterator[None]:
    """Let `source` tell the time (aware UTC) inside the block, in every thread of this process."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before


@contextmanager
def rehearsed(source: Source) -> Iterator[None]:
    """Let `source` tell the time (aware UTC) inside the block, to this thread only."""
    mark = _here.set(source)
    try:
        yield
    finally:
        _here.reset(mark)
