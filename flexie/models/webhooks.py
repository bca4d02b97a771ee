"""What providers posted, exactly once each: events, parts of long texts, and nonces that one content may use."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from flexie.db import Base, BigId


class WebhookEvent(Base):
    """One event of a provider: an inbound text, or a receipt. `state` is received, applied or refused.

    The unique key makes a webhook delivered again change nothing. A receipt waits as "received" until receipts
    apply it; `tries` counts how often it found no message yet, since a receipt may come before the send's own answer.
    """

    __tablename__ = "webhook_events"
    __table_args__ = (
        UniqueConstraint("provider", "account", "kind", "provider_id", "status"),
        Index(
            "ix_webhook_events_waiting", "due_at", "id",
            sqlite_where=text("state = 'received'"), postgresql_where=text("state = 'received'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider: Mapped[str]
    account: Mapped[str]
    kind: Mapped[str]
    provider_id: Mapped[str]
    status: Mapped[str] = mapped_column(default="")
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    state: Mapped[str]
    reason: Mapped[str | None]
    payload: Mapped[dict[str, Any] | None]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")


class WebhookNonce(Base):
    """A nonce that was seen on a line with a webhook whose content is not signed, and the hash of that content."""

    __tablename__ = "webhook_nonces"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id", ondelete="CASCADE"), primary_key=True)
    nonce: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    seen_at: Mapped[datetime]


class TextPart(Base):
    """A part of a long text. It waits for the others until `due_at`, which is None once it stands in a message.

    The unique key makes a part that is brought again change nothing, also after the text was shown.
    """

    __tablename__ = "text_parts"
    __table_args__ = (
        UniqueConstraint("provider", "account", "provider_id"),
        Index(
            "ix_text_parts_due_at_id", "due_at", "id",
            sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id", ondelete="CASCADE"))
    provider: Mapped[str]
    account: Mapped[str]
    provider_id: Mapped[str]
    sender: Mapped[str]
    to_number: Mapped[str]
    reference: Mapped[str]
    number: Mapped[int]
    total: Mapped[int]
    text: Mapped[str]
    kept_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
