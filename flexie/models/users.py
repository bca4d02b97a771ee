"""People: users with a role, the groups they are in, their sign-ins, and their API tokens."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id

Role = Literal["admin", "rule writer", "agent"]
ROLES: tuple[Role, ...] = ("admin", "rule writer", "agent")

membership = Table(
    "membership",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
)


class User(Base):
    """A person who may sign in. `password_hash` is argon2id, "" for somebody who has no password yet; a person who
    left is not active. `last_seen_at` lags behind by up to flexie.seen.LATELY.

    `time_zone` (an IANA name) and `locale` (a code of flexie.web.locales) are how this person wants to read times and
    numbers; None: as the browser says.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    time_zone: Mapped[str | None]
    locale: Mapped[str | None]
    groups: Mapped[list["Group"]] = relationship(secondary=membership, back_populates="users")

    @property
    def names(self) -> tuple[str, ...]:
        """What this person is called, and signs in as: no passwords."""
        return self.name, self.email, self.email.partition("@")[0]

    @property
    def is_admin(self) -> bool:
        """Administrators use every line and change every setting."""
        return self.role == "admin"

    @property
    def writes_rules(self) -> bool:
        """Whether this person may save rules."""
        return self.role in ("admin", "rule writer")


class Group(Base):
    """A named set of users: a team, a desk, a shift. `business_hours` as in Settings; None: the account's."""

    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(unique=True)
    business_hours: Mapped[dict[str, Any] | None]
    users: Mapped[list[User]] = relationship(secondary=membership, back_populates="groups")


class SignIn(Base):
    """One browser that is signed in. Only the digest of its token is kept; deleting the row signs it out.

    `browser` is what it calls itself, in words; `time_zone` the zone that it told (an IANA name), if it did.
    """

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(default="", server_default="")
    time_zone: Mapped[str | None]
    user: Mapped[User] = relationship()


class PasswordLink(Base):
    """A link by which a person sets a password, once and before `expires_at`. Only its token's digest is kept."""

    __tablename__ = "password_links"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    user: Mapped[User] = relationship()


class ApiToken(Base):
    """A bearer token: acts as its user, within `scopes` (of flexie.tokens). Only the digest is kept.

    `last_used_at` lags behind by up to flexie.seen.LATELY.
    """

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    digest: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    scopes: Mapped[list[str]]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()
