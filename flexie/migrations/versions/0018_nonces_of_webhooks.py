"""Nonces of webhooks whose content is not signed.

Revision ID: 0018
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'webhook_nonces',
        sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('nonce', sa.String(), nullable=False),
        sa.Column('content', sa.String(), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['line_id'], ['lines.id'], name=op.f('fk_webhook_nonces_line_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('line_id', 'nonce', name=op.f('pk_webhook_nonces')),
    )


def downgrade():
    op.drop_table('webhook_nonces')
