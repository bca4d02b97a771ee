"""What the system tells people within the application, and addresses outside that rules may call."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.records import Record
from flexie.models.rules import Run
from flexie.models.users import Group, User


class Notice(Base):
    """A notice for one person or for everybody in a group; whoever reads it first has read it for all."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_user_id_id", "user_id", "id"),
        Index("ix_notices_group_id_id", "group_id", "id"),
        Index(
            "ix_notices_unread_user_id", "user_id",
            sqlite_where=text("read_at IS NULL"), postgresql_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_notices_unread_group_id", "group_id",
            sqlite_where=text("read_at IS NULL"), postgresql_where=text("read_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    text: Mapped[str]
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id", ondelete="SET NULL"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    user: Mapped[User | None] = relationship()
    group: Mapped[Group | None] = relationship()
    record: Mapped[Record | None] = relationship()
    run: Mapped[Run | None] = relationship()


class WebhookAddress(Base):
    """An address that an administrator registered for `call webhook`; `secret` (sealed) signs what is posted."""

    __tablename__ = "webhook_addresses"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    secret: Mapped[str]
    created_at: Mapped[datetime]


class WebhookCall(Base):
    """One call of a webhook by a run: posted at least once, with `public_id` as its idempotency key.

    `state` is waiting, done or failed.
    """

    __tablename__ = "webhook_calls"
    __table_args__ = (
        Index(
            "ix_webhook_calls_due", "due_at", "id",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    address_id: Mapped[int] = mapped_column(ForeignKey("webhook_addresses.id", ondelete="CASCADE"))
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    due_at: Mapped[datetime | None]
    error: Mapped[str | None]
    address: Mapped[WebhookAddress] = relationship()
