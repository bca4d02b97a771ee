"""Pictures and other files that came with texts are fetched and kept.

Revision ID: 0015
"""
import json
import secrets

from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        'media_files',
        sa.Column('id', ID, primary_key=True),
        sa.Column('public_id', sa.String(), nullable=False),
        sa.Column('message_id', ID, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('url', sa.String(), nullable=False),
        sa.Column('declared', sa.String()),
        sa.Column('state', sa.String(), server_default='waiting', nullable=False),
        sa.Column('due_at', MOMENT),
        sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
        sa.Column('error', sa.String()),
        sa.Column('content_type', sa.String()),
        sa.Column('ending', sa.String()),
        sa.Column('size', sa.Integer()),
        sa.Column('width', sa.Integer()),
        sa.Column('height', sa.Integer()),
        sa.Column('kept_at', MOMENT),
        foreign('media_files', 'message_id', 'messages'),
        sa.UniqueConstraint('public_id', name=op.f('uq_media_files_public_id')),
        sa.UniqueConstraint('message_id', 'position', name=op.f('uq_media_files_message_id_position')),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        'ix_media_files_due', 'media_files', ['due_at', 'id'], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        'media_bytes',
        sa.Column('media_id', ID, primary_key=True),
        sa.Column('data', sa.LargeBinary(), nullable=False),
        foreign('media_bytes', 'media_id', 'media_files'),
    )
    fetch_what_came_before()


def fetch_what_came_before():
    """Texts that are there already kept the addresses of their files only: those are fetched, too."""
    files = sa.table('media_files', *(sa.column(name) for name in ('public_id', 'message_id', 'position', 'url', 'declared')),
                     sa.column('due_at', MOMENT))
    connection = op.get_bind()
    found = connection.execute(sa.text(
        "SELECT id, CAST(media AS TEXT), created_at FROM messages WHERE direction = 'in' AND media IS NOT NULL"
    ).columns(sa.column('id'), sa.column('media'), sa.column('created_at', MOMENT))).all()
    for message_id, media, created_at in found:
        for position, item in enumerate(json.loads(media) or ()):
            values = {'public_id': secrets.token_hex(16), 'message_id': message_id, 'position': position,
                      'url': item['url'], 'declared': item.get('content_type'), 'due_at': created_at}
            connection.execute(files.insert().values(values))


def foreign(table, column, other):
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}'), ondelete='CASCADE')


def downgrade():
    op.drop_table('media_bytes')
    op.drop_table('media_files')
