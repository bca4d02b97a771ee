"""Quotes and invoices of records, their PDFs, and the short links by which customers open them."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.messages import Message
from flexie.models.records import Record
from flexie.models.users import User

DocumentKind = Literal["quote", "invoice"]
STATES: dict[str, tuple[str, ...]] = {
    "quote": ("open", "accepted", "declined"),
    "invoice": ("open", "paid", "cancelled"),
}
"""What a document of a kind can be; the first is what it begins with."""


class Document(Base):
    """A quote or an invoice of a record. `amount` is decimal text, `currency` three letters of ISO 4217.

    `key` is its kind and number without letter case, of which there is one each.
    """

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    number: Mapped[str]
    amount: Mapped[str]
    currency: Mapped[str]
    state: Mapped[str]
    due_on: Mapped[date | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    record: Mapped[Record] = relationship()

    @property
    def title(self) -> str:
        """What it is called: Invoice INV-1."""
        return f"{self.kind.capitalize()} {self.number}"


class DocumentFile(Base):
    """The PDF of a document, apart from it: lists need not read it. `size` in bytes."""

    __tablename__ = "document_files"

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_at: Mapped[datetime]


class ShortLink(Base):
    """An address that opens a document without signing in, until it expires or is revoked.

    Only the digest of its token is kept. `message_id` is the text that brought it; `opens` counts people's looks.
    """

    __tablename__ = "short_links"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    digest: Mapped[str]
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    opens: Mapped[int] = mapped_column(default=0, server_default="0")
    opened_at: Mapped[datetime | None]
    document: Mapped[Document] = relationship()
    user: Mapped[User | None] = relationship()
    message: Mapped[Message | None] = relationship()
