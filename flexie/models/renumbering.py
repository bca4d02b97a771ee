"""Changes of the account's prefix: every stored number is read anew."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.users import User


class PrefixChange(Base):
    """One change of Append Country Prefix. `state`: counting → counted → changing → done, or dropped.

    Counting only looks at what would come of it; changing reads every number of a record anew. Both go through the
    table of numbers by `position`, the last row that is behind them, up to `last`; `looked_at` of `total` are done.
    `changed`, `unreadable` (no number can be read with the new prefix) and `doubled` (of those: more than one number
    in a field) count, `examples` are a few of them: [as typed, before, after or why not].
    """

    __tablename__ = "prefix_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    before: Mapped[str | None]
    after: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="counting")
    position: Mapped[int] = mapped_column(BigId, default=0)
    last: Mapped[int] = mapped_column(BigId, default=0)
    total: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)
    doubled: Mapped[int] = mapped_column(default=0)
    examples: Mapped[list[Any]]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user: Mapped[User | None] = relationship()

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has still to do with it."""
        return self.state in ("counting", "changing")
