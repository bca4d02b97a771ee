"""Reactions stand on the texts that they are about, and start no rules.

Revision ID: 0021
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.add_column('messages', sa.Column('reaction', sa.String(), nullable=True))
    op.create_table(
        'placed_reactions',
        sa.Column('message_id', ID, primary_key=True),
        sa.Column('on_id', ID, nullable=False),
        foreign('message_id'),
        foreign('on_id'),
    )
    op.create_index(op.f('ix_placed_reactions_on_id'), 'placed_reactions', ['on_id'])


def foreign(column):
    name = op.f(f'fk_placed_reactions_{column}')
    return sa.ForeignKeyConstraint([column], ['messages.id'], name=name, ondelete='CASCADE')


def downgrade():
    op.drop_table('placed_reactions')
    op.drop_column('messages', 'reaction')
