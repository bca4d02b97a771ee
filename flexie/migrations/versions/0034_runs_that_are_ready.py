"""Runs that are to go on now are found without a look at all that wait.

Revision ID: 0034
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

READY = sa.text("state = 'ready'")


def upgrade():
    op.create_index('ix_runs_ready', 'runs', ['id'], sqlite_where=READY, postgresql_where=READY)


def downgrade():
    op.drop_index('ix_runs_ready', 'runs')
