"""Files of records on their way in: what was uploaded, how far it got, and which rows are not good."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.users import User


class Import(Base):
    """One uploaded file. `state`: reading → mapping → working → done or stopped.

    `columns` holds for each column of the file the name of a field, or nothing. `match`: "" always makes new records,
    "number" or "email" changes those that have it already. `rows` counts what the file holds, `created`, `updated`
    and `failed` what became of them; what is left of the file is in its lumps.
    """

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_user_id_id", "user_id", "id"), Index("ix_imports_due_at", "due_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    kind: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    filename: Mapped[str]
    encoding: Mapped[str] = mapped_column(default="")
    delimiter: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="reading")
    headings: Mapped[list[str]]
    columns: Mapped[list[str]]
    match: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    starts_rules: Mapped[bool] = mapped_column(default=False)
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(foreign_keys=user_id)
    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)

    @property
    def looked_at(self) -> int:
        """How many rows are behind it, good and bad."""
        return self.created + self.updated + self.failed


class ImportLump(Base):
    """Some rows of a file that wait, as JSON: [[line, [cell, …]], …]. Deleted in the transaction that works it off."""

    __tablename__ = "import_lumps"
    __table_args__ = (Index("ix_import_lumps_import_id_id", "import_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    rows: Mapped[str] = mapped_column(Text)


class ImportFault(Base):
    """A row that was left out: the line where it begins, why, and its cells as JSON."""

    __tablename__ = "import_faults"
    __table_args__ = (Index("ix_import_faults_import_id_id", "import_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    line: Mapped[int]
    reason: Mapped[str]
    cells: Mapped[str] = mapped_column(Text)
