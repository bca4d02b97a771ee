"""Every text of the account that people or providers wrote, replaced by payloads. A new column is found by its name."""

import json
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlencode

from playwright.sync_api import FilePayload
from sqlalchemy import JSON, Column, String, Table, select, update

from flexie import search
from flexie.db import Base, db
from flexie.models import Conversation, FieldDefinition, Message, NotStarted, Record, Rule, RuleFile
from flexie.simulator import texting
from tests.everypage.furniture import Furniture
from tests.security.payloads import PAYLOADS

WORDS = frozenset({
    "choices", "currency", "email", "error", "error_code", "filename", "folder", "headings", "help_answer", "label",
    "last_text", "name", "reason", "refused_reason", "start_answer", "stop_answer", "tag", "text", "title", "words",
})  # fmt: skip
"""What columns are called that hold words of people, of rules or of providers, wherever they are."""

FURTHER = frozenset({"audit_entries.did", "documents.number", "import_faults.cells", "opt_outs.reason"})
OURS = frozenset({"field_definitions.name"})
"""Columns of such a name whose words are the application's own."""

IN_ADDRESSES = ("appointments", "not ready")
"""Files of rules that keep their names, so that their pages are found where they were."""

AT_ONCE = 12  # payloads in one text


def chunks(seat: str) -> list[str]:
    """All payloads, several to a text, each text with a mark of where it stands."""
    texts = [PAYLOADS[at : at + AT_ONCE] for at in range(0, len(PAYLOADS), AT_ONCE)]
    return [f"{' '.join(text)} ({seat} {number})" for number, text in enumerate(texts)]


def seats() -> list[Column[Any]]:
    """The columns that are filled with payloads."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if (column.name in WORDS and str(column) not in OURS) or str(column) in FURTHER
        if isinstance(column.type, String | JSON)
    ]


PHONE = "+12025553000"


def write_everywhere(furniture: Furniture) -> list[str]:
    """Payloads in every seat, in the fields of records, and in texts from phones.

    Returns addresses that there are now: of a conversation that holds the newest texts, of a file of rules, of a rule.
    """
    _write_from_phones(furniture)
    with furniture.clinic.rows():
        for column in seats():
            _fill(column.table, column)
        _fill_records()
        search.keep_records({record.id: record.title for record in db.session.scalars(select(Record))})
        search.keep_messages({message.id: message.text for message in db.session.scalars(select(Message))})
        talk = db.session.scalars(select(Conversation.public_id).where(Conversation.number == PHONE)).one()
        file = quote(db.session.scalars(select(RuleFile.name).where(RuleFile.name.not_in(IN_ADDRESSES))).first() or "")
        rule = urlencode({"rule": db.session.scalars(select(Rule.name).join(NotStarted)).first()})
    return [f"/inbox/{talk}", f"/rules/{file}", f"/rules/{file}/history", f"/rules/{file}/delete", f"/runs?{rule}"]


def _write_from_phones(furniture: Furniture) -> None:
    """Some have hostile names, and one writes it all."""
    for number, name in enumerate(PAYLOADS[:10]):
        furniture.clinic.app.extensions["simulator"].add_phone(f"+1202555{3100 + number}", name)
    for text in chunks("phone"):
        text_from_phone(furniture, PHONE, PAYLOADS[-1], text)
    furniture.clinic.work()


def text_from_phone(furniture: Furniture, number: str, name: str, text: str) -> None:
    """By the way that texts come: over the webhook, once the clinic works."""
    network = furniture.clinic.app.extensions["simulator"]
    phone = network.add_phone(number, name)
    texting.text_a_line(network, phone.number, network.lines()[0].number, text)


def file() -> FilePayload:
    """A file with a hostile name, hostile headings and hostile cells."""
    cells = [text.replace('"', '""') for text in chunks("file")]
    lines = [",".join(f'"{cell}{more}"' for cell in cells) for more in ("", " again")]
    return {"name": f"{chunks('filename')[0]}.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode()}


def _fill(table: Table, column: Column[Any]) -> None:
    """Each row gets the next of the texts; whichever is the only one gets all of them."""
    key = list(table.primary_key.columns)
    meant = column.is_not(None) if str(column) != "rule_files.name" else column.not_in(IN_ADDRESSES)
    rows = db.session.execute(select(column, *key).where(meant).order_by(*key)).all()
    texts = chunks(str(column))
    for number, (old, *row) in enumerate(rows):
        # Lists show the newest rows first, so the last rows hold the whole set.
        text = " ".join(texts) if len(rows) == 1 else f"{texts[(len(rows) - number) % len(texts)]} {number}"
        here = [part == value for part, value in zip(key, row, strict=True)]
        db.session.execute(update(table).where(*here).values({column.name: _fitting(column, old, text)}))


def _fitting(column: Column[Any], old: Any, text: str) -> Any:
    """The text as the column holds it; a list keeps its length."""
    if isinstance(column.type, JSON):
        return [text] * len(old) if old else old
    if str(column) == "import_faults.cells":
        return json.dumps([text] * len(json.loads(old)))
    return text.replace("/", "∕") if str(column) == "rule_files.name" else text  # a file's name has no stroke


def _fill_records() -> None:
    """What records hold in fields that are words."""
    texts = cycle(chunks("records.fields"))
    query = select(FieldDefinition.kind, FieldDefinition.name).where(FieldDefinition.type.in_(("text", "choice")))
    are_words = {(kind, name) for kind, name in db.session.execute(query)}
    for record in db.session.scalars(select(Record)):
        record.fields = {
            name: next(texts) if value and (record.kind, name) in are_words else value
            for name, value in record.fields.items()
        }
