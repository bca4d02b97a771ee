"""Each conversation knows its newest text of ours: those that failed are counted without a look at what came after them.

Revision ID: 0036
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
NEWEST = """
UPDATE conversations SET last_out_id = (
    SELECT max(id) FROM messages WHERE messages.conversation_id = conversations.id AND messages.direction = 'out'
)
"""


def upgrade():
    op.add_column('conversations', sa.Column('last_out_id', NUMBER, nullable=True))
    op.execute(NEWEST)


def downgrade():
    op.drop_column('conversations', 'last_out_id')
