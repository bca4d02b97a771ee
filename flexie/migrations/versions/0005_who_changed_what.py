"""The audit log: who changed what, before and after.

Revision ID: 0005
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade():
    op.create_table(
        'audit_entries',
        sa.Column('id', ID, primary_key=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('subject_id', ID, nullable=False),
        sa.Column('did', sa.String(), nullable=False),
        sa.Column('changes', JSON, nullable=False),
        sa.Column('user_id', ID, nullable=True),
        sa.Column('run_id', ID, nullable=True),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_audit_entries_user_id')),
        sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_audit_entries_run_id')),
    )
    op.create_index('ix_audit_entries_at', 'audit_entries', ['at'])
    op.create_index('ix_audit_entries_subject', 'audit_entries', ['subject', 'subject_id', 'id'])


def downgrade():
    op.drop_table('audit_entries')
