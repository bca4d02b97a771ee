"""What addresses name: a few rows of each sort, found in an account by what they are."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select

from benchmarks.plenty.account import ADMIN, AGENT, LINES
from benchmarks.plenty.work import TOKEN
from flexie.db import db
from flexie.models import (
    Connection,
    Conversation,
    Document,
    DocumentFile,
    FieldDefinition,
    Group,
    Import,
    Line,
    MediaFile,
    Message,
    MessageLink,
    Notice,
    NotStarted,
    PhoneKey,
    Record,
    Rule,
    RuleFile,
    Run,
    TextTemplate,
    User,
)

FEW = 5  # rows of a sort, asked for in turn
EPOCH = datetime.fromtimestamp(0, UTC)
Values = Sequence[str]
Samples = dict[str, Values]


def found() -> Samples:
    """Of each sort: the values that addresses take. All conversations are on the line that everybody sees."""
    samples: Samples = {"line": _few(select(Line.public_id).where(Line.name == LINES[0]))}
    for name, query in {**_records(), **_others()}.items():
        samples[name] = _few(query)
    for name, people in {"admin": ADMIN, "agent": AGENT}.items():
        user = select(User.id).where(User.email == people).scalar_subquery()
        samples[f"notice of {name}"] = _few(select(Notice.public_id).where(Notice.user_id == user))
    samples["token"] = [f"{TOKEN}{row_id}" for row_id in range(1, FEW + 1)]
    return samples | _talks() | _texts() | _middles()


def _few(query: Select[Any]) -> Values:
    return [str(value) for value in db.session.scalars(query.limit(FEW))]


def _records() -> dict[str, Select[Any]]:
    newest = select(Record.public_id).order_by(Record.id.desc())
    texted = newest.where(Record.kind == "contact", Record.last_text_at.is_not(None))
    numbers = select(PhoneKey.e164).where(PhoneKey.record_id == Record.id)
    shared = select(PhoneKey.record_id).where(PhoneKey.e164.in_(numbers), PhoneKey.record_id != Record.id).exists()
    kinds = {kind: newest.where(Record.kind == kind) for kind in ("lead", "account", "deal", "case")}
    return {
        "record": texted.where(Record.id % 50 != 1),
        "record that shares": texted.where(Record.id % 50 == 1, shared),
        "record without texts": newest.where(Record.kind == "contact", Record.last_text_at.is_(None)),
        **kinds,
    }


def _others() -> dict[str, Select[Any]]:
    of_file = select(DocumentFile.document_id)
    runs = select(Run.public_id).order_by(Run.id.desc())
    refused = select(NotStarted.message_id).where(NotStarted.message_id.is_not(None))
    return {
        "run that waits": runs.where(Run.state == "waiting"),
        "run that failed": runs.where(Run.state == "failed"),
        "run that is done": runs.where(Run.state == "done"),
        "document": select(Document.public_id).order_by(Document.id.desc()),
        "document with a file": select(Document.public_id).where(Document.id.in_(of_file)).order_by(Document.id.desc()),
        "template": select(TextTemplate.public_id),
        "import": select(Import.public_id),
        "rule": select(Rule.name).order_by(Rule.id),
        "rule file": select(RuleFile.name),
        "field": select(FieldDefinition.name).where(FieldDefinition.kind == "contact").order_by(FieldDefinition.id),
        "person": select(User.public_id).where(User.email.in_([ADMIN, AGENT])),
        "group": select(Group.public_id),
        "connection": select(Connection.public_id),
        "text that started nothing": select(Message.public_id).where(Message.id.in_(refused)),
    }


def _talks() -> Samples:
    """Conversations by what they are, and the numbers of some."""
    open_ones = select(Conversation).join(Line).where(Line.name == LINES[0], Conversation.state == "open")
    longest = select(Message.conversation_id).group_by(Message.conversation_id).order_by(func.count().desc()).limit(1)
    about_case = select(Message.case_id).where(Message.conversation_id == Conversation.id, Message.case_id.is_not(None))
    sorts = {
        "talk": open_ones.where(
            Conversation.linked, ~about_case.exists(), Conversation.id != longest.scalar_subquery()
        ),
        "talk about a case": open_ones.where(about_case.exists()),
        "talk with nobody known": open_ones.where(~Conversation.linked),
        "closed talk": select(Conversation).join(Line).where(Line.name == LINES[0], Conversation.state == "closed"),
        "long talk": select(Conversation).where(Conversation.id == longest.scalar_subquery()),
    }
    samples: Samples = {}
    for name, query in sorts.items():
        rows = db.session.scalars(query.order_by(Conversation.id.desc()).limit(FEW)).all()
        samples[name] = [row.public_id for row in rows]
        samples[f"number of a {name}"] = [row.number for row in rows]
    return samples


def _texts() -> Samples:
    """Messages, each sort beside the conversations that they are in."""
    text: Select[Any] = select(Message.public_id, Conversation.public_id)
    text = text.join(Message.conversation).join(Message.line)
    text = text.where(Line.name == LINES[0]).order_by(Message.id.desc()).limit(FEW)
    sorts = {
        "text that came": text.where(Message.direction == "in"),
        "text that went": text.where(Message.status == "delivered"),
        "text that waits": text.where(Message.status == "scheduled"),
        "text that failed": text.where(Message.status == "failed"),
    }
    samples: Samples = {}
    for name, query in sorts.items():
        rows = db.session.execute(query).all()
        samples[name], samples[f"talk of a {name}"] = [row[0] for row in rows], [row[1] for row in rows]
    pictures = text.with_only_columns(MediaFile.public_id, Conversation.public_id)
    rows = db.session.execute(pictures.join(MediaFile, MediaFile.message_id == Message.id)).all()
    samples["picture"], samples["talk of a picture"] = [row[0] for row in rows], [row[1] for row in rows]
    return samples


def _middles() -> Samples:
    """Where lists go on from, far down; cursors as pages and the API write them."""
    samples: Samples = {}
    talk = _middle(Conversation)
    micros = (talk.last_at - EPOCH) // timedelta(microseconds=1)
    samples["place of a talk"] = [f"{micros}-{talk.public_id}"]
    samples["cursor of talks"] = [_cursor(str(micros), talk.public_id)]
    rows: dict[str, Callable[[], Any]] = {
        "text": lambda: _middle(Message), "record": lambda: _middle(Record), "run": lambda: _middle(Run),
        "contact": lambda: _middle(Record, Record.kind == "contact"),
        "contact with texts": lambda: _middle(Record, Record.kind == "contact", Record.last_text_at.is_not(None)),
    }  # fmt: skip
    for name, find in rows.items():
        row = find()
        samples[f"place of a {name}"], samples[f"cursor of a {name}"] = [row.public_id], [_cursor(row.public_id)]
    longest = select(Message.conversation_id).group_by(Message.conversation_id).order_by(func.count().desc()).limit(1)
    of_longest = Message.conversation_id == longest.scalar_subquery()
    old = _middle(Message, of_longest)
    samples["text of the long talk"] = [old.public_id]
    record = select(MessageLink.record_id).where(MessageLink.message_id == old.id)
    samples["record of the long talk"] = _few(select(Record.public_id).where(Record.id.in_(record)))[:1]
    samples["place on its timeline"] = [f"{old.public_id}--"]
    return samples


def _middle(model: Any, *conditions: Any) -> Any:
    """The row that stands half way."""
    most = db.session.scalar(select(func.max(model.id))) or 0
    query = select(model).where(and_(True, *conditions), model.id >= most // 2).order_by(model.id)
    return db.session.scalars(query.limit(1)).one()


def _cursor(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode()
