"""The words of texts and of records' names, to be searched for; numbers that are found by how they begin.

Revision ID: 0007
"""
import json

from alembic import op
import sqlalchemy as sa

from flexie.search import words

# revision identifiers, used by Alembic.
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

TABLES = ('message_words', 'record_words')
BEGINNINGS = [
    ('ix_conversations_number_begins', 'conversations', 'number'),
    ('ix_phone_keys_e164_begins', 'phone_keys', 'e164'),
]
BATCH = 2_000


def upgrade():
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    for table in TABLES:
        for statement in postgresql(table) if is_postgresql else sqlite(table):
            op.execute(statement)
    if is_postgresql:
        for name, table, column in BEGINNINGS:
            op.create_index(name, table, [column], postgresql_ops={column: 'text_pattern_ops'})
    fill()


def sqlite(table):
    return [f'CREATE VIRTUAL TABLE {table} USING fts5(words, tokenize="unicode61 remove_diacritics 0 tokenchars \'_\'")']


def postgresql(table):
    return [
        f'CREATE TABLE {table} (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)',
        f'ALTER TABLE {table} ALTER COLUMN words SET STATISTICS 2000',
        f'CREATE INDEX ix_{table}_words ON {table} USING gin (words)',
    ]


def fill():
    """What is there already; words are cut as they are when texts come in."""
    connection = op.get_bind()
    if connection.dialect.name == 'postgresql':
        insert = 'INSERT INTO {} (id, words) VALUES (:id, array_to_tsvector(CAST(:words AS text[])))'
        form = lambda text: sorted(set(words(text)))
    else:
        insert = 'INSERT INTO {} (rowid, words) VALUES (:id, :words)'
        form = lambda text: ' '.join(words(text))
    for table, query, said in (
        ('message_words', 'SELECT id, text FROM messages', lambda row: row.text),
        ('record_words', 'SELECT id, title, fields, reference FROM records', sought_by),
    ):
        after, statement = 0, sa.text(insert.format(table))
        some = sa.text(f'{query} WHERE id > :after ORDER BY id LIMIT {BATCH}')
        while rows := connection.execute(some, {'after': after}).all():
            connection.execute(statement, [{'id': row.id, 'words': form(said(row))} for row in rows])
            after = rows[-1].id


def sought_by(row):
    fields = json.loads(row.fields) if isinstance(row.fields, str) else row.fields
    reference = f'FX-{row.reference} {row.reference}' if row.reference else ''
    return f"{row.title} {fields.get('email') or ''} {reference}"


def downgrade():
    for table in TABLES:
        op.execute(f'DROP TABLE {table}')
    if op.get_bind().dialect.name == 'postgresql':
        for name, table, _ in BEGINNINGS:
            op.drop_index(name, table)
