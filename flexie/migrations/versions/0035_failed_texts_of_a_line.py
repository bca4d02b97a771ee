"""Failed texts of one line are found without a look at those of others.

Revision ID: 0035
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

IN_TROUBLE = sa.text("(status || '') IN ('failed', 'undelivered', 'suppressed', 'unknown', 'held')")


def upgrade():
    op.create_index(
        'ix_messages_line_trouble', 'messages', ['line_id', 'id'],
        sqlite_where=IN_TROUBLE, postgresql_where=IN_TROUBLE,
    )


def downgrade():
    op.drop_index('ix_messages_line_trouble', 'messages')
