"""The audit log can be looked through: what things were called, and indexes by time, kind and person.

Revision ID: 0014
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('audit_entries', sa.Column('name', sa.String(), nullable=True))
    op.drop_index('ix_audit_entries_at', 'audit_entries')
    op.create_index('ix_audit_entries_at_id', 'audit_entries', ['at', 'id'])
    op.create_index('ix_audit_entries_subject_at_id', 'audit_entries', ['subject', 'at', 'id'])
    op.create_index('ix_audit_entries_user_id_at_id', 'audit_entries', ['user_id', 'at', 'id'])


def downgrade():
    for columns in ('user_id_at_id', 'subject_at_id', 'at_id'):
        op.drop_index(f'ix_audit_entries_{columns}', 'audit_entries')
    op.create_index('ix_audit_entries_at', 'audit_entries', ['at'])
    op.drop_column('audit_entries', 'name')
