"""What time it is. Everything that asks the time asks here, so that tests can move it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Source = Callable[[], datetime]


def _system() -> datetime:
    return datetime.now(UTC)


_source: Source = _system


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


def is_injected() -> bool:
    """Whether somebody (a test) has put a clock of their own in place of the system's."""
    return _source is not _system


@contextmanager
def injected(source: Source) -> Iterator[None]:
    """Let `source` tell the time (aware UTC) inside the block, in every thread of this process."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
