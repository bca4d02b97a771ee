"""Failed runs of one rule, and what somebody did to one sort of thing, are found without a look at all others.

Revision ID: 0032
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

FAILED = sa.text("state = 'failed'")


def upgrade():
    op.create_index(
        'ix_runs_failed_rule_id', 'runs', ['rule_id', 'id'], sqlite_where=FAILED, postgresql_where=FAILED
    )
    op.create_index(
        'ix_audit_entries_user_id_subject_at_id', 'audit_entries', ['user_id', 'subject', 'at', 'id']
    )


def downgrade():
    op.drop_index('ix_audit_entries_user_id_subject_at_id', 'audit_entries')
    op.drop_index('ix_runs_failed_rule_id', 'runs')
