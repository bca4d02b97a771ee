"""Conversations of a line are counted in the indexes of the filters alone.

Revision ID: 0037
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

FILTERS = [
    ('unread', [], 'unread > 0'),
    ('not_linked', ['state'], 'NOT linked'),
    ('unassigned', ['state'], 'assignee_id IS NULL AND assigned_group_id IS NULL'),
    ('assignee', ['assignee_id', 'state'], 'assignee_id IS NOT NULL'),
    ('assigned_group', ['assigned_group_id', 'state'], 'assigned_group_id IS NOT NULL'),
]


def upgrade():
    _make_anew('line_id')


def downgrade():
    _make_anew()


def _make_anew(*more):
    for name, columns, condition in FILTERS:
        where = sa.text(condition)
        op.drop_index(f'ix_conversations_{name}', 'conversations')
        op.create_index(
            f'ix_conversations_{name}', 'conversations', [*columns, 'last_at', 'id', *more],
            sqlite_where=where, postgresql_where=where,
        )
