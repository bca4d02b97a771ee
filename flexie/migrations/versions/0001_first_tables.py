"""The first tables, and the one row of settings.

Revision ID: 0001
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


STANDARD_FIELDS = {
    "contact": [
        ("first_name", "text", None),
        ("last_name", "text", None),
        ("mobile", "phone", None),
        ("phone", "phone", None),
        ("email", "text", None),
        ("allow_sms", "yes/no", None),
        ("city", "text", None),
        ("postcode", "text", None),
        ("status", "text", None),
        ("birthday", "date", None),
    ],
    "lead": [
        ("first_name", "text", None),
        ("last_name", "text", None),
        ("mobile", "phone", None),
        ("allow_sms", "yes/no", None),
        ("status", "choice", ["New", "Contacted", "Hot", "Lost"]),
        ("source", "text", None),
        ("city", "text", None),
    ],
    "account": [
        ("name", "text", None),
        ("mobile", "phone", None),
    ],
    "deal": [
        ("name", "text", None),
        ("stage", "choice", ["New", "Proposal", "Won", "Lost"]),
        ("amount", "money", None),
        ("contacts", "list", None),
    ],
    "case": [
        ("name", "text", None),
        ("status", "choice", ["New", "Open", "Closed"]),
        ("priority", "choice", ["Low", "Normal", "High"]),
        ("mobile", "phone", None),
    ],
}
"""What every account's records have from the first day; administrators add their own."""


