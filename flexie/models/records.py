"""Records of the five kinds, their custom fields, and the table that finds them by phone number."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.users import Group, User

Kind = Literal["contact", "lead", "account", "deal", "case"]
KINDS: tuple[Kind, ...] = ("contact", "lead", "account", "deal", "case")

FieldType = Literal["text", "number", "money", "yes/no", "choice", "date", "datetime", "phone", "list"]
FIELD_TYPES: tuple[FieldType, ...] = (
    "text", "number", "money", "yes/no", "choice", "date", "datetime", "phone", "list",
)  # fmt: skip


class FieldDefinition(Base):
    """One field that records of a kind have. `typical` is its usual length in characters, for cost warnings.

    A retired field is on no page and in no form; its values are kept, and rules that name it go on.
    """

    __tablename__ = "field_definitions"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    label: Mapped[str]
    type: Mapped[str]
    choices: Mapped[list[str] | None]
    typical: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    is_retired: Mapped[bool] = mapped_column(default=False, server_default=false())


NAME_TO_SORT_BY = text("substr(lower(title), 1, 60)")
"""An index of PostgreSQL holds no long texts."""


class Record(Base):
    """A contact, lead, account, deal or case. `fields` holds JSON values as flexie.fields writes them.

    `reference` is a case's eight characters in `[FX-AB12CD34]`; `about_id` is the record that a case is about;
    `owner` looks after it, or everybody in `group`. `last_text_at`: when it last got or was sent a text.
    """

    __tablename__ = "records"
    __table_args__ = (
        Index("ix_records_kind_id", "kind", "id"),
        Index("ix_records_about_id_id", "about_id", "id"),
        Index("ix_records_kind_name", "kind", NAME_TO_SORT_BY, "id"),
        Index("ix_records_kind_last_text_at", "kind", "last_text_at", "id"),
        Index("ix_records_owner_id", "owner_id", "kind", "id"),
        Index(
            "ix_records_group_id",
            "group_id",
            sqlite_where=text("group_id IS NOT NULL"),
            postgresql_where=text("group_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    fields: Mapped[dict[str, Any]]
    reference: Mapped[str | None] = mapped_column(unique=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    last_text_at: Mapped[datetime | None]
    owner: Mapped[User | None] = relationship()
    group: Mapped[Group | None] = relationship()
    phone_keys: Mapped[list["PhoneKey"]] = relationship(back_populates="record", cascade="all, delete-orphan")
    tags: Mapped[list["RecordTag"]] = relationship(cascade="all, delete-orphan")

    @property
    def is_open_case(self) -> bool:
        """A case takes texts in until its status is Closed."""
        return self.kind == "case" and self.fields.get("status") != "Closed"


class PhoneKey(Base):
    """A number by which a record is found: what was typed (`raw`) and its E.164 form, or why it has none."""

    __tablename__ = "phone_keys"
    __table_args__ = (
        Index("ix_phone_keys_e164_record_id", "e164", "record_id"),
        Index("ix_phone_keys_e164_begins", "e164", postgresql_ops={"e164": "text_pattern_ops"})
        .ddl_if(dialect="postgresql"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id", ondelete="CASCADE"), index=True)
    field: Mapped[str]
    raw: Mapped[str]
    e164: Mapped[str | None]
    how: Mapped[str]
    record: Mapped[Record] = relationship(back_populates="phone_keys")


class RecordTag(Base):
    """A word that a person or a rule put on a record."""

    __tablename__ = "record_tags"
    __table_args__ = (Index("ix_record_tags_tag_record_id", "tag", "record_id"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
