"""The index of texts that were put off is spelled so that SQLite takes no other for them.

Revision ID: 0031
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

BEFORE = sa.text("status IN ('queued', 'scheduled') AND stopped_by IS NOT NULL")
PUT_OFF = sa.text("(status || '') IN ('queued', 'scheduled') AND stopped_by IS NOT NULL")


def upgrade():
    _exchange(PUT_OFF)


def downgrade():
    _exchange(BEFORE)


def _exchange(which):
    op.drop_index('ix_messages_put_off', 'messages')
    op.create_index('ix_messages_put_off', 'messages', ['due_at', 'id'], sqlite_where=which, postgresql_where=which)