def upgrade():
    op.create_table('connections',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('credentials', sa.String(), nullable=False),
    sa.Column('base_url', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_connections')),
    sa.UniqueConstraint('name', name=op.f('uq_connections_name')),
    sa.UniqueConstraint('public_id', name=op.f('uq_connections_public_id'))
    )
    op.create_table('field_definitions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('choices', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('typical', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_field_definitions')),
    sa.UniqueConstraint('kind', 'name', name=op.f('uq_field_definitions_kind_name'))
    )
    op.create_table('groups',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_groups')),
    sa.UniqueConstraint('name', name=op.f('uq_groups_name'))
    )
    op.create_table('heartbeats',
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_heartbeats'))
    )
    op.create_table('opt_outs',
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_opt_outs'))
    )
    op.create_table('rule_files',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('is_draft', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_files')),
    sa.UniqueConstraint('name', name=op.f('uq_rule_files_name'))
    )
    op.create_table('settings',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('time_zone', sa.String(), nullable=False),
    sa.Column('prefix', sa.String(), nullable=True),
    sa.Column('stop_words', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('start_words', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('help_words', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('stop_answer', sa.String(), nullable=False),
    sa.Column('start_answer', sa.String(), nullable=False),
    sa.Column('help_answer', sa.String(), nullable=False),
    sa.Column('rules_revision', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settings'))
    )
    op.create_table('users',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email')),
    sa.UniqueConstraint('public_id', name=op.f('uq_users_public_id'))
    )
    op.create_table('api_tokens',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_api_tokens_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_tokens')),
    sa.UniqueConstraint('digest', name=op.f('uq_api_tokens_digest'))
    )
    with op.batch_alter_table('api_tokens', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_tokens_user_id'), ['user_id'], unique=False)

    op.create_table('lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('token', sa.String(), nullable=False),
    sa.Column('connection_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('open_to_all', sa.Boolean(), nullable=False),
    sa.Column('refused_count', sa.Integer(), nullable=False),
    sa.Column('refused_reason', sa.String(), nullable=True),
    sa.Column('refused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['connection_id'], ['connections.id'], name=op.f('fk_lines_connection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lines')),
    sa.UniqueConstraint('name', name=op.f('uq_lines_name')),
    sa.UniqueConstraint('public_id', name=op.f('uq_lines_public_id')),
    sa.UniqueConstraint('token', name=op.f('uq_lines_token'))
    )
    with op.batch_alter_table('lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lines_connection_id'), ['connection_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lines_number'), ['number'], unique=False)

    op.create_table('membership',
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name=op.f('fk_membership_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_membership_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'group_id', name=op.f('pk_membership'))
    )
    op.create_table('records',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('fields', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('reference', sa.String(), nullable=True),
    sa.Column('about_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['about_id'], ['records.id'], name=op.f('fk_records_about_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_records_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_records')),
    sa.UniqueConstraint('public_id', name=op.f('uq_records_public_id')),
    sa.UniqueConstraint('reference', name=op.f('uq_records_reference'))
    )
    with op.batch_alter_table('records', schema=None) as batch_op:
        batch_op.create_index('ix_records_about_id_id', ['about_id', 'id'], unique=False)
        batch_op.create_index('ix_records_kind_id', ['kind', 'id'], unique=False)

    op.create_table('rule_file_versions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('file_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('is_draft', sa.Boolean(), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_rule_file_versions_author_id')),
    sa.ForeignKeyConstraint(['file_id'], ['rule_files.id'], name=op.f('fk_rule_file_versions_file_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_file_versions')),
    sa.UniqueConstraint('file_id', 'number', name=op.f('uq_rule_file_versions_file_id_number'))
    )
    op.create_table('rules',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('file_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['rule_files.id'], name=op.f('fk_rules_file_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['version_id'], ['rule_versions.id'], name=op.f('fk_rules_version_id'), use_alter=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rules')),
    sa.UniqueConstraint('name', name=op.f('uq_rules_name'))
    )
    with op.batch_alter_table('rules', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rules_file_id'), ['file_id'], unique=False)

    op.create_table('sign_ins',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sign_ins_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_ins')),
    sa.UniqueConstraint('digest', name=op.f('uq_sign_ins_digest'))
    )
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_ins_user_id'), ['user_id'], unique=False)

    op.create_table('conversations',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_text', sa.String(), nullable=False),
    sa.Column('last_direction', sa.String(), nullable=False),
    sa.Column('unread', sa.Integer(), server_default='0', nullable=False),
    sa.Column('linked', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('state', sa.String(), server_default='open', nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('assignee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('assigned_group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['assigned_group_id'], ['groups.id'], name=op.f('fk_conversations_assigned_group_id')),
    sa.ForeignKeyConstraint(['assignee_id'], ['users.id'], name=op.f('fk_conversations_assignee_id')),
    sa.ForeignKeyConstraint(['line_id'], ['lines.id'], name=op.f('fk_conversations_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversations')),
    sa.UniqueConstraint('line_id', 'number', name=op.f('uq_conversations_line_id_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_conversations_public_id'))
    )
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conversations_assigned_group_id'), ['assigned_group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_conversations_assignee_id'), ['assignee_id'], unique=False)
        batch_op.create_index('ix_conversations_last_at_id', ['last_at', 'id'], unique=False)
        batch_op.create_index('ix_conversations_line_last_at_id', ['line_id', 'last_at', 'id'], unique=False)
        batch_op.create_index('ix_conversations_not_linked', ['last_at', 'id'], unique=False, sqlite_where=sa.text('NOT linked'), postgresql_where=sa.text('NOT linked'))
        batch_op.create_index('ix_conversations_number', ['number'], unique=False)
        batch_op.create_index('ix_conversations_unread', ['last_at', 'id'], unique=False, sqlite_where=sa.text('unread > 0'), postgresql_where=sa.text('unread > 0'))

    op.create_table('line_access',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.String(), nullable=True),
    sa.Column('group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name=op.f('fk_line_access_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['line_id'], ['lines.id'], name=op.f('fk_line_access_line_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_line_access_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_line_access'))
    )
    with op.batch_alter_table('line_access', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_line_access_line_id'), ['line_id'], unique=False)

    op.create_table('phone_keys',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('raw', sa.String(), nullable=False),
    sa.Column('e164', sa.String(), nullable=True),
    sa.Column('how', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_phone_keys_record_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_keys'))
    )
    with op.batch_alter_table('phone_keys', schema=None) as batch_op:
        batch_op.create_index('ix_phone_keys_e164_record_id', ['e164', 'record_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_phone_keys_record_id'), ['record_id'], unique=False)

    op.create_table('record_tags',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_record_tags_record_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('record_id', 'tag', name=op.f('pk_record_tags'))
    )
    with op.batch_alter_table('record_tags', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_record_tags_tag'), ['tag'], unique=False)

    op.create_table('rule_versions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('tree', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('settings', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_rule_versions_author_id')),
    sa.ForeignKeyConstraint(['rule_id'], ['rules.id'], name=op.f('fk_rule_versions_rule_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_versions')),
    sa.UniqueConstraint('rule_id', 'number', name=op.f('uq_rule_versions_rule_id_number'))
    )
    op.create_table('webhook_events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('provider_id', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('payload', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['line_id'], ['lines.id'], name=op.f('fk_webhook_events_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_events')),
    sa.UniqueConstraint('provider', 'account', 'kind', 'provider_id', 'status', name=op.f('uq_webhook_events_provider_account_kind_provider_id_status'))
    )
    with op.batch_alter_table('webhook_events', schema=None) as batch_op:
        batch_op.create_index('ix_webhook_events_waiting', ['due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'received'"), postgresql_where=sa.text("state = 'received'"))

    op.create_table('conversation_links',
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_conversation_links_conversation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_conversation_links_record_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_conversation_links_user_id')),
    sa.PrimaryKeyConstraint('conversation_id', 'record_id', name=op.f('pk_conversation_links'))
    )
    with op.batch_alter_table('conversation_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conversation_links_record_id'), ['record_id'], unique=False)

    op.create_table('runs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('rule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('depth', sa.Integer(), server_default='0', nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('position', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('visit', sa.Integer(), server_default='0', nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('follows', sa.String(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_runs_conversation_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_runs_message_id'), use_alter=True),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_runs_record_id')),
    sa.ForeignKeyConstraint(['rule_id'], ['rules.id'], name=op.f('fk_runs_rule_id')),
    sa.ForeignKeyConstraint(['version_id'], ['rule_versions.id'], name=op.f('fk_runs_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_runs')),
    sa.UniqueConstraint('public_id', name=op.f('uq_runs_public_id')),
    sa.UniqueConstraint('rule_id', 'cause', name=op.f('uq_runs_rule_id_cause'))
    )
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.create_index('ix_runs_due', ['due_at', 'id'], unique=False, sqlite_where=sa.text("state IN ('ready', 'waiting')"), postgresql_where=sa.text("state IN ('ready', 'waiting')"))
        batch_op.create_index('ix_runs_message_id', ['message_id'], unique=False)
        batch_op.create_index('ix_runs_record_id_id', ['record_id', 'id'], unique=False)
        batch_op.create_index('ix_runs_rule_record_id', ['rule_id', 'record_id', 'id'], unique=False)

    op.create_table('messages',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sa.String(), nullable=False),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('direction', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('sender_number', sa.String(), nullable=False),
    sa.Column('to_number', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('segments', sa.Integer(), nullable=False),
    sa.Column('media', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('provider_status', sa.String(), nullable=True),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('stage', sa.String(), nullable=True),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error_code', sa.String(), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.Column('intent', sa.String(), nullable=True),
    sa.Column('intent_digest', sa.String(), nullable=True),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('lease', sa.String(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['records.id'], name=op.f('fk_messages_case_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_messages_conversation_id')),
    sa.ForeignKeyConstraint(['event_id'], ['webhook_events.id'], name=op.f('fk_messages_event_id')),
    sa.ForeignKeyConstraint(['line_id'], ['lines.id'], name=op.f('fk_messages_line_id')),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_messages_run_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_messages_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('event_id', name=op.f('uq_messages_event_id')),
    sa.UniqueConstraint('intent', name=op.f('uq_messages_intent')),
    sa.UniqueConstraint('public_id', name=op.f('uq_messages_public_id'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index('ix_messages_case_id_id', ['case_id', 'id'], unique=False)
        batch_op.create_index('ix_messages_conversation_id_id', ['conversation_id', 'id'], unique=False)
        batch_op.create_index('ix_messages_due', ['due_at', 'id'], unique=False, sqlite_where=sa.text("status IN ('queued', 'scheduled')"), postgresql_where=sa.text("status IN ('queued', 'scheduled')"))
        batch_op.create_index('ix_messages_provider_id', ['provider_id'], unique=False)
        batch_op.create_index('ix_messages_sending', ['lease_until'], unique=False, sqlite_where=sa.text("status IN ('sending', 'unknown')"), postgresql_where=sa.text("status IN ('sending', 'unknown')"))
        batch_op.create_index('ix_messages_stage', ['id'], unique=False, sqlite_where=sa.text("stage IN ('stored', 'matched', 'stuck')"), postgresql_where=sa.text("stage IN ('stored', 'matched', 'stuck')"))
        batch_op.create_index('ix_messages_status_id', ['status', 'id'], unique=False)
        batch_op.create_index('ix_messages_to_number_id', ['to_number', 'id'], unique=False)

    op.create_table('run_log',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('position', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_run_log_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run_log'))
    )
    with op.batch_alter_table('run_log', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_run_log_run_id'), ['run_id'], unique=False)

    op.create_table('consent_changes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('change', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_consent_changes_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_changes'))
    )
    with op.batch_alter_table('consent_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_changes_number'), ['number'], unique=False)

    op.create_table('message_links',
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_message_links_message_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_message_links_record_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', 'record_id', name=op.f('pk_message_links'))
    )
    with op.batch_alter_table('message_links', schema=None) as batch_op:
        batch_op.create_index('ix_message_links_record_id_message_id', ['record_id', 'message_id'], unique=False)

    op.create_table('not_started',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_not_started_message_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_not_started_record_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['rule_id'], ['rules.id'], name=op.f('fk_not_started_rule_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_not_started')),
    sa.UniqueConstraint('rule_id', 'cause', name=op.f('uq_not_started_rule_id_cause'))
    )
    with op.batch_alter_table('not_started', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_not_started_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_not_started_record_id'), ['record_id'], unique=False)


    op.bulk_insert(
        sa.table(
            "settings",
            sa.column("id"), sa.column("name"), sa.column("time_zone"),
            sa.column("stop_words", sa.JSON), sa.column("start_words", sa.JSON), sa.column("help_words", sa.JSON),
            sa.column("stop_answer"), sa.column("start_answer"), sa.column("help_answer"),
        ),
        [
            {
                "id": 1,
                "name": "",
                "time_zone": "UTC",
                # The opt-out words of the CTIA Messaging Principles and of 47 CFR 64.1200(a)(10).
                "stop_words": ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT"],
                "start_words": ["START", "UNSTOP"],
                "help_words": ["HELP", "INFO"],
                "stop_answer": "You will get no more texts from us. Reply START to get them again.",
                "start_answer": "You will get our texts again. Reply STOP for no more texts.",
                "help_answer": "Reply STOP for no more texts. A person reads every other answer.",
            }
        ],
    )
    op.bulk_insert(
        sa.table(
            "field_definitions",
            sa.column("kind"), sa.column("name"), sa.column("label"), sa.column("type"), sa.column("choices", sa.JSON),
            sa.column("position"),
        ),
        [
            {
                "kind": kind, "name": name, "label": name.replace("_sms", " SMS").replace("_", " ").capitalize(),
                "type": kept, "choices": choices, "position": position,
            }
            for kind, fields in STANDARD_FIELDS.items()
            for position, (name, kept, choices) in enumerate(fields)
        ],
    )


def downgrade():
    with op.batch_alter_table('not_started', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_not_started_record_id'))
        batch_op.drop_index(batch_op.f('ix_not_started_message_id'))

    op.drop_table('not_started')
    with op.batch_alter_table('message_links', schema=None) as batch_op:
        batch_op.drop_index('ix_message_links_record_id_message_id')

    op.drop_table('message_links')
    with op.batch_alter_table('consent_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_changes_number'))

    op.drop_table('consent_changes')
    with op.batch_alter_table('run_log', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_run_log_run_id'))

    op.drop_table('run_log')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_to_number_id')
        batch_op.drop_index('ix_messages_status_id')
        batch_op.drop_index('ix_messages_stage', sqlite_where=sa.text("stage IN ('stored', 'matched', 'stuck')"), postgresql_where=sa.text("stage IN ('stored', 'matched', 'stuck')"))
        batch_op.drop_index('ix_messages_sending', sqlite_where=sa.text("status IN ('sending', 'unknown')"), postgresql_where=sa.text("status IN ('sending', 'unknown')"))
        batch_op.drop_index('ix_messages_provider_id')
        batch_op.drop_index('ix_messages_due', sqlite_where=sa.text("status IN ('queued', 'scheduled')"), postgresql_where=sa.text("status IN ('queued', 'scheduled')"))
        batch_op.drop_index('ix_messages_conversation_id_id')
        batch_op.drop_index('ix_messages_case_id_id')

    op.drop_table('messages')
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.drop_index('ix_runs_rule_record_id')
        batch_op.drop_index('ix_runs_record_id_id')
        batch_op.drop_index('ix_runs_message_id')
        batch_op.drop_index('ix_runs_due', sqlite_where=sa.text("state IN ('ready', 'waiting')"), postgresql_where=sa.text("state IN ('ready', 'waiting')"))

    op.drop_table('runs')
    with op.batch_alter_table('conversation_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_conversation_links_record_id'))

    op.drop_table('conversation_links')
    with op.batch_alter_table('webhook_events', schema=None) as batch_op:
        batch_op.drop_index('ix_webhook_events_waiting', sqlite_where=sa.text("state = 'received'"), postgresql_where=sa.text("state = 'received'"))

    op.drop_table('webhook_events')
    op.drop_table('rule_versions')
    with op.batch_alter_table('record_tags', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_record_tags_tag'))

    op.drop_table('record_tags')
    with op.batch_alter_table('phone_keys', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_phone_keys_record_id'))
        batch_op.drop_index('ix_phone_keys_e164_record_id')

    op.drop_table('phone_keys')
    with op.batch_alter_table('line_access', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_line_access_line_id'))

    op.drop_table('line_access')
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_index('ix_conversations_unread', sqlite_where=sa.text('unread > 0'), postgresql_where=sa.text('unread > 0'))
        batch_op.drop_index('ix_conversations_number')
        batch_op.drop_index('ix_conversations_not_linked', sqlite_where=sa.text('NOT linked'), postgresql_where=sa.text('NOT linked'))
        batch_op.drop_index('ix_conversations_line_last_at_id')
        batch_op.drop_index('ix_conversations_last_at_id')
        batch_op.drop_index(batch_op.f('ix_conversations_assignee_id'))
        batch_op.drop_index(batch_op.f('ix_conversations_assigned_group_id'))

    op.drop_table('conversations')
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_ins_user_id'))

    op.drop_table('sign_ins')
    with op.batch_alter_table('rules', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rules_file_id'))

    op.drop_table('rules')
    op.drop_table('rule_file_versions')
    with op.batch_alter_table('records', schema=None) as batch_op:
        batch_op.drop_index('ix_records_kind_id')
        batch_op.drop_index('ix_records_about_id_id')

    op.drop_table('records')
    op.drop_table('membership')
    with op.batch_alter_table('lines', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_lines_number'))
        batch_op.drop_index(batch_op.f('ix_lines_connection_id'))

    op.drop_table('lines')
    with op.batch_alter_table('api_tokens', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_tokens_user_id'))

    op.drop_table('api_tokens')
    op.drop_table('users')
    op.drop_table('settings')
    op.drop_table('rule_files')
    op.drop_table('opt_outs')
    op.drop_table('heartbeats')
    op.drop_table('groups')
    op.drop_table('field_definitions')
    op.drop_table('connections')
