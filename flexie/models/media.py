"""Pictures and other files that came with texts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.messages import Message


class MediaFile(Base):
    """A file that came with a text. `position` is its place among them (from 0), `url` where the provider has it,
    `declared` the media type that it gives, which nothing but words for people goes by.

    `state`: "waiting" until it is fetched, then "kept", or "gone" with `error` saying why. While it waits, `due_at` is
    when it is fetched (again); `tries` counts how often that began. `content_type`, `ending` (of a file's name), `size`
    (bytes), `width` and `height` (pixels; only of pictures that browsers show) are read from its bytes.
    """

    __tablename__ = "media_files"
    __table_args__ = (
        UniqueConstraint("message_id", "position"),
        Index(
            "ix_media_files_due", "due_at", "id",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    position: Mapped[int]
    url: Mapped[str]
    declared: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None]
    content_type: Mapped[str | None]
    ending: Mapped[str | None]
    size: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    kept_at: Mapped[datetime | None]
    message: Mapped[Message] = relationship()

    @property
    def is_picture(self) -> bool:
        """Whether it is there and browsers show it."""
        return self.state == "kept" and self.width is not None


class MediaBytes(Base):
    """What a file holds, apart from it: lists need not read it."""

    __tablename__ = "media_bytes"

    media_id: Mapped[int] = mapped_column(ForeignKey("media_files.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
