"""Lines have a pace and tell when their webhooks last came; the texts of each line can be found.

Revision ID: 0013
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

WAITING = sa.text("status IN ('queued', 'scheduled')")
OUT = sa.text("direction = 'out'")


def upgrade():
    op.add_column('lines', sa.Column('texts_per_second', sa.Float(), nullable=True))
    for moment in ('next_send_at', 'last_inbound_at', 'last_receipt_at'):
        op.add_column('lines', sa.Column(moment, sa.DateTime(timezone=True), nullable=True))
    op.add_column('messages', sa.Column('attempted_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        'ix_messages_line_waiting', 'messages', ['line_id', 'due_at', 'id'],
        sqlite_where=WAITING, postgresql_where=WAITING,
    )
    op.create_index('ix_messages_line_out', 'messages', ['line_id', 'id'], sqlite_where=OUT, postgresql_where=OUT)


def downgrade():
    op.drop_index('ix_messages_line_out', 'messages')
    op.drop_index('ix_messages_line_waiting', 'messages')
    op.drop_column('messages', 'attempted_at')
    for moment in ('last_receipt_at', 'last_inbound_at', 'next_send_at', 'texts_per_second'):
        op.drop_column('lines', moment)
