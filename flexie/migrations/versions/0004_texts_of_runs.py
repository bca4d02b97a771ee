"""The texts of a run are found by it: who may see a run is decided by the lines that it wrote through.

Revision ID: 0004
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

WHERE = sa.text('run_id IS NOT NULL')


def upgrade():
    op.create_index('ix_messages_run_id', 'messages', ['run_id'], sqlite_where=WHERE, postgresql_where=WHERE)


def downgrade():
    op.drop_index('ix_messages_run_id', 'messages')
