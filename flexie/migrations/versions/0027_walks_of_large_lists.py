"""Lists of what failed and of what waits walk indexes of their own, however much lies behind.

Each is built from one look at its table, a second or so for a million rows; what would write there waits meanwhile.

Revision ID: 0027
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

IN_TROUBLE = sa.text("(status || '') IN ('failed', 'undelivered', 'suppressed', 'unknown', 'held')")
LIVE = sa.text("state IN ('ready', 'waiting')")


def upgrade():
    op.create_index(
        'ix_messages_trouble', 'messages', ['id'], sqlite_where=IN_TROUBLE, postgresql_where=IN_TROUBLE
    )
    op.create_index('ix_runs_live', 'runs', ['id'], sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index('ix_runs_live_rule_id', 'runs', ['rule_id', 'id'], sqlite_where=LIVE, postgresql_where=LIVE)


def downgrade():
    op.drop_index('ix_runs_live_rule_id', 'runs')
    op.drop_index('ix_runs_live', 'runs')
    op.drop_index('ix_messages_trouble', 'messages')
