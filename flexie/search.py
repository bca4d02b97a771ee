"""Searching texts, names and numbers: by whole words and by how the last word begins, newest first.

Words are compared without letter case and without accents: who types "jose" finds "José".
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    column,
    false,
    func,
    insert,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute

from flexie.db import db, is_postgresql

LONGEST_WORD = 60  # letters of a word that are kept
MOST_WORDS = 600  # of one text; the longest text has 1,600 characters
MOST_SOUGHT = 12  # words of a search
FEW = 1_000  # hits that are gathered before they are sorted
SAMPLE = 2_000  # of the newest rows that are asked whether there are very many hits
MANY = 20  # hits among those
LARGE = FEW * SAMPLE // MANY  # rows; of more, as many hits in the sample stand for more than FEW in all

_FULL_WIDTH = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Scripts that put no blanks between words: each sign counts as one."""


def words(written: str) -> list[str]:
    """The words of a text as they are compared, in order."""
    plain = unicodedata.normalize("NFKD", written.casefold())
    plain = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    found = re.findall(r"\w+", _FULL_WIDTH.sub(lambda sign: f" {sign[0]} ", plain))
    return [word[:LONGEST_WORD] for word in found[:MOST_WORDS]]


def keep_messages(texts: Mapping[int, str]) -> None:
    """Keep the words of messages, by row id, in the session's transaction."""
    _keep("message_words", texts)


def keep_records(texts: Mapping[int, str]) -> None:
    """Keep the words that records are found by, in the session's transaction."""
    _keep("record_words", texts)


def _keep(name: str, texts: Mapping[int, str]) -> None:
    if not texts:
        return
    kept = table(name, column("id" if is_postgresql() else "rowid"), column("words"))
    if is_postgresql():
        lexemes = func.array_to_tsvector(cast(bindparam("each"), ARRAY(Text)))
        added = postgresql.insert(kept).values(id=bindparam("row"), words=lexemes)
        statement: Any = added.on_conflict_do_update(index_elements=["id"], set_={"words": added.excluded.words})
        rows: list[dict[str, Any]] = [{"row": i, "each": sorted(set(words(one)))} for i, one in texts.items()]
    else:
        statement = insert(kept).prefix_with("OR REPLACE").values(rowid=bindparam("row"), words=bindparam("each"))
        rows = [{"row": i, "each": " ".join(words(one))} for i, one in texts.items()]
    db.session.execute(statement, rows)


@dataclass(frozen=True)
class Hits:
    """What was found, as a query for one column `id`, to be joined, limited and ordered by it.

    PostgreSQL cannot tell how many words or numbers begin in some way. Asked for the newest, it would walk through all
    rows from the end, in the hope of meeting enough hits soon: right where there are many, and as slow as can be where
    there are few or none, or only old ones. So up to `few` are gathered by their index, and only if there are more, it
    walks; or at once where many of the newest rows are hits (`recent` finds those), as to gather among very many takes
    long. SQLite follows its index in any case.
    """

    ids: Select[Any]
    recent: Select[Any] | None = None
    few: int = FEW

    def ways(self) -> list[Select[Any]]:
        """Queries that find the same ids together, within one statement; all but one of them find nothing."""
        if not is_postgresql():
            return [self.ids]
        recent = self.recent.cte().prefix_with("MATERIALIZED") if self.recent is not None else None
        are_many = _count(recent) >= MANY if recent is not None else false()
        some = self.ids.where(~are_many).limit(self.few + 1).cte().prefix_with("MATERIALIZED")
        are_more = _count(some) > self.few
        return [select(some.c.id).where(~are_more), self.ids.where(or_(are_many, are_more))]

    def hold(self, id_: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Whether a row is among them. On PostgreSQL they are gathered at once."""
        if is_postgresql():
            gathered = db.session.scalars(self.ids.limit(self.few + 1)).all()
            if len(gathered) <= self.few:
                return id_ == any_(cast(list(gathered), ARRAY(BigInteger)))
        return id_.in_(self.ids)


def _count(found: CTE) -> Any:
    return select(func.count()).select_from(found).scalar_subquery()


def messages(sought: str) -> Hits | None:
    """The messages with all these words. None: no word was given."""
    return _found("message_words", sought, has_sample=True)


def records(sought: str) -> Hits | None:
    """The records with all these words. None: no word was given."""
    return _found("record_words", sought)


def _found(name: str, sought: str, *, has_sample: bool = False) -> Hits | None:
    wanted = words(sought)[:MOST_SOUGHT]
    if not wanted:
        return None
    if is_postgresql():
        quoted = ["'" + word.replace("'", "''") + "'" for word in wanted]
        kept = table(name, column("id"), column("words"))
        hit = text(f"{name}.words @@ CAST(:sought AS tsquery)").bindparams(sought=" & ".join(quoted) + ":*")
        newest = select(kept.c.id, kept.c.words).order_by(kept.c.id.desc()).limit(SAMPLE).subquery(name)
        is_large = select(func.max(kept.c.id)).scalar_subquery() > LARGE
        return Hits(select(kept.c.id).where(hit), select(newest.c.id).where(hit, is_large) if has_sample else None)
    phrase = " ".join(f'"{word}"' for word in wanted) + "*"
    rows = table(name, column("rowid"))
    return Hits(select(rows.c.rowid.label("id")).where(text(f"{name} MATCH :sought").bindparams(sought=phrase)))


def begins(column_: Any, prefix: str) -> ColumnElement[bool]:
    """Whether a column of ASCII text begins like this, by its index."""
    if is_postgresql():
        return column_.like(prefix.replace("%", "") + "%")
    return and_(column_ >= prefix, column_ < prefix[:-1] + chr(ord(prefix[-1]) + 1))


def marked(written: str, sought: str, around: int = 90) -> list[tuple[str, bool]]:
    """A piece of a text around the first hit, as parts: (words, whether they were sought)."""
    wanted = words(sought)[:MOST_SOUGHT]
    hits = [match.span() for match in re.finditer(r"\w+", written) if _is_hit(match[0], wanted)]
    start = max(0, hits[0][0] - around // 3) if hits else 0
    end = min(len(written), start + around)
    parts: list[tuple[str, bool]] = [("…", False)] if start else []
    at = start
    for first, last in hits:
        if first < at or last > end:
            continue
        parts += [(written[at:first], False), (written[first:last], True)]
        at = last
    return [*parts, (written[at:end] + ("…" if end < len(written) else ""), False)]


def _is_hit(word: str, wanted: Sequence[str]) -> bool:
    plain = words(word)
    return bool(wanted) and any(one in wanted or one.startswith(wanted[-1]) for one in plain)
