"""Long texts that come in parts.

Revision ID: 0024
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        'text_parts',
        sa.Column('id', ID, primary_key=True),
        sa.Column('line_id', ID, nullable=False),
        sa.Column('provider', sa.String(), nullable=False),
        sa.Column('account', sa.String(), nullable=False),
        sa.Column('provider_id', sa.String(), nullable=False),
        sa.Column('sender', sa.String(), nullable=False),
        sa.Column('to_number', sa.String(), nullable=False),
        sa.Column('reference', sa.String(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('text', sa.String(), nullable=False),
        sa.Column('kept_at', MOMENT, nullable=False),
        sa.Column('due_at', MOMENT),
        sa.ForeignKeyConstraint(['line_id'], ['lines.id'], name=op.f('fk_text_parts_line_id'), ondelete='CASCADE'),
        sa.UniqueConstraint('provider', 'account', 'provider_id', name=op.f('uq_text_parts_provider')),
    )
    waiting = sa.text('due_at IS NOT NULL')
    op.create_index(
        'ix_text_parts_due_at_id', 'text_parts', ['due_at', 'id'], sqlite_where=waiting, postgresql_where=waiting
    )


def downgrade():
    op.drop_table('text_parts')
