"""A library of texts that are kept to be sent again.

Revision ID: 0008
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.create_table(
        'text_templates',
        sa.Column('id', ID, primary_key=True),
        sa.Column('public_id', sa.String(), nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('folder', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('text', sa.String(), nullable=False),
        sa.Column('sought', sa.String(), nullable=False),
        sa.Column('used', sa.Integer(), server_default='0', nullable=False),
        sa.Column('author_id', ID),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_text_templates_author_id')),
        sa.UniqueConstraint('public_id', name=op.f('uq_text_templates_public_id')),
        sa.UniqueConstraint('key', name=op.f('uq_text_templates_key')),
    )
    op.create_table(
        'template_uses',
        sa.Column('message_id', ID, primary_key=True),
        sa.Column('template_id', ID, nullable=False),
        sa.ForeignKeyConstraint(
            ['message_id'], ['messages.id'], name=op.f('fk_template_uses_message_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['template_id'], ['text_templates.id'], name=op.f('fk_template_uses_template_id'), ondelete='CASCADE'
        ),
    )
    op.create_index(op.f('ix_template_uses_template_id'), 'template_uses', ['template_id'])


def downgrade():
    op.drop_table('template_uses')
    op.drop_table('text_templates')
