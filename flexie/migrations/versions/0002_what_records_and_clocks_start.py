"""What records and clocks start: happenings, moments, schedules, questions, notices, calls.

Revision ID: 0002

Columns are added by plain ALTER TABLE, never by making a table anew: on SQLite that would delete rows of other tables.
"""
import json
from datetime import UTC, datetime

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
REFERENCES = [
    ('records', 'group_id', 'groups (id) ON DELETE SET NULL'),
    ('runs', 'asks_id', 'conversations (id)'),
    ('runs', 'asking_id', 'messages (id)'),
    ('runs', 'reply_id', 'messages (id)'),
    ('runs', 'answer_id', 'messages (id)'),
    ('runs', 'case_id', 'records (id)'),
]
COLUMNS = [
    ('conversations', sa.Column('texts', sa.Integer(), server_default='1', nullable=False)),
    ('groups', sa.Column('business_hours', JSON, nullable=True)),
    ('messages', sa.Column('opens', sa.Boolean(), server_default=sa.text('false'), nullable=False)),
    ('rule_versions', sa.Column('bindings', JSON, server_default='{}', nullable=False)),
    ('rules', sa.Column('look_at', sa.DateTime(timezone=True), nullable=True)),
    ('rules', sa.Column('looked_until', sa.DateTime(timezone=True), nullable=True)),
    ('rules', sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True)),
    ('runs', sa.Column('question', JSON, nullable=True)),
    ('runs', sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True)),
    ('runs', sa.Column('asks_until', sa.DateTime(timezone=True), nullable=True)),
    ('settings', sa.Column('business_hours', JSON, nullable=True)),
    ('settings', sa.Column('starts_per_hour', sa.Integer(), server_default='3000', nullable=False)),
    ('settings', sa.Column('starts_before_pause', sa.Integer(), server_default='500', nullable=False)),
]
ASKS = "asks_id IS NOT NULL AND reply_id IS NULL AND state IN ('ready', 'waiting')"


def upgrade():
    op.create_table('webhook_addresses',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('secret', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_addresses')),
    sa.UniqueConstraint('name', name=op.f('uq_webhook_addresses_name'))
    )
    op.create_table('happenings',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('caused_by', sa.Integer(), nullable=True),
    sa.Column('depth', sa.Integer(), server_default='0', nullable=False),
    sa.Column('data', JSON, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_happenings_record_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['rule_id'], ['rules.id'], name=op.f('fk_happenings_rule_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_happenings')),
    sa.UniqueConstraint('public_id', name=op.f('uq_happenings_public_id'))
    )
    op.create_index('ix_happenings_due_at_id', 'happenings', ['due_at', 'id'])
    op.create_index('ix_happenings_record_id', 'happenings', ['record_id'])

    op.create_table('record_moments',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_record_moments_record_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('record_id', 'field', name=op.f('pk_record_moments'))
    )
    op.create_index('ix_record_moments_kind_field_at', 'record_moments', ['kind', 'field', 'at', 'record_id'])

    op.create_table('schedule_passes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('moment', sa.DateTime(timezone=True), nullable=False),
    sa.Column('after_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), server_default='0', nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['rule_id'], ['rules.id'], name=op.f('fk_schedule_passes_rule_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedule_passes'))
    )
    op.create_index('ix_schedule_passes_due_at', 'schedule_passes', ['due_at', 'id'])

    op.create_table('notices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name=op.f('fk_notices_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_notices_record_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_notices_run_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notices_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('public_id', name=op.f('uq_notices_public_id'))
    )
    op.create_index('ix_notices_group_id_id', 'notices', ['group_id', 'id'])
    op.create_index('ix_notices_user_id_id', 'notices', ['user_id', 'id'])

    op.create_table('webhook_calls',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('address_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('body', JSON, nullable=False),
    sa.Column('state', sa.String(), server_default='waiting', nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['webhook_addresses.id'], name=op.f('fk_webhook_calls_address_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_webhook_calls_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_calls')),
    sa.UniqueConstraint('public_id', name=op.f('uq_webhook_calls_public_id'))
    )
    op.create_index('ix_webhook_calls_due', 'webhook_calls', ['due_at', 'id'], sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_webhook_calls_run_id', 'webhook_calls', ['run_id'])

    for table, column in COLUMNS:
        op.add_column(table, column)
    number = 'BIGINT' if op.get_bind().dialect.name == 'postgresql' else 'INTEGER'
    for table, name, target in REFERENCES:
        op.execute(f'ALTER TABLE {table} ADD COLUMN {name} {number} CONSTRAINT fk_{table}_{name} REFERENCES {target}')
    op.create_index('ix_rules_look_at', 'rules', ['look_at'])
    op.create_index('ix_runs_asking_id', 'runs', ['asking_id'])
    op.create_index('ix_runs_rule_id_started_at', 'runs', ['rule_id', 'started_at'])
    op.create_index('ix_runs_asks', 'runs', ['asks_id'], sqlite_where=sa.text(ASKS), postgresql_where=sa.text(ASKS))
    _find_moments()


def _find_moments():
    """The dates that records hold already, so that rules can be started by them."""
    connection = op.get_bind()
    moments = sa.table(
        'record_moments',
        sa.column('record_id'),
        sa.column('field'),
        sa.column('kind'),
        sa.column('at', sa.DateTime(timezone=True)),
        sa.column('set_at', sa.DateTime(timezone=True)),
    )
    now = datetime.now(UTC)
    definitions = connection.execute(
        sa.text("SELECT kind, name, type FROM field_definitions WHERE type IN ('date', 'datetime')")
    ).all()
    for kind in sorted({row.kind for row in definitions}):
        names = [row.name for row in definitions if row.kind == kind]
        records = connection.execute(sa.text('SELECT id, fields FROM records WHERE kind = :kind'), {'kind': kind})
        for part in records.partitions(1000):
            rows = []
            for record_id, fields in part:
                values = json.loads(fields) if isinstance(fields, str) else fields
                for name in names:
                    if values.get(name):
                        moment = datetime.fromisoformat(values[name])
                        at = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
                        rows.append({'record_id': record_id, 'field': name, 'kind': kind, 'at': at, 'set_at': now})
            if rows:
                connection.execute(moments.insert(), rows)


def downgrade():
    op.drop_index('ix_runs_asks', 'runs')
    op.drop_index('ix_runs_rule_id_started_at', 'runs')
    op.drop_index('ix_runs_asking_id', 'runs')
    op.drop_index('ix_rules_look_at', 'rules')
    for table, name, _ in reversed(REFERENCES):
        op.execute(f'ALTER TABLE {table} DROP COLUMN {name}')
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
    for table in ('webhook_calls', 'notices', 'schedule_passes', 'record_moments', 'happenings', 'webhook_addresses'):
        op.drop_table(table)
