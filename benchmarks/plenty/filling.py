"""Filling an empty database with all of it."""

from benchmarks.plenty import account, people, talks, work
from benchmarks.plenty.loading import loader
from benchmarks.plenty.size import Size
from flexie.db import db


def fill(size: Size) -> None:
    """Fill the current application's database, which is migrated and empty."""
    prepared = account.prepare()
    db.session.remove()  # its transaction would hold up what follows
    with loader() as to:
        people.load(to, size, prepared)
        talks.load(to, size, prepared)
        work.load(to, size, prepared)
