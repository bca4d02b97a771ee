"""Found by indexes, however much there is: the line that a person sent from last, conversations of all states by date,
and the records of a group.

Each is built from one look at its table, a second or so for a million rows; what would write there waits meanwhile.

Revision ID: 0028
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

BY_A_PERSON = sa.text('user_id IS NOT NULL')
OF_A_GROUP = sa.text('group_id IS NOT NULL')


def upgrade():
    op.create_index(
        'ix_messages_user_id', 'messages', ['user_id', 'id'], sqlite_where=BY_A_PERSON, postgresql_where=BY_A_PERSON
    )
    op.create_index('ix_conversations_last_at_id', 'conversations', ['last_at', 'id'])
    op.create_index('ix_records_group_id', 'records', ['group_id'], sqlite_where=OF_A_GROUP, postgresql_where=OF_A_GROUP)


def downgrade():
    op.drop_index('ix_records_group_id', 'records')
    op.drop_index('ix_conversations_last_at_id', 'conversations')
    op.drop_index('ix_messages_user_id', 'messages')
