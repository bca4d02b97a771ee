"""API tokens have scopes and tell when they were last used; those that there are keep doing what they did.

Revision ID: 0022
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
ALL = '["messages:read", "messages:send", "records:read", "records:write", "rules:read", "rules:write", "rules:start"]'


def upgrade():
    op.add_column('api_tokens', sa.Column('public_id', sa.String(), nullable=True))
    op.add_column('api_tokens', sa.Column('scopes', JSON, server_default=ALL, nullable=False))
    op.add_column('api_tokens', sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True))
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    random = "lower(hex(randomblob(16)))" if is_sqlite else "replace(gen_random_uuid()::text, '-', '')"
    op.execute(f"UPDATE api_tokens SET public_id = {random}")
    op.create_index('uq_api_tokens_public_id', 'api_tokens', ['public_id'], unique=True)
    if not is_sqlite:
        op.alter_column('api_tokens', 'public_id', existing_type=sa.String(), nullable=False)


def downgrade():
    op.drop_index('uq_api_tokens_public_id', 'api_tokens')
    for name in ('last_used_at', 'scopes', 'public_id'):
        op.drop_column('api_tokens', name)
