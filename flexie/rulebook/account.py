"""What this account has, as the checker sees it, and checking against it."""

from sqlalchemy import func, literal, select, union_all

import rules
from flexie import performing, ruleset
from flexie.db import db
from flexie.models import KINDS, FieldDefinition, Group, Line, Record, Rule, RuleFile, User, WebhookAddress
from rules import syntax


def read(text: str, filename: str) -> tuple[rules.Parsed, list[rules.Finding]]:
    """A text of rules as it was read, and what is wrong with it in this account."""
    parsed = rules.parse(text, filename)
    schema = account_schema(counted=_says_how_many(parsed.file))
    return parsed, rules.check(parsed, schema, supports=performing.SUPPORTED, others=_others(parsed.file, filename))


def check(text: str, filename: str = "rules") -> list[rules.Finding]:
    """What is wrong with a text of rules in this account: syntax, names, values, what is not available yet."""
    return read(text, filename)[1]


def account_schema(*, counted: bool = True) -> rules.Schema:
    """What this account has: lines, people, groups, webhooks, and the fields of each kind.

    Records are counted only if asked for: that reads all of them.
    """
    definitions = db.session.scalars(select(FieldDefinition).order_by(FieldDefinition.position, FieldDefinition.id))
    described: dict[str, dict[str, dict[str, object]]] = {kind: {} for kind in KINDS}
    for definition in definitions:
        described[definition.kind][definition.name] = _described(definition)
    described["unknown sender"] = {"number": {"type": "phone"}}
    return rules.Schema.from_json(
        {
            "counts": _counts() if counted else {},
            **_names(),
            "fields": described,
        }
    )


def _names() -> dict[str, list[str]]:
    """What lines, groups, people, webhooks and rules are called, in the order in which they were made."""
    called = {
        "lines": select(Line.id, Line.name),
        "groups": select(Group.id, Group.name),
        "users": select(User.id, User.name).where(User.is_active),
        "webhooks": select(WebhookAddress.id, WebhookAddress.name),
        "rules": select(Rule.id, Rule.name).where(Rule.file_id.is_not(None)),
    }
    parts = [query.add_columns(literal(what).label("what")) for what, query in called.items()]
    found = sorted(tuple(row) for row in db.session.execute(union_all(*parts)))
    return {what: [name for _, name, kind in found if kind == what] for what in called}


def _others(file: syntax.File, filename: str) -> list[rules.OtherRule]:
    """The rules in force in other files."""
    names = {rule.name for rule in file.rules}
    query = select(Rule.id, RuleFile.name).join(RuleFile, RuleFile.id == Rule.file_id).where(RuleFile.name != filename)
    files = {row.id: row.name for row in db.session.execute(query)}
    in_force = ruleset.current().rules if files else ()
    return [
        rules.OtherRule(files[rule.rule_id], rule.tree)
        for rule in in_force
        if rule.rule_id in files and rule.name not in names
    ]


def _says_how_many(file: syntax.File) -> bool:
    """Whether a rule has a schedule for everybody (R205): the warning gives the number of records."""
    return any(
        isinstance(trigger, syntax.Every) and not rule.only_if and rule.only_while is None
        for rule in file.rules
        for trigger in rule.triggers
    )


def _counts() -> dict[str, int]:
    rows = db.session.execute(select(Record.kind, func.count().label("number")).group_by(Record.kind))
    return {row.kind: row.number for row in rows}


def _described(definition: FieldDefinition) -> dict[str, object]:
    described: dict[str, object] = {"type": definition.type}
    if definition.choices:
        described["choices"] = definition.choices
    if definition.typical:
        described["typical"] = definition.typical
    return described
