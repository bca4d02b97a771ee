"""Quotes and invoices of records, their PDFs, and the short links that open them.

Revision ID: 0011
"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        'documents',
        sa.Column('id', ID, primary_key=True),
        sa.Column('public_id', sa.String(), nullable=False),
        sa.Column('record_id', ID, nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('number', sa.String(), nullable=False),
        sa.Column('amount', sa.String(), nullable=False),
        sa.Column('currency', sa.String(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('due_on', sa.Date()),
        sa.Column('author_id', ID),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('updated_at', MOMENT, nullable=False),
        foreign('documents', 'record_id', 'records', 'CASCADE'),
        foreign('documents', 'author_id', 'users', None),
        sa.UniqueConstraint('public_id', name=op.f('uq_documents_public_id')),
        sa.UniqueConstraint('key', name=op.f('uq_documents_key')),
    )
    op.create_index(op.f('ix_documents_record_id'), 'documents', ['record_id'])
    op.create_table(
        'document_files',
        sa.Column('document_id', ID, primary_key=True),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('data', sa.LargeBinary(), nullable=False),
        sa.Column('uploaded_at', MOMENT, nullable=False),
        foreign('document_files', 'document_id', 'documents', 'CASCADE'),
    )
    op.create_table(
        'short_links',
        sa.Column('id', ID, primary_key=True),
        sa.Column('public_id', sa.String(), nullable=False),
        sa.Column('digest', sa.String(), nullable=False),
        sa.Column('document_id', ID, nullable=False),
        sa.Column('user_id', ID),
        sa.Column('message_id', ID),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('revoked_at', MOMENT),
        sa.Column('opens', sa.Integer(), server_default='0', nullable=False),
        sa.Column('opened_at', MOMENT),
        foreign('short_links', 'document_id', 'documents', 'CASCADE'),
        foreign('short_links', 'user_id', 'users', None),
        foreign('short_links', 'message_id', 'messages', 'SET NULL'),
        sa.UniqueConstraint('public_id', name=op.f('uq_short_links_public_id')),
        sa.UniqueConstraint('digest', name=op.f('uq_short_links_digest')),
    )
    op.create_index(op.f('ix_short_links_document_id'), 'short_links', ['document_id'])
    op.create_index(op.f('ix_short_links_message_id'), 'short_links', ['message_id'])


def foreign(table, column, other, ondelete):
    return sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}'), ondelete=ondelete)


def downgrade():
    op.drop_table('short_links')
    op.drop_table('document_files')
    op.drop_table('documents')
