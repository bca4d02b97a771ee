"""Texts that are kept to be sent again: the library of templates."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.users import User


class TextTemplate(Base):
    """A named text with `{{ fields }}`, in a folder ("" is none).

    `key` is folder and name without letter case, of which there is one each; `sought` is what it is found by. `used`
    counts the texts that people sent from it.
    """

    __tablename__ = "text_templates"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    key: Mapped[str] = mapped_column(unique=True)
    folder: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    text: Mapped[str]
    sought: Mapped[str]
    used: Mapped[int] = mapped_column(default=0, server_default="0")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    author: Mapped[User | None] = relationship()


class TemplateUse(Base):
    """A message that was written from a template; each counts once."""

    __tablename__ = "template_uses"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("text_templates.id", ondelete="CASCADE"), index=True)
