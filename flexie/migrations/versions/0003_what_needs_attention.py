"""Lists of what needs attention walk indexes of their own: runs that failed, notices that nobody has read.

Revision ID: 0003
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

INDEXES = [
    ('ix_runs_failed', 'runs', ['id'], "state = 'failed'"),
    ('ix_notices_unread_user_id', 'notices', ['user_id'], 'read_at IS NULL'),
    ('ix_notices_unread_group_id', 'notices', ['group_id'], 'read_at IS NULL'),
]


def upgrade():
    for name, table, columns, where in INDEXES:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade():
    for name, table, _, _ in reversed(INDEXES):
        op.drop_index(name, table)
