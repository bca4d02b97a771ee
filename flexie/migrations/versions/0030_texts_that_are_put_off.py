"""Texts that were put off are found without a look at all that wait.

Revision ID: 0030
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

PUT_OFF = sa.text("status IN ('queued', 'scheduled') AND stopped_by IS NOT NULL")


def upgrade():
    op.create_index(
        'ix_messages_put_off', 'messages', ['due_at', 'id'], sqlite_where=PUT_OFF, postgresql_where=PUT_OFF
    )


def downgrade():
    op.drop_index('ix_messages_put_off', 'messages')
