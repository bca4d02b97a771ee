"""The library: texts with `{{ fields }}` that people keep, check, fill in for somebody, and send.

They are in the language of the texts of rules, are checked by its finder of mistakes, and are filled in like them.
"""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError

from flexie import audit, clock, facts, segments
from flexie.db import db, insert
from flexie.models import KINDS, Conversation, FieldDefinition, Message, Record, TemplateUse, TextTemplate, User
from rules import Finding, Level, Schema, templates, values
from rules.checks.scope import Scope
from rules.checks.texts import filled_in
from rules.syntax import File, Place, SendSms, Text

LONGEST_NAME = 100  # characters; of a folder's name too
ANYBODY = "anybody"
"""The kind of record that templates are checked for: it has the fields of all kinds."""

_PRINTED = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_FIELD = re.compile(r"[.\[]")  # what ends the name of a field in a path
_BAR = "| "  # what stands before each line of a long text where the finder of mistakes looks


class CannotKeep(Exception):
    """A template that cannot be kept: field (name, folder or text) → what to do."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True)
class Filled:
    """A template for one recipient: the text, its segments, the labels of fields that were empty, or a problem."""

    text: str
    segments: int = 0
    empty: tuple[str, ...] = ()
    problem: str = ""


def create(user: User, folder: str, name: str, text: str) -> TextTemplate:
    """A new template, in the session.

    Raises:
        CannotKeep: a name that is missing or taken, or a text with mistakes.
    """
    made = TextTemplate(author=user, created_at=clock.now())
    db.session.add(made)
    return _keep(made, folder, name, text)


def change(template: TextTemplate, folder: str, name: str, text: str) -> TextTemplate:
    """Give a template another folder, name and text.

    Raises:
        CannotKeep: as for `create`.
    """
    return _keep(template, folder, name, text)


def _keep(template: TextTemplate, folder: str, name: str, text: str) -> TextTemplate:
    folder, name, text = " ".join(folder.split()), " ".join(name.split()), text.replace("\r\n", "\n").strip()
    is_new, before = template.id is None, _told(template)
    with db.session.no_autoflush:
        _refuse(template, folder, name, text)
    template.folder, template.name, template.text = folder, name, text
    template.key, template.sought = _key(folder, name), f"{folder} {name} {text}".casefold()
    template.updated_at = clock.now()
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise CannotKeep({"name": _taken(folder, name)}) from None
    if changed := audit.differences({} if is_new else before, _told(template)):
        audit.note("template", template.id, "created" if is_new else "changed", changed, name=name)
    return template


def _told(template: TextTemplate) -> dict[str, str]:
    """What the audit log tells of a template."""
    return {"folder": template.folder, "name": template.name, "text": template.text}


def _refuse(template: TextTemplate, folder: str, name: str, text: str) -> None:
    errors: dict[str, str] = {}
    if not name:
        errors["name"] = "Give it a name."
    for field, written in (("name", name), ("folder", folder)):
        if len(written) > LONGEST_NAME:
            errors[field] = f"This is {len(written):,} characters long; {LONGEST_NAME} is the most."
    other = db.session.scalar(select(TextTemplate.id).where(TextTemplate.key == _key(folder, name)))
    if other is not None and other != template.id:
        errors["name"] = _taken(folder, name)
    if not text:
        errors["text"] = "Write the text."
    elif any(finding.level is Level.ERROR for finding in mistakes(text)):
        errors["text"] = "Correct the mistakes below, then save it."
    if errors:
        raise CannotKeep(errors)


def _key(folder: str, name: str) -> str:
    return f"{folder}\n{name}".casefold()


def _taken(folder: str, name: str) -> str:
    return f'There is already a template "{name}"' + (f' in the folder "{folder}".' if folder else " without a folder.")


def may_change(template: TextTemplate, user: User) -> bool:
    """Whoever wrote a template may change and delete it, and so may all who write rules."""
    return user.writes_rules or template.author_id == user.id


def fields() -> dict[str, list[FieldDefinition]]:
    """The fields that a template can name, retired ones too: by kind of record, each where it comes first."""
    query = select(FieldDefinition).order_by(FieldDefinition.position, FieldDefinition.id)
    found: dict[str, list[FieldDefinition]] = {kind: [] for kind in KINDS}
    names: set[str] = set()
    for definition in sorted(db.session.scalars(query), key=lambda each: KINDS.index(each.kind)):
        if definition.name not in names:
            found[definition.kind].append(definition)
            names.add(definition.name)
    return {kind: definitions for kind, definitions in found.items() if definitions}


def mistakes(text: str) -> list[Finding]:
    """What is wrong with a text, at its lines and columns; a field has to be one of some kind of record."""
    rows = tuple(_BAR + row for row in text.split("\n"))
    column = len(_BAR) + 1
    scope = Scope(_schema(), File(), "template", rows, kinds=(ANYBODY,), target=(ANYBODY,))
    filled_in(SendSms(Text(text, long=True, place=Place(1, column, max(1, len(rows[0]) - len(_BAR))))), scope)
    found = [dataclasses.replace(each, column=max(1, each.column - len(_BAR))) for each in scope.findings]
    if len(text) > templates.LONGEST_SOURCE:
        return found[:1]
    return sorted(found, key=lambda each: (each.line, each.column))


def _schema() -> Schema:
    described = {each.name: {"type": each.type} for definitions in fields().values() for each in definitions}
    described.setdefault("number", {"type": "phone"})
    return Schema.from_json({"fields": {ANYBODY: described}})


class Recipient:
    """Whom templates are filled in for: a record, else the number of a conversation; finds what they have once."""

    def __init__(self, record: Record | None, conversation: Conversation | None = None) -> None:
        about = facts.FactFinder().about(record, conversation, None, {}, clock.now())
        self._labels = {each.name: each.label for definitions in fields().values() for each in definitions}
        nothing = dict.fromkeys(self._labels)
        number = conversation.number if conversation else None
        self._about = dataclasses.replace(about, fields={**nothing, "number": number, **about.fields})

    def fill(self, text: str) -> Filled:
        """A text as this recipient gets it. What they do not have is empty."""
        try:
            filled = self._about.fill(text)
        except templates.TemplateError as problem:
            return Filled("", problem=str(problem))
        empty = tuple(dict.fromkeys(self._called(path) for path in (*filled.empty, *self._gaps(text))))
        return Filled(filled.text, segments.count(filled.text).segments, empty)

    def _called(self, path: str) -> str:
        """What people call the field that a path such as `invoices[0].name` begins with."""
        return self._labels.get(_FIELD.split(path, maxsplit=1)[0], path)

    def _gaps(self, text: str) -> list[str]:
        """Empty fields in placeholders that do something with them, such as writing a date, and say nothing instead."""
        if "{%" in text:
            return []
        printed = [found[0] for found in _PRINTED.finditer(text) if "default" not in found[0] and "?" not in found[0]]
        paths = [name.path for placeholder in printed for name in templates.names(placeholder)]
        return [path for path in paths if values.is_empty(self._about.value(path))]


def holding(sought: str) -> Select[Any]:
    """Templates that hold each word in folder, name or text."""
    query = select(TextTemplate)
    for word in sought.casefold().split():
        query = query.where(TextTemplate.sought.contains(word, autoescape=True))
    return query


def find(sought: str = "", limit: int = 200, *, most_used_first: bool = False) -> Sequence[TextTemplate]:
    """Templates that hold each word in folder, name or text: by folder and name, or by how often they were used."""
    order = [TextTemplate.used.desc(), TextTemplate.key] if most_used_first else [TextTemplate.key]
    return db.session.scalars(holding(sought).order_by(*order, TextTemplate.id).limit(limit)).all()


def load(public_id: str) -> TextTemplate | None:
    """The template of a public id."""
    return db.session.scalar(select(TextTemplate).where(TextTemplate.public_id == public_id))


def folders() -> Sequence[str]:
    """The names of folders that hold something."""
    query = select(TextTemplate.folder).where(TextTemplate.folder != "").distinct().order_by(TextTemplate.folder)
    return db.session.scalars(query).all()


def used(public_id: str | None, message: Message) -> None:
    """A message that is in the session was written from this template: counted once for each message."""
    template = load(public_id) if public_id else None
    if template is None:
        return
    use = {"message_id": message.id, "template_id": template.id}
    added = insert(TemplateUse).values(use).on_conflict_do_nothing().returning(TemplateUse.message_id)
    if db.session.scalar(added) is not None:
        counted = update(TextTemplate).where(TextTemplate.id == template.id).values(used=TextTemplate.used + 1)
        db.session.execute(counted, execution_options={"synchronize_session": False})


def delete(template: TextTemplate) -> None:
    """Take it out of the library. Texts that were sent from it stay."""
    gone = {field: (value, None) for field, value in _told(template).items()}
    audit.note("template", template.id, "deleted", gone, name=template.name)
    db.session.delete(template)
