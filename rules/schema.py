"""What the account has: the fields of its records, and the names of lines, groups, users, webhooks and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DATES = ("date", "datetime")
NUMBERS = ("number", "money")


@dataclass(frozen=True, slots=True)
class FieldType:
    """One field of a kind of record.

    Type is text, phone, yes/no, choice, date, datetime, number, money or list (of related records). Typical is the
    usual length of its value in characters, None where nobody has measured it.
    """

    type: str
    choices: tuple[str, ...] = ()
    typical: int | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The account as the checks see it. Fields are by kind of record, counts are the number of records of a kind.

    With `anything` nothing is known of the account, so that every field and name is taken to be there.
    """

    fields: Mapping[str, Mapping[str, FieldType]] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    anything: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Schema:
        """The schema from plain JSON values; what is missing is empty."""
        fields = {
            kind: {name: _field_type(about) for name, about in members.items()}
            for kind, members in data.get("fields", {}).items()
        }
        return cls(
            fields=fields,
            lines=tuple(data.get("lines", ())),
            groups=tuple(data.get("groups", ())),
            users=tuple(data.get("users", ())),
            webhooks=tuple(data.get("webhooks", ())),
            rules=tuple(data.get("rules", ())),
            counts=dict(data.get("counts", {})),
        )

    def field(self, kind: str, path: str) -> FieldType | None:
        """The field of a dotted path such as `status` or `contacts[0].mobile`; None if there is none.

        Of a related record whose kind is not known here, any field is taken to be a text.
        """
        if self.anything:
            return FieldType("text")
        first, _, rest = path.partition(".")
        name = first.partition("[")[0]
        found = self.fields.get(kind, {}).get(name)
        if found is None or not rest:
            return found if found is None or first == name or found.type == "list" else None
        if found.type != "list":
            return None
        related = name.removesuffix("s")
        return self.field(related, rest) if related in self.fields else FieldType("text", typical=found.typical)

    def names(self, kinds: tuple[str, ...]) -> list[str]:
        """The names of the fields that all these kinds have."""
        shared = [set(self.fields.get(kind, ())) for kind in kinds]
        return sorted(set.intersection(*shared)) if shared else []


def _field_type(about: Mapping[str, Any]) -> FieldType:
    return FieldType(about["type"], tuple(about.get("choices", ())), about.get("typical"))
