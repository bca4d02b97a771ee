"""Connections to providers, and the lines (numbers) that each of them owns."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Select, false, or_, select, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.users import User

LATELY = timedelta(seconds=5)
"""How far the moments of a line's last webhooks may lag behind: its row is not written for each of many texts."""


def new_line_token() -> str:
    """The secret part of a line's webhook address: 192 bits."""
    return secrets.token_urlsafe(24)


class Connection(Base):
    """A provider account. `credentials` is encrypted JSON (flexie.vault); `account` is the provider's id for it.

    Where the provider has a list of messages, `pull_at` is when it is next read, `pulled_until` the moment up to which
    it was, and `pull_problem` why the last look came to nothing.
    """

    __tablename__ = "connections"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    provider: Mapped[str]
    account: Mapped[str]
    name: Mapped[str] = mapped_column(unique=True)
    credentials: Mapped[str]
    base_url: Mapped[str | None]
    pull_at: Mapped[datetime | None] = mapped_column(index=True)
    pulled_until: Mapped[datetime | None]
    pull_problem: Mapped[str | None]
    created_at: Mapped[datetime]
    lines: Mapped[list["Line"]] = relationship(back_populates="connection", order_by="Line.id")


class Line(Base):
    """A connected number that the team texts with.

    `texts_per_second` is its pace in segments, if it is another than its provider's rule; `next_send_at` is when the
    next text may go by that pace. `last_inbound_at` and `last_receipt_at` tell when its webhooks last brought
    something, give or take LATELY; `posted_here_at` when its provider was last seen to post its texts here.
    """

    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    token: Mapped[str] = mapped_column(unique=True, default=new_line_token)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(index=True)
    open_to_all: Mapped[bool] = mapped_column(default=True)
    refused_count: Mapped[int] = mapped_column(default=0)
    refused_reason: Mapped[str | None]
    refused_at: Mapped[datetime | None]
    texts_per_second: Mapped[float | None]
    next_send_at: Mapped[datetime | None]
    automatic_hour: Mapped[datetime | None]
    automatic_count: Mapped[int] = mapped_column(default=0, server_default="0")
    last_inbound_at: Mapped[datetime | None]
    last_receipt_at: Mapped[datetime | None]
    posted_here_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    connection: Mapped[Connection] = relationship(back_populates="lines", lazy="joined")
    access: Mapped[list["LineAccess"]] = relationship(back_populates="line", cascade="all, delete-orphan")

    @classmethod
    def visible_to(cls, user: User) -> Select[Any]:
        """The lines this user may see and use: all for administrators, else by role, group or name."""
        return select(cls).where(cls.is_visible_to(user)).order_by(cls.id)

    @classmethod
    def is_visible_to(cls, user: User) -> Any:
        """The condition behind `visible_to`, for use inside other queries."""
        if user.is_admin:
            return true()
        groups = [group.id for group in user.groups]
        granted = select(LineAccess.line_id).where(
            or_(
                LineAccess.role == user.role,
                LineAccess.user_id == user.id,
                LineAccess.group_id.in_(groups) if groups else false(),
            )
        )
        return or_(cls.open_to_all, cls.id.in_(granted))


class LineAccess(Base):
    """One grant: a role, a group or a user may use the line. Exactly one of the three is set."""

    __tablename__ = "line_access"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id", ondelete="CASCADE"), index=True)
    role: Mapped[str | None]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    line: Mapped[Line] = relationship(back_populates="access")
