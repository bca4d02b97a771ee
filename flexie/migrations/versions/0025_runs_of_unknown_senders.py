"""Runs of unknown senders that are not over are found by their conversation.

Revision ID: 0025
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

LIVE = sa.text("record_id IS NULL AND state IN ('ready', 'waiting')")


def upgrade():
    op.create_index(
        'ix_runs_of_unknown_senders', 'runs', ['conversation_id', 'id'], sqlite_where=LIVE, postgresql_where=LIVE
    )


def downgrade():
    op.drop_index('ix_runs_of_unknown_senders', 'runs')
