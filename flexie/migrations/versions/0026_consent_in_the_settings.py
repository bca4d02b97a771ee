"""Quiet hours, caps and why texts are held back; the opt-out ledger tells how and by whom.

Revision ID: 0026
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

REFERENCES = (
    ('messages', 'anyway_by_id', 'users'), ('consent_changes', 'user_id', 'users'),
    ('opt_outs', 'change_id', 'consent_changes'),
)
SETTINGS = (
    ('quiet_from', sa.String(), None), ('quiet_until', sa.String(), None), ('quiet_answers', sa.Boolean(), sa.true()),
    ('most_to_number', sa.Integer(), '20'), ('most_of_rule', sa.Integer(), '5'), ('most_of_line', sa.Integer(), '3000'),
)
LINES = (('automatic_hour', sa.DateTime(timezone=True), None), ('automatic_count', sa.Integer(), '0'))


def upgrade():
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    for table, columns in (('settings', SETTINGS), ('lines', LINES)):
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, server_default=default, nullable=default is None))
    op.add_column('messages', sa.Column('stopped_by', sa.String(), nullable=True))
    number = 'INTEGER' if is_sqlite else 'BIGINT'
    for table, column, to in REFERENCES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {number} CONSTRAINT fk_{table}_{column} REFERENCES {to} (id)")
    op.execute(
        "UPDATE messages SET stopped_by = CASE WHEN error LIKE 'opted out: Allow%' THEN 'allow sms'"
        " WHEN error LIKE 'opted out%' THEN 'opt-out' WHEN error LIKE '%one rule%' THEN 'rule cap'"
        " WHEN error LIKE 'limit%' THEN 'number cap' WHEN error LIKE '%may not use%' OR error LIKE '%left' THEN 'access'"
        " ELSE 'same text' END WHERE status = 'suppressed'"
    )
    op.add_column('consent_changes', sa.Column('public_id', sa.String(), nullable=True))
    op.add_column('consent_changes', sa.Column('how', sa.String(), server_default='hand', nullable=False))
    random = "lower(hex(randomblob(16)))" if is_sqlite else "replace(gen_random_uuid()::text, '-', '')"
    op.execute(
        f"UPDATE consent_changes SET public_id = {random}, how = CASE WHEN reason LIKE 'the provider%' THEN 'provider'"
        " WHEN message_id IS NOT NULL THEN 'text' ELSE 'hand' END"
    )
    op.create_index('uq_consent_changes_public_id', 'consent_changes', ['public_id'], unique=True)
    op.drop_index('ix_consent_changes_number', 'consent_changes')
    op.create_index('ix_consent_changes_number_id', 'consent_changes', ['number', 'id'])
    op.execute(
        "UPDATE opt_outs SET change_id = (SELECT max(c.id) FROM consent_changes c WHERE c.number = opt_outs.number)"
    )
    op.create_index('ix_opt_outs_since_number', 'opt_outs', ['since', 'number'])
    if not is_sqlite:
        op.alter_column('consent_changes', 'public_id', existing_type=sa.String(), nullable=False)


def downgrade():
    op.drop_index('ix_opt_outs_since_number', 'opt_outs')
    op.drop_index('ix_consent_changes_number_id', 'consent_changes')
    op.create_index('ix_consent_changes_number', 'consent_changes', ['number'])
    op.drop_index('uq_consent_changes_public_id', 'consent_changes')
    gone = {
        'opt_outs': ('change_id',), 'consent_changes': ('user_id', 'how', 'public_id'),
        'messages': ('anyway_by_id', 'stopped_by'), 'lines': [each[0] for each in LINES],
        'settings': [each[0] for each in SETTINGS],
    }
    for table, names in gone.items():
        for name in names:
            op.drop_column(table, name)
