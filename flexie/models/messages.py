"""Conversations, the messages in them, and the links from both to records."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.lines import Line
from flexie.models.records import Record
from flexie.models.users import Group, User

if TYPE_CHECKING:
    from flexie.models.consent import OptOut
    from flexie.models.rules import Run

UNFINISHED = ("stored", "matched", "stuck")
"""Stages of an inbound text that is not worked through; the partial index on them is spelled like this."""


HELD_UP = timedelta(seconds=5)  # a text that waits for longer than this is no longer one that goes at once
IN_TROUBLE = "(status || '') IN ('failed', 'undelivered', 'suppressed', 'unknown', 'held')"
"""Those of flexie.statuses.TROUBLE; so that SQLite does not take the index by status for it, and sort what it finds."""

PUT_OFF = "(status || '') IN ('queued', 'scheduled') AND stopped_by IS NOT NULL"
"""An expression, so that SQLite does not take the index of all that wait for the few that were put off."""

LONGEST_PREVIEW = 160  # characters of a text that a list shows

UNREAD = "unread > 0"
NOT_LINKED = "NOT linked"
UNASSIGNED = "assignee_id IS NULL AND assigned_group_id IS NULL"
"""Conditions of partial indexes; a query that is to walk one spells its condition like this."""


class Conversation(Base):
    """A line and a remote number. Kept ready to be listed: changed in the transaction of each of its messages.

    `texts` counts those that came in since it was opened or re-opened (and one of ours that opened it). `state` is
    "open" or "closed"; a text that comes in opens it again. One that is open may be assigned to a person or to a group.
    `last_out_id` is the row id of the newest text of ours in it, whatever became of that one, or None.
    `status_of_ours` is known in the lists of flexie.inbox: the status of its latest message, where that went out.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("line_id", "number"),
        Index("ix_conversations_state_last_at_id", "state", "last_at", "id"),
        Index("ix_conversations_last_at_id", "last_at", "id"),
        Index("ix_conversations_state_line_last_at_id", "state", "line_id", "last_at", "id"),
        *(
            Index(f"ix_conversations_{name}", *columns, "last_at", "id", "line_id",  # those of a line are counted in it
                  sqlite_where=text(condition), postgresql_where=text(condition))
            for name, condition, *columns in (
                ("unread", UNREAD), ("not_linked", NOT_LINKED, "state"), ("unassigned", UNASSIGNED, "state"),
                ("assignee", "assignee_id IS NOT NULL", "assignee_id", "state"),
                ("assigned_group", "assigned_group_id IS NOT NULL", "assigned_group_id", "state"),
            )
        ),
        Index("ix_conversations_number", "number"),
        Index("ix_conversations_number_begins", "number", postgresql_ops={"number": "text_pattern_ops"})
        .ddl_if(dialect="postgresql"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    number: Mapped[str]
    last_at: Mapped[datetime]
    last_text: Mapped[str] = mapped_column(default="")
    last_direction: Mapped[str] = mapped_column(default="in")
    unread: Mapped[int] = mapped_column(default=0, server_default="0")
    linked: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    opened_at: Mapped[datetime]
    texts: Mapped[int] = mapped_column(default=1, server_default="1")
    last_out_id: Mapped[int | None] = mapped_column(BigId)  # no foreign key: messages hold one on this table
    status_of_ours: Mapped[str | None] = query_expression()
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    assigned_group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    line: Mapped[Line] = relationship()
    assignee: Mapped[User | None] = relationship()
    assigned_group: Mapped[Group | None] = relationship()
    opt_out: Mapped["OptOut | None"] = relationship(
        viewonly=True, primaryjoin="foreign(Conversation.number) == OptOut.number"
    )

    def show_ours(self, words: str, at: datetime) -> None:
        """List a text of ours as its latest one."""
        self.last_at, self.last_text, self.last_direction = at, words[:LONGEST_PREVIEW], "out"


class ConversationLink(Base):
    """A record that a person linked to a conversation: every later message of it is linked too."""

    __tablename__ = "conversation_links"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id", ondelete="CASCADE"), primary_key=True, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class Message(Base):
    """One text, in or out.

    Inbound: `status` is "received", `stage` goes stored → triggered (the work that inbound has to do), `event_id`
    is the webhook event that brought it, and `opens` says that it opened (or re-opened) its conversation. `reaction` is
    what a phone's reaction says: an emoji, after a hyphen when it is taken back; empty when none can be told. Outbound:
    `status` is a state of flexie.statuses; `intent` is what makes it happen at most once; `body` of the send is
    `text`, rendered once and never again; `due_at` is when it may go, `unless_reply` that it is not to go once the
    other side has written; `attempted_at` is when it was last handed to the provider. `stopped_by` is a
    kind of flexie.consent.stops if the gate put it off or suppressed it; `anyway` a person who let it go past that.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_conversation_id_id", "conversation_id", "id"),
        Index(
            "ix_messages_stage", "id",
            sqlite_where=text("stage IN ('stored', 'matched', 'stuck')"),
            postgresql_where=text("stage IN ('stored', 'matched', 'stuck')"),
        ),
        Index(
            "ix_messages_due", "due_at", "id",
            sqlite_where=text("status IN ('queued', 'scheduled')"),
            postgresql_where=text("status IN ('queued', 'scheduled')"),
        ),
        Index(
            "ix_messages_line_waiting", "line_id", "due_at", "id",
            sqlite_where=text("status IN ('queued', 'scheduled')"),
            postgresql_where=text("status IN ('queued', 'scheduled')"),
        ),
        Index(
            "ix_messages_line_out", "line_id", "id",
            sqlite_where=text("direction = 'out'"), postgresql_where=text("direction = 'out'"),
        ),
        Index(
            "ix_messages_put_off", "due_at", "id",
            sqlite_where=text(PUT_OFF), postgresql_where=text(PUT_OFF),
        ),
        Index(
            "ix_messages_sending", "lease_until",
            sqlite_where=text("status IN ('sending', 'unknown')"),
            postgresql_where=text("status IN ('sending', 'unknown')"),
        ),
        Index("ix_messages_provider_id", "provider_id"),
        Index(
            "ix_messages_run_id", "run_id",
            sqlite_where=text("run_id IS NOT NULL"), postgresql_where=text("run_id IS NOT NULL"),
        ),
        Index(
            "ix_messages_user_id", "user_id", "id",
            sqlite_where=text("user_id IS NOT NULL"), postgresql_where=text("user_id IS NOT NULL"),
        ),
        Index("ix_messages_case_id_id", "case_id", "id"),
        Index("ix_messages_to_number_id", "to_number", "id"),
        Index("ix_messages_status_id", "status", "id"),
        *(
            Index(name, *columns, sqlite_where=text(IN_TROUBLE), postgresql_where=text(IN_TROUBLE))
            for name, *columns in (("ix_messages_trouble", "id"), ("ix_messages_line_trouble", "line_id", "id"))
        ),
        Index(
            "ix_messages_later", "conversation_id", "due_at", "id",
            sqlite_where=text("due_at > created_at"), postgresql_where=text("due_at > created_at"),
        ),
        Index(
            "ix_messages_waiting", "conversation_id", "due_at", "id",
            sqlite_where=text("status IN ('queued', 'scheduled')"),
            postgresql_where=text("status IN ('queued', 'scheduled')"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    direction: Mapped[str]
    text: Mapped[str]
    sender_number: Mapped[str]
    to_number: Mapped[str]
    status: Mapped[str]
    segments: Mapped[int]
    media: Mapped[list[Any] | None]
    provider_id: Mapped[str | None]
    provider_status: Mapped[str | None]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("webhook_events.id"), unique=True)
    stage: Mapped[str | None]
    opens: Mapped[bool] = mapped_column(default=False, server_default=false())
    reaction: Mapped[str | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    unless_reply: Mapped[bool] = mapped_column(default=False, server_default=false())
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    intent: Mapped[str | None] = mapped_column(unique=True)
    intent_digest: Mapped[str | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    attempted_at: Mapped[datetime | None]
    stopped_by: Mapped[str | None]
    anyway_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lease: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    conversation: Mapped[Conversation] = relationship()
    line: Mapped[Line] = relationship()
    case: Mapped[Record | None] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    anyway: Mapped[User | None] = relationship(foreign_keys=[anyway_by_id])
    run: Mapped["Run | None"] = relationship(foreign_keys=[run_id], viewonly=True)
    records: Mapped[list[Record]] = relationship(secondary="message_links", viewonly=True, order_by=Record.id)

    @property
    def is_waiting(self) -> bool:
        """Whether it was not handed to a provider yet, so that it can still be changed or cancelled."""
        return self.status in ("scheduled", "queued")

    @hybrid_property
    def was_for_later(self) -> bool:
        """Whether it was to go out later than it was written; spelled like the partial index on them."""
        return self.due_at is not None and self.due_at > self.created_at

    @was_for_later.inplace.expression
    @classmethod
    def _was_for_later(cls) -> ColumnElement[bool]:
        return cls.due_at > cls.created_at

    @property
    def is_for_later(self) -> bool:
        """Whether its place among other texts is where it goes out, and not where it was written."""
        return self.was_for_later and self.status != "cancelled"

    def can_be_changed(self, now: datetime) -> bool:
        """Whether there is time to change it: it is to go later, a first attempt came to nothing, or its turn does not
        come: lines send at a pace of their own.
        """
        is_held_up = self.due_at is not None and now - self.due_at > HELD_UP
        return self.status == "scheduled" or (self.status == "queued" and (self.attempts > 0 or is_held_up))


class MessageLink(Base):
    """A message stands on a record's timeline."""

    __tablename__ = "message_links"
    __table_args__ = (Index("ix_message_links_record_id_message_id", "record_id", "message_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id", ondelete="CASCADE"), primary_key=True)


class PlacedReaction(Base):
    """A reaction (`message_id`) stands on the message that it quotes (`on_id`)."""

    __tablename__ = "placed_reactions"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    on_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    message: Mapped[Message] = relationship(foreign_keys=[message_id])
    on: Mapped[Message] = relationship(foreign_keys=[on_id])
