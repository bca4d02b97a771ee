"""An uploaded file becomes rows of the database: from then on nothing of it can be lost."""

import json
from datetime import timedelta
from typing import IO

from sqlalchemy import delete, insert

from flexie import clock
from flexie.db import db
from flexie.importing import guessing, reading
from flexie.importing.errors import ImportProblem
from flexie.importing.reading import Row
from flexie.models import Import, ImportLump, User

LUMP = 200  # rows that are worked off in one transaction
MOST_ROWS = 500_000
KEPT = timedelta(days=7)  # how long an upload that nobody started is kept
LONGEST_NAME = 100  # characters of a file's name


def store(user: User, kind: str, filename: str, stream: IO[bytes]) -> Import:
    """Read an uploaded file into the database, committing as it goes; it waits for its columns to be chosen.

    Raises:
        ImportProblem: the file cannot be read; nothing of it is kept.
    """
    _forget_old()
    one = Import(kind=kind, user_id=user.id, owner_id=user.id, filename=filename[-LONGEST_NAME:] or "file.csv")
    one.headings, one.columns, one.created_at = [], [], clock.now()
    db.session.add(one)
    db.session.flush()
    import_id = one.id
    db.session.commit()
    try:
        _read(import_id, stream)
    except BaseException:
        db.session.rollback()
        db.session.execute(delete(Import).where(Import.id == import_id))
        db.session.commit()
        raise
    return one


def _read(import_id: int, stream: IO[bytes]) -> None:
    encoding = reading.encoding_of(stream)
    with reading.text_of(stream, encoding) as text:
        try:
            delimiter = reading.delimiter_of(text.read(reading.BEGINNING))
        except UnicodeError:
            raise ImportProblem(reading.NO_TEXT) from None
    with reading.text_of(stream, encoding) as text:
        rows = reading.rows_of(text, delimiter)
        headings = next(rows, Row(1, [])).cells
        while headings and not headings[-1].strip():
            headings.pop()
        if len(headings) > reading.MOST_COLUMNS:
            raise ImportProblem(f"This file has {len(headings):,} columns; {reading.MOST_COLUMNS} are the most.")
        count = 0
        lump: list[Row] = []
        for row in rows:
            count += 1
            lump.append(row)
            if count > MOST_ROWS:
                raise ImportProblem(f"This file has more than {MOST_ROWS:,} rows. Cut it into smaller ones.")
            if len(lump) == LUMP:
                _keep(import_id, lump)
                lump = []
        if lump:
            _keep(import_id, lump)
    if not count:
        raise ImportProblem("There is only a heading in this file, and no row below it.")
    one = db.session.get_one(Import, import_id)
    one.encoding, one.delimiter, one.rows = encoding, delimiter, count
    one.headings = [heading.strip() or f"Column {number}" for number, heading in enumerate(headings, 1)]
    one.columns = guessing.columns(one.kind, one.headings)
    one.state = "mapping"
    db.session.commit()


def _keep(import_id: int, lump: list[Row]) -> None:
    rows = json.dumps([[row.line, row.cells] for row in lump])
    db.session.execute(insert(ImportLump).values(import_id=import_id, rows=rows))
    db.session.commit()


def _forget_old() -> None:
    """Uploads that nobody started, or whose upload broke off."""
    old = Import.state.in_(("reading", "mapping")), Import.created_at < clock.now() - KEPT
    db.session.execute(delete(Import).where(*old))
    db.session.commit()
