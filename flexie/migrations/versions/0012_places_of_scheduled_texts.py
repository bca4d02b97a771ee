"""Texts that were written for later stand in a conversation where they go out.

Revision ID: 0012
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

LATER = sa.text('due_at > created_at')


def upgrade():
    op.create_index(
        'ix_messages_later', 'messages', ['conversation_id', 'due_at', 'id'],
        sqlite_where=LATER, postgresql_where=LATER,
    )


def downgrade():
    op.drop_index('ix_messages_later', 'messages')
