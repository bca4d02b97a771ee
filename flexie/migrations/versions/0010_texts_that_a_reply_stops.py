"""Scheduled texts that are not to go once the other side has written; those that wait are found by conversation.

Revision ID: 0010
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

WAITING = sa.text("status IN ('queued', 'scheduled')")


def upgrade():
    op.add_column('messages', sa.Column('unless_reply', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        'ix_messages_waiting', 'messages', ['conversation_id', 'due_at', 'id'],
        sqlite_where=WAITING, postgresql_where=WAITING,
    )


def downgrade():
    op.drop_index('ix_messages_waiting', 'messages')
    op.drop_column('messages', 'unless_reply')
