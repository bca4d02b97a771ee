"""The fields that records of a kind have: added, called otherwise, put in order and retired by an administrator.

A field's name is what rules call it. It is made from the label once and never changes, so that calling a field
otherwise breaks no rule; nothing that is stored is ever deleted.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import func, select

import rules
from flexie import audit, fields
from flexie.db import db
from flexie.models import FIELD_TYPES, FieldDefinition, Settings

MOST_FIELDS = 100  # of a kind, retired ones included
LONGEST_LABEL = 60  # characters
LONGEST_NAME = 40
MOST_CHOICES = 100

_WORDS_OF_TEMPLATES = frozenset({
    "and", "block", "caller", "date", "do", "elif", "else", "false", "filter", "for", "from", "if", "in", "is",
    "kwargs", "loop", "macro", "none", "not", "now", "or", "range", "recursive", "self", "set", "super", "true",
    "varargs", "with",
})  # fmt: skip
"""Names that mean something else inside `{{ … }}`."""

_PROBE = """\
version 1

rule "Probe":
  for {kind}
  when created
  only if {name} is "a"

  set {name} to "a"
  set {name} to "{{{{ {name} }}}}"

rule "Another":
  for {kind}
  when {name} changes

  add tag "a"
"""


class FieldProblem(Exception):
    """A field that cannot be; `box` names the part of the form, and the sentence says what to write."""

    def __init__(self, box: str, sentence: str) -> None:
        super().__init__(sentence)
        self.box = box


def all_of(kind: str) -> tuple[list[FieldDefinition], list[FieldDefinition]]:
    """The fields of a kind in the order people see them, and the retired ones."""
    known = fields.definitions(kind)
    return [each for each in known if not each.is_retired], [each for each in known if each.is_retired]


def named(kind: str, name: str) -> FieldDefinition | None:
    """The field of a kind that rules call so."""
    return db.session.scalar(select(FieldDefinition).where(FieldDefinition.kind == kind, FieldDefinition.name == name))


def add(kind: str, label: str, type_: str, choices: str) -> FieldDefinition:
    """A new field, the last one, in the session.

    Raises:
        FieldProblem: the label, the type or the choices will not do.
    """
    known = fields.definitions(kind)
    if len(known) >= MOST_FIELDS:
        raise FieldProblem("label", f"There are {MOST_FIELDS} fields already, and no more can be.")
    if type_ not in FIELD_TYPES:
        raise FieldProblem("type", "Choose what the field holds.")
    label = _label(label, known)
    made = FieldDefinition(kind=kind, name=_name(label, kind, known), label=label, type=type_)
    made.choices = _choices(choices) if type_ == "choice" else None
    made.position = max((each.position for each in known), default=-1) + 1
    db.session.add(made)
    db.session.flush()
    _told(made, "created", {"label": (None, label), "type": (None, type_)})
    return made


def change(field: FieldDefinition, label: str, choices: str | None) -> None:
    """Call a field otherwise, or give it other choices; values that are stored stay as they are.

    Raises:
        FieldProblem: the label or the choices will not do.
    """
    before = field.label, field.choices
    field.label = _label(label, [each for each in fields.definitions(field.kind) if each.id != field.id])
    if field.type == "choice" and choices is not None:
        field.choices = _choices(choices)
    pairs = {"label": (before[0], field.label), "choices": (before[1], field.choices)}
    if changed := {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}:
        _told(field, "changed", changed)


def move(field: FieldDefinition, *, up: bool) -> None:
    """Let a field change places with the one before or behind it."""
    order, retired = all_of(field.kind)
    if field in order:
        at = order.index(field)
        order.insert(max(0, at - 1) if up else at + 1, order.pop(at))
        if order.index(field) != at:
            _note(field, "moved", {"place": (at + 1, order.index(field) + 1)})
    for position, each in enumerate([*order, *retired]):
        each.position = position


def retire(field: FieldDefinition, *, retired: bool) -> None:
    """Take a field off pages and forms, or put it back; what is stored stays, and rules go on."""
    if field.is_retired == retired:
        return
    if not retired:
        _label(field.label, [each for each in fields.definitions(field.kind) if each.id != field.id])
    field.is_retired = retired
    field.position = 1 + (
        db.session.scalar(select(func.max(FieldDefinition.position)).where(FieldDefinition.kind == field.kind)) or 0
    )
    _told(field, "changed", {"retired": (not retired, retired)})


def _told(field: FieldDefinition, did: str, changes: audit.Changes) -> None:
    """Into the audit log; and what is compiled of rules is compiled anew."""
    _note(field, did, changes)
    Settings.get().rules_revision += 1


def _note(field: FieldDefinition, did: str, changes: audit.Changes) -> None:
    audit.note("field", field.id, did, changes, name=f"{field.label} ({field.kind})")


def _label(written: str, others: Sequence[FieldDefinition]) -> str:
    label = " ".join(written.split())
    if not label:
        raise FieldProblem("label", "Write what the field is called.")
    if len(label) > LONGEST_LABEL:
        raise FieldProblem("label", f"This is {len(label)} characters long; {LONGEST_LABEL} is the most.")
    if any(each.label.casefold() == label.casefold() and not each.is_retired for each in others):
        raise FieldProblem("label", f"There is a field “{label}” already.")
    return label


def _choices(written: str) -> list[str]:
    lines = [" ".join(line.split()) for line in written.splitlines()]
    by_word: dict[str, str] = {}
    for line in filter(None, lines):
        by_word.setdefault(line.casefold(), line)
    found = list(by_word.values())
    if not found:
        raise FieldProblem("choices", "Write at least one choice, each on a line of its own.")
    if len(found) > MOST_CHOICES:
        raise FieldProblem("choices", f"These are {len(found)} choices; {MOST_CHOICES} is the most.")
    if too_long := next((each for each in found if len(each) > LONGEST_LABEL), None):
        raise FieldProblem("choices", f"“{too_long[:20]}…” is too long; {LONGEST_LABEL} characters is the most.")
    return found


def _name(label: str, kind: str, known: Sequence[FieldDefinition]) -> str:
    """A name that nobody has and that rules can write: "Shoe size" is shoe_size."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_NAME].rstrip("_")
    if not name or not is_free_in_rules(name):
        name = f"{kind}_{name}" if name else f"{kind}_field"
    taken, number, wanted = {each.name for each in known}, 1, name
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


@lru_cache(maxsize=512)
def is_free_in_rules(name: str) -> bool:
    """Whether rules and the texts in them can use the name for a field: it means nothing else there."""
    if name in _WORDS_OF_TEMPLATES or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return False
    source = _PROBE.format(kind="contact", name=name)
    schema = rules.Schema.from_json({"fields": {"contact": {name: {"type": "text"}}}})
    return not rules.check(rules.parse(source, "probe"), schema)
