"""An account that fits a file of rules, where nobody said what the real one has: every name in the file is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from rules import syntax, templates
from rules.schema import FieldType, Schema
from rules.syntax.walking import everything, inside

Kinds = tuple[str, ...]

_OF_VALUE: dict[type[Any], str] = {
    syntax.YesNo: "yes/no",
    syntax.Number: "number",
    syntax.Now: "datetime",
    syntax.Ago: "datetime",
    syntax.FromNow: "datetime",
    syntax.Today: "date",
    syntax.Text: "text",
}
_SURENESS = ("text", "date", "datetime", "number", "yes/no", "phone", "list")
"""Types from the vaguest to the surest: of several that a field is used as, the surest is taken."""

_USUAL = {"mobile": "phone", "allow_sms": "yes/no"}
_CASE = {"name": "text", "status": "text"}
_KINDS = ("contact", "lead", "account", "deal", "case")


def guessed(file: syntax.File) -> Schema:
    """The fields that the file uses, of the types it uses them as, and the lines, people and addresses it names."""
    found = _Found()
    for item in file.items:
        if isinstance(item, syntax.Rule):
            found.look(item, item.kinds)
        elif isinstance(item, syntax.RuleTest):
            given = next((line for line in item.lines if isinstance(line, syntax.Given)), None)
            every = tuple({kind for rule in file.rules for kind in rule.kinds})
            found.look(item, (given.kind,) if given else every)
    mobile = {file.settings.mobile.path: "phone"} if file.settings.mobile else {}
    for kind in _KINDS:
        for name, kept in {**_USUAL, **mobile, **(_CASE if kind == "case" else {})}.items():
            found.note((kind,), name, kept)
    return found.schema(file)


class _Found:
    """What has been found so far."""

    def __init__(self) -> None:
        self._types: dict[str, dict[str, str]] = defaultdict(dict)

    def look(self, node: syntax.Node, kinds: Kinds) -> None:
        """Take note of every field in a node, and of those in the nodes inside it."""
        if isinstance(node, syntax.Given):
            kinds = (node.kind,)
        for path, kept in _uses(node):
            self.note(kinds, path, kept)
        below = (node.kind,) if isinstance(node, syntax.Create) else kinds
        for part in inside(node):
            self.look(part, below)

    def note(self, kinds: Kinds, path: str, kept: str) -> None:
        """A field of these kinds is used as a value of this type."""
        root, _, rest = path.removeprefix("record.").partition(".")
        name = root.partition("[")[0]
        if name == "__data":
            return
        if name.removesuffix("s") in _KINDS and "[" in root and rest:
            self.note((name.removesuffix("s"),), rest, kept)
        if rest or "[" in root:
            kept = "list"
        for kind in kinds:
            known = self._types[kind].get(name, _SURENESS[0])
            self._types[kind][name] = max(known, kept, key=_SURENESS.index)

    def schema(self, file: syntax.File) -> Schema:
        """All of it as the description of an account."""
        fields = {kind: {name: FieldType(kept) for name, kept in self._types[kind].items()} for kind in _KINDS}
        nodes = [node for item in file.items for node in everything(item)]
        return Schema(
            fields={**fields, "unknown sender": {"number": FieldType("phone")}},
            lines=_names(_lines(nodes)),
            groups=_names(_groups(nodes)),
            users=_names(_users(nodes)),
            webhooks=_names(node.webhook.value for node in nodes if isinstance(node, syntax.CallWebhook)),
            rules=_names(node.rule.value for node in nodes if isinstance(node, syntax.StartRule)),
        )


def _names(names: Iterator[str]) -> tuple[str, ...]:
    """Each name once, as it was written first; letter case does not make another."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _lines(nodes: list[syntax.Node]) -> Iterator[str]:
    for node in nodes:
        line = getattr(node, "line", None)
        if isinstance(line, syntax.Name):
            yield line.value
        for name in getattr(node, "lines", ()):
            if isinstance(name, syntax.Name):
                yield name.value


def _groups(nodes: list[syntax.Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, syntax.Group):
            yield node.name.value
        elif isinstance(node, syntax.BusinessHours) and node.of is not None:
            yield node.of.value


def _users(nodes: list[syntax.Node]) -> Iterator[str]:
    """Also the owners that tests give to records."""
    for node in nodes:
        if isinstance(node, syntax.User):
            yield node.name.value
        elif isinstance(node, syntax.GivenField) and node.field.path == "owner" and isinstance(node.value, syntax.Text):
            yield node.value.value


def _uses(node: Any) -> Iterator[tuple[str, str]]:
    """The fields directly in a node, each with the type that it is used as there."""
    for part in inside(node):
        if isinstance(part, syntax.Text) and "{" in part.value and not isinstance(node, syntax.RuleTest):
            yield from ((name.path, "text") for name in _placeholders(part.value))
    field = getattr(node, "field", None)
    if isinstance(field, syntax.Field):
        yield field.path, _used_as(node)
    if isinstance(node, syntax.SendSms) and node.to is not None:
        yield node.to.path, "phone"
    if isinstance(node, syntax.Compare) and isinstance(node.right, syntax.Field):
        yield node.right.path, "number"


def _placeholders(text: str) -> list[templates.Name]:
    return [] if templates.fault(text) else list(templates.names(text))


def _used_as(node: Any) -> str:
    match node:
        case syntax.IsBefore() | syntax.IsAfter() | syntax.Relative() | syntax.FieldOffset() | syntax.FieldMoment():
            return "datetime"
        case syntax.Compare():
            return "number"
    value: Any = getattr(node, "value", None)
    if isinstance(value, syntax.DateValue):
        return "date" if value.at is None else "datetime"
    return _OF_VALUE.get(type(value), "text")
