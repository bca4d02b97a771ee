"""Providers' lists of messages are read for what webhooks failed to tell.

Revision ID: 0017
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('connections', sa.Column('pull_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('connections', sa.Column('pulled_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('connections', sa.Column('pull_problem', sa.String(), nullable=True))
    op.create_index('ix_connections_pull_at', 'connections', ['pull_at'])
    op.execute("UPDATE connections SET pull_at = CURRENT_TIMESTAMP WHERE provider = 'twilio'")


def downgrade():
    op.drop_index('ix_connections_pull_at', 'connections')
    for column in ('pull_problem', 'pulled_until', 'pull_at'):
        op.drop_column('connections', column)
