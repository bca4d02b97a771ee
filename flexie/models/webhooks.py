"""What providers posted, exactly once each, and the nonces under which nothing but one content may come."""

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
