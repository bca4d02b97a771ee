"""A line remembers when its provider was last seen to post its texts here.

Revision ID: 0029
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('lines', sa.Column('posted_here_at', sa.DateTime(), nullable=True))


def downgrade():
    op.drop_column('lines', 'posted_here_at')
