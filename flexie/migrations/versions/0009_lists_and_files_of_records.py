"""Files of records that are imported; lists of records by name and by last text; fields that are retired.

Revision ID: 0009
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
MOMENT = sa.DateTime(timezone=True)
NAME = 'substr(lower(title), 1, 60)'


def upgrade():
    imports()
    op.add_column('field_definitions', sa.Column('is_retired', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('records', sa.Column('last_text_at', MOMENT))
    op.execute(
        'UPDATE records SET last_text_at = (SELECT max(messages.created_at) FROM message_links'
        ' JOIN messages ON messages.id = message_links.message_id WHERE message_links.record_id = records.id)'
    )
    op.create_index('ix_records_kind_name', 'records', ['kind', sa.text(NAME), 'id'])
    op.create_index('ix_records_kind_last_text_at', 'records', ['kind', 'last_text_at', 'id'])
    op.create_index('ix_records_owner_id', 'records', ['owner_id', 'kind', 'id'])
    op.create_index('ix_records_email', 'records', ['kind', sa.text(f'({email()})')])
    op.drop_index('ix_record_tags_tag', 'record_tags')
    op.create_index('ix_record_tags_tag_record_id', 'record_tags', ['tag', 'record_id'])


def email():
    """As flexie.importing.matching asks for it."""
    if op.get_bind().dialect.name == 'postgresql':
        return """substr(lower((fields ->> 'email') COLLATE "C"), 1, 120)"""
    return "substr(lower(json_extract(fields, '$.email')), 1, 120)"


def imports():
    op.create_table(
        'imports',
        sa.Column('id', ID, primary_key=True),
        sa.Column('public_id', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('filename', sa.String(), nullable=False),
        sa.Column('encoding', sa.String(), nullable=False),
        sa.Column('delimiter', sa.String(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('headings', JSON, nullable=False),
        sa.Column('columns', JSON, nullable=False),
        sa.Column('match', sa.String(), nullable=False),
        sa.Column('owner_id', ID),
        sa.Column('starts_rules', sa.Boolean(), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('created', sa.Integer(), nullable=False),
        sa.Column('updated', sa.Integer(), nullable=False),
        sa.Column('failed', sa.Integer(), nullable=False),
        sa.Column('due_at', MOMENT),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('begun_at', MOMENT),
        sa.Column('ended_at', MOMENT),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_imports_user_id')),
        sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_imports_owner_id')),
        sa.UniqueConstraint('public_id', name=op.f('uq_imports_public_id')),
    )
    op.create_index('ix_imports_user_id_id', 'imports', ['user_id', 'id'])
    op.create_index('ix_imports_due_at', 'imports', ['due_at'])
    for name, *columns in (
        ('import_lumps', sa.Column('rows', sa.Text(), nullable=False)),
        (
            'import_faults',
            sa.Column('line', sa.Integer(), nullable=False),
            sa.Column('reason', sa.String(), nullable=False),
            sa.Column('cells', sa.Text(), nullable=False),
        ),
    ):
        op.create_table(
            name,
            sa.Column('id', ID, primary_key=True),
            sa.Column('import_id', ID, nullable=False),
            *columns,
            sa.ForeignKeyConstraint(
                ['import_id'], ['imports.id'], name=op.f(f'fk_{name}_import_id'), ondelete='CASCADE'
            ),
        )
        op.create_index(f'ix_{name}_import_id_id', name, ['import_id', 'id'])


def downgrade():
    op.drop_index('ix_record_tags_tag_record_id', 'record_tags')
    op.create_index('ix_record_tags_tag', 'record_tags', ['tag'])
    for name in ('ix_records_kind_name', 'ix_records_kind_last_text_at', 'ix_records_owner_id', 'ix_records_email'):
        op.drop_index(name, 'records')
    op.drop_column('records', 'last_text_at')
    op.drop_column('field_definitions', 'is_retired')
    for name in ('import_faults', 'import_lumps', 'imports'):
        op.drop_table(name)
