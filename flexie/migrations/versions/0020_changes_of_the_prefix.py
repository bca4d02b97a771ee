"""Changes of the prefix: what they would come to, and how far they are.

Revision ID: 0020
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.create_table(
        'prefix_changes',
        sa.Column('id', BIG, nullable=False),
        sa.Column('public_id', sa.String(), nullable=False),
        sa.Column('before', sa.String(), nullable=True),
        sa.Column('after', sa.String(), nullable=True),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('position', BIG, nullable=False),
        sa.Column('last', BIG, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (
            'total', 'looked_at', 'changed', 'unreadable', 'doubled')),
        sa.Column('examples', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('user_id', BIG, nullable=True),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name='fk_prefix_changes_user_id'),
        sa.PrimaryKeyConstraint('id', name='pk_prefix_changes'),
        sa.UniqueConstraint('public_id', name='uq_prefix_changes_public_id'),
    )
    op.create_index('ix_prefix_changes_due_at', 'prefix_changes', ['due_at'])


def downgrade():
    op.drop_table('prefix_changes')
