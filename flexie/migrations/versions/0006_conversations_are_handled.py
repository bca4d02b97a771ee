"""Conversations are assigned, closed and noted on, and each filter of the inbox walks an index of its own.

Revision ID: 0006
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OLD = [
    ('ix_conversations_last_at_id', ['last_at', 'id'], None),
    ('ix_conversations_line_last_at_id', ['line_id', 'last_at', 'id'], None),
    ('ix_conversations_not_linked', ['last_at', 'id'], 'NOT linked'),
    ('ix_conversations_assignee_id', ['assignee_id'], None),
    ('ix_conversations_assigned_group_id', ['assigned_group_id'], None),
]
NEW = [
    ('ix_conversations_state_last_at_id', ['state', 'last_at', 'id'], None),
    ('ix_conversations_state_line_last_at_id', ['state', 'line_id', 'last_at', 'id'], None),
    ('ix_conversations_not_linked', ['state', 'last_at', 'id'], 'NOT linked'),
    ('ix_conversations_unassigned', ['state', 'last_at', 'id'], 'assignee_id IS NULL AND assigned_group_id IS NULL'),
    ('ix_conversations_assignee', ['assignee_id', 'state', 'last_at', 'id'], 'assignee_id IS NOT NULL'),
    ('ix_conversations_assigned_group', ['assigned_group_id', 'state', 'last_at', 'id'], 'assigned_group_id IS NOT NULL'),
]


def upgrade():
    op.create_table(
        'notes',
        sa.Column('id', ID, primary_key=True),
        sa.Column('public_id', sa.String(), nullable=False),
        sa.Column('conversation_id', ID, nullable=False),
        sa.Column('user_id', ID, nullable=False),
        sa.Column('text', sa.String(), nullable=False),
        sa.Column('intent', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['conversation_id'], ['conversations.id'], name=op.f('fk_notes_conversation_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notes_user_id')),
        sa.UniqueConstraint('public_id', name=op.f('uq_notes_public_id')),
        sa.UniqueConstraint('intent', name=op.f('uq_notes_intent')),
    )
    op.create_index('ix_notes_conversation_id_id', 'notes', ['conversation_id', 'id'])
    change(OLD, NEW)


def downgrade():
    change(NEW, OLD)
    op.drop_table('notes')


def change(out, into):
    for name, _, _ in out:
        op.drop_index(name, 'conversations')
    for name, columns, condition in into:
        where = sa.text(condition) if condition else None
        op.create_index(name, 'conversations', columns, sqlite_where=where, postgresql_where=where)
