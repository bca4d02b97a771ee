"""People set their passwords by links, and are seen; groups can be named in addresses.

Revision ID: 0016
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.add_column('users', sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        'password_links',
        sa.Column('id', ID, nullable=False),
        sa.Column('digest', sa.String(), nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_password_links_user_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_password_links')),
        sa.UniqueConstraint('digest', name=op.f('uq_password_links_digest')),
        sa.UniqueConstraint('user_id', name=op.f('uq_password_links_user_id')),
    )
    op.add_column('groups', sa.Column('public_id', sa.String(), nullable=True))
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    random = "lower(hex(randomblob(16)))" if is_sqlite else "replace(gen_random_uuid()::text, '-', '')"
    op.execute(f"UPDATE groups SET public_id = {random}")
    op.create_index('uq_groups_public_id', 'groups', ['public_id'], unique=True)
    if not is_sqlite:  # there the table would have to be made anew, and memberships with it
        op.alter_column('groups', 'public_id', existing_type=sa.String(), nullable=False)


def downgrade():
    op.drop_index('uq_groups_public_id', 'groups')
    op.drop_column('groups', 'public_id')
    op.drop_table('password_links')
    op.drop_column('users', 'last_seen_at')
