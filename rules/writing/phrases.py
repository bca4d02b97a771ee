"""What stands inside a line: texts, names, values, moments, people and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from decimal import Decimal

from rules import syntax
from rules.tree.values import PLACEHOLDER

_FIXED: dict[type[syntax.Node], str] = {syntax.Nothing: "nothing", syntax.Now: "now", syntax.Today: "today"}
_IN_PATTERN = re.compile(r'\\.|"', re.DOTALL)


def quoted(words: str) -> str:
    """A text or name in quotes. Placeholders are written as they are."""
    parts, end = [], 0
    for found in PLACEHOLDER.finditer(words):
        parts += [_escaped(words[end : found.start()]), found[0]]
        end = found.end()
    return f'"{"".join([*parts, _escaped(words[end:])])}"'


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def patterns(nodes: Iterable[syntax.Pattern]) -> str:
    """Patterns in quotes; they keep their own escapes."""
    written = (_IN_PATTERN.sub(lambda found: '\\"' if found[0] == '"' else found[0], node.value) for node in nodes)
    return ", ".join(f'"{pattern}"' for pattern in written)


def matching(nodes: tuple[syntax.Pattern, ...]) -> str:
    """` matches "P", "Q"`, or nothing where there is no pattern."""
    return f" matches {patterns(nodes)}" if nodes else ""


def names(nodes: Iterable[syntax.Name]) -> str:
    """Names in quotes, with commas."""
    return ", ".join(quoted(node.value) for node in nodes)


def clock(at: time | None) -> str:
    """` at 09:00`, or nothing."""
    return f" at {at:%H:%M}" if at is not None else ""


def field(node: syntax.Field) -> str:
    """A field, with `record.` in front where it was written so or its name begins so."""
    return f"record.{node.path}" if node.escaped or node.path.startswith("record.") else node.path


def duration(node: syntax.Duration) -> str:
    """1 hour 30 minutes"""
    return " ".join(f"{Decimal(amount):f} {unit}{'' if amount == 1 else 's'}" for amount, unit in node.parts)


def value(node: syntax.Node) -> str:
    """What is set, compared or waited for."""
    if type(node) in _FIXED:
        return _FIXED[type(node)]
    match node:
        case syntax.Text():
            return quoted(node.value)
        case syntax.Number():
            return f"{node.value:f}"
        case syntax.YesNo():
            return "yes" if node.value else "no"
        case syntax.Field():
            return field(node)
        case syntax.Ago():
            return f"{duration(node.duration)} ago"
        case syntax.FromNow():
            return f"{duration(node.duration)} from now"
        case syntax.DateValue():
            return f"{node.date.isoformat()}{clock(node.at)}"
    raise _unknown(node)


def moment(node: syntax.Node) -> str:
    """A moment ahead, as in `wait until`."""
    match node:
        case syntax.AtClock():
            return f"{node.at:%H:%M}"
        case syntax.TomorrowAt():
            return f"tomorrow{clock(node.at)}"
        case syntax.DayAt():
            return f"{node.day}{clock(node.at)}"
        case syntax.FieldMoment():
            return field(node.field)
        case syntax.FieldOffset() | syntax.Relative():
            return f"{duration(node.duration)} {node.side} {field(node.field)}{clock(node.at)}"
        case syntax.BusinessHours():
            return f"business hours{f' of {quoted(node.of.value)}' if node.of else ''}"
        case _:
            return value(node)


def somebody(node: syntax.Node) -> str:
    """A user, a group, or the owner."""
    match node:
        case syntax.User():
            return f"user {quoted(node.name.value)}"
        case syntax.Group():
            return f"group {quoted(node.name.value)}"
        case syntax.Owner():
            return "owner"
    raise _unknown(node)


def _clock_fact(node: syntax.Node) -> str | None:
    match node:
        case syntax.BusinessHours():
            return moment(node)
        case syntax.Between():
            return f"between {node.start:%H:%M} and {node.end:%H:%M}"
        case syntax.DayIs():
            return ", ".join(node.days)
    return None


def window(node: syntax.BusinessHours | syntax.Between) -> str:
    """When texts may be sent."""
    return f"during {moment(node)}" if isinstance(node, syntax.BusinessHours) else str(_clock_fact(node))


def condition(node: syntax.Node) -> str:
    """A condition, without brackets around the whole."""
    match node:
        case syntax.AllOf() | syntax.AnyOf():
            joint = " and " if isinstance(node, syntax.AllOf) else " or "
            return joint.join(_fact(part) for part in node.conditions)
        case syntax.Not():
            inner = _clock_fact(node.condition)
            return f"it is not {inner}" if inner is not None else f"not {_fact(node.condition)}"
        case syntax.HasTag():
            return f"has tag {quoted(node.tag.value)}"
        case syntax.CanReceiveSms():
            return "can receive sms"
        case syntax.BusinessHours() | syntax.Between() | syntax.DayIs():
            return f"it is {_clock_fact(node)}"
        case _:
            return _about_field(node)


def _about_field(node: syntax.Node) -> str:
    match node:
        case syntax.Is() | syntax.IsNot():
            no = " not" if isinstance(node, syntax.IsNot) else ""
            return f"{field(node.field)} is{no} {value(node.value)}"
        case syntax.IsEmpty() | syntax.IsNotEmpty():
            return f"{field(node.field)} is{' not' if isinstance(node, syntax.IsNotEmpty) else ''} empty"
        case syntax.IsAnyOf() | syntax.IsNotAnyOf():
            no = " not" if isinstance(node, syntax.IsNotAnyOf) else ""
            return f"{field(node.field)} is{no} any of {', '.join(map(value, node.values))}"
        case syntax.IsBefore():
            return f"{field(node.field)} is before {value(node.moment)}"
        case syntax.IsAfter():
            return f"{field(node.field)} is after {value(node.moment)}"
        case syntax.FieldMatches():
            return f"{field(node.field)}{matching(node.patterns)}"
        case syntax.FieldDoesNotMatch():
            return f"{field(node.field)} does not match {patterns(node.patterns)}"
        case syntax.Compare():
            return f"{field(node.field)} {node.operator} {value(node.right)}"
    raise _unknown(node)


def _fact(node: syntax.Node) -> str:
    written = condition(node)
    return f"({written})" if isinstance(node, syntax.AllOf | syntax.AnyOf) else written


def _unknown(node: object) -> TypeError:
    return TypeError(f"There are no words for {type(node).__name__} here.")
