"""What the names in a rule mean at the moment of its save: ids, so that calling things otherwise hurts no rule."""

from collections.abc import Iterator, Mapping

from sqlalchemy import select

from flexie.db import db
from flexie.models import User
from flexie.ruleset import BOUND
from rules import syntax
from rules.syntax.walking import everything

Bindings = dict[str, dict[str, int]]


class Names:
    """The ids of all that rules can name, read once for a save."""

    def __init__(self) -> None:
        self._known: dict[str, Mapping[str, int]] = {}

    def bind(self, *nodes: syntax.Node) -> Bindings:
        """{kind: {name: id}} of what a rule and the settings of its file name; every kind is there."""
        bindings: Bindings = {kind: {} for kind in BOUND}
        for node in nodes:
            for kind, name in _names_in(node):
                found = self._ids(kind).get(name)
                if found is not None:
                    bindings[kind][name] = found
        return bindings

    def _ids(self, kind: str) -> Mapping[str, int]:
        if kind not in self._known:
            model = BOUND[kind]
            query = select(model.id, model.name).order_by(model.id.desc())
            if model is User:  # of two people of one name, the one who was first and is still here
                query = select(User.id, User.name).order_by(User.is_active, User.id.desc())
            self._known[kind] = {row.name: row.id for row in db.session.execute(query)}
        return self._known[kind]


def _names_in(tree: syntax.Node) -> Iterator[tuple[str, str]]:
    for node in everything(tree):
        match node:
            case syntax.TextTrigger():
                yield from (("line", line.value) for line in node.lines)
            case syntax.SendSms(line=syntax.Name() as name) | syntax.Settings(line=syntax.Name() as name):
                yield "line", name.value
            case syntax.User():
                yield "user", node.name.value
            case syntax.Group():
                yield "group", node.name.value
            case syntax.BusinessHours(of=syntax.Name() as name):
                yield "group", name.value
            case syntax.CallWebhook():
                yield "webhook", node.webhook.value
            case syntax.StartRule():
                yield "rule", node.rule.value
