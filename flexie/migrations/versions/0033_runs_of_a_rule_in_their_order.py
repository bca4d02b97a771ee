"""The runs of one rule, in their order.

Revision ID: 0033
"""
from alembic import op

# revision identifiers, used by Alembic.
revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_runs_rule_id_id', 'runs', ['rule_id', 'id'])


def downgrade():
    op.drop_index('ix_runs_rule_id_id', 'runs')
