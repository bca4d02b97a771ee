"""The words of texts and of records' names, kept apart for searching: flexie.search writes and reads them.

FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL; neither is a mapped table.
"""

from sqlalchemy import DDL, event

from flexie.db import Base

TABLES = ("message_words", "record_words")

SQLITE = "CREATE VIRTUAL TABLE {table} USING fts5(words, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
POSTGRESQL = (
    "CREATE TABLE {table} (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
    # The planner is to know how rare a word is: it then walks newest first only for common ones.
    "ALTER TABLE {table} ALTER COLUMN words SET STATISTICS 2000",
    "CREATE INDEX ix_{table}_words ON {table} USING gin (words)",
)

for _table in TABLES:
    event.listen(Base.metadata, "after_create", DDL(SQLITE.format(table=_table)).execute_if(dialect="sqlite"))
    for _statement in POSTGRESQL:
        event.listen(
            Base.metadata, "after_create", DDL(_statement.format(table=_table)).execute_if(dialect="postgresql")
        )
