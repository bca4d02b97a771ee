"""Rule files and their versions, rules and their versions, runs and what they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.messages import Conversation, Message
from flexie.models.records import Record
from flexie.models.users import User

LIVE = ("ready", "waiting")


class RuleFile(Base):
    """A file of rules as people edit it. `text` is the latest saved text; it may be a draft with mistakes."""

    __tablename__ = "rule_files"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    is_draft: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    versions: Mapped[list["RuleFileVersion"]] = relationship(order_by="RuleFileVersion.number.desc()")
    rules: Mapped[list["Rule"]] = relationship(back_populates="file", order_by="Rule.id")


class RuleFileVersion(Base):
    """Every save of a rule file: its text, by whom, when, and whether it came into force."""

    __tablename__ = "rule_file_versions"
    __table_args__ = (UniqueConstraint("file_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("rule_files.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str]
    is_draft: Mapped[bool]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    author: Mapped[User | None] = relationship()


class Rule(Base):
    """A rule by name; the name is its identity. In force while `is_on` and its file still holds it.

    A rule that clocks start is to be looked at by `look_at`; its moments up to `looked_until` have been dealt with.
    `paused_at`: it started so often that it was stopped until a person lets it go on.
    """

    __tablename__ = "rules"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("rule_files.id", ondelete="SET NULL"), index=True)
    is_on: Mapped[bool]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("rule_versions.id", use_alter=True))
    look_at: Mapped[datetime | None] = mapped_column(index=True)
    looked_until: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    file: Mapped[RuleFile | None] = relationship(back_populates="rules")
    version: Mapped["RuleVersion | None"] = relationship(foreign_keys=[version_id], post_update=True)


class RuleVersion(Base):
    """A rule's tree at one save, never changed afterwards. `tree` and `settings` are JSON of rules.syntax.

    `bindings` are the lines, people and groups that its names meant then: {"line": {name: id}, …}; so that calling
    them something else hurts no rule.
    """

    __tablename__ = "rule_versions"
    __table_args__ = (UniqueConstraint("rule_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id", ondelete="CASCADE"))
    number: Mapped[int]
    source: Mapped[str]
    tree: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]]
    bindings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    digest: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    rule: Mapped[Rule] = relationship(foreign_keys=[rule_id])
    author: Mapped[User | None] = relationship()


class Run(Base):
    """One rule, one record, one event. It keeps the version it began with.

    `position` is the path of step numbers of the step to carry out next, `visit` counts effects performed (so that a
    step reached twice is two intents), `data` is `__data`, `due_at` is when it is to be looked at next.

    A run that asked something: `question` is the position of its `wait for reply`, `asks_id` the conversation in which
    it listens since `asked_at` (none: nobody can answer), `asking_id` the text that asked, `reply_id` the one that
    answered, `asks_until` when it stops waiting. `answer_id` is the last answer that it went on with, `case_id` the
    case that it created.
    """

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("rule_id", "cause"),
        Index(
            "ix_runs_due", "due_at", "id",
            sqlite_where=text("state IN ('ready', 'waiting')"),
            postgresql_where=text("state IN ('ready', 'waiting')"),
        ),
        Index(
            "ix_runs_asks", "asks_id",
            sqlite_where=text("asks_id IS NOT NULL AND reply_id IS NULL AND state IN ('ready', 'waiting')"),
            postgresql_where=text("asks_id IS NOT NULL AND reply_id IS NULL AND state IN ('ready', 'waiting')"),
        ),
        *(
            Index(f"ix_runs_failed{name}", *columns,
                  sqlite_where=text("state = 'failed'"), postgresql_where=text("state = 'failed'"))
            for name, *columns in (("", "id"), ("_rule_id", "rule_id", "id"))
        ),
        Index(
            "ix_runs_ready", "id",
            sqlite_where=text("state = 'ready'"), postgresql_where=text("state = 'ready'"),
        ),
        *(
            Index(f"ix_runs_live{name}", *columns,
                  sqlite_where=text("state IN ('ready', 'waiting')"),
                  postgresql_where=text("state IN ('ready', 'waiting')"))
            for name, *columns in (("", "id"), ("_rule_id", "rule_id", "id"))
        ),
        Index("ix_runs_rule_record_id", "rule_id", "record_id", "id"),
        Index("ix_runs_rule_id_id", "rule_id", "id"),
        Index("ix_runs_rule_id_started_at", "rule_id", "started_at"),
        Index("ix_runs_record_id_id", "record_id", "id"),
        Index("ix_runs_message_id", "message_id"),
        Index(
            "ix_runs_of_unknown_senders", "conversation_id", "id",
            sqlite_where=text("record_id IS NULL AND state IN ('ready', 'waiting')"),
            postgresql_where=text("record_id IS NULL AND state IN ('ready', 'waiting')"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_versions.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", use_alter=True))
    cause: Mapped[str]
    depth: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[str]
    position: Mapped[list[Any]]
    visit: Mapped[int] = mapped_column(default=0, server_default="0")
    data: Mapped[dict[str, Any]]
    follows: Mapped[str | None]
    question: Mapped[list[Any] | None]
    asks_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    asked_at: Mapped[datetime | None]
    asking_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", use_alter=True), index=True)
    asks_until: Mapped[datetime | None]
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", use_alter=True))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", use_alter=True))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"))
    due_at: Mapped[datetime | None]
    error: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    rule: Mapped[Rule] = relationship()
    version: Mapped[RuleVersion] = relationship()
    record: Mapped[Record | None] = relationship(foreign_keys=[record_id])
    case: Mapped[Record | None] = relationship(foreign_keys=[case_id])
    conversation: Mapped[Conversation | None] = relationship(foreign_keys=[conversation_id])
    message: Mapped[Message | None] = relationship(foreign_keys=[message_id])
    asking: Mapped[Message | None] = relationship(foreign_keys=[asking_id])
    reply: Mapped[Message | None] = relationship(foreign_keys=[reply_id])
    log: Mapped[list["RunLog"]] = relationship(order_by="RunLog.id")


class RunLog(Base):
    """One line of a run's log: what it did or decided, in words. `step` names the kind of step."""

    __tablename__ = "run_log"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    step: Mapped[str]
    position: Mapped[list[Any]]
    words: Mapped[str]


class NotStarted(Base):
    """A rule whose trigger and text fitted an event, and why it did not start all the same."""

    __tablename__ = "not_started"
    __table_args__ = (UniqueConstraint("rule_id", "cause"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id", ondelete="CASCADE"), index=True)
    cause: Mapped[str]
    words: Mapped[str]
    at: Mapped[datetime]
