"""Whole files: settings, rules with their heads, and tests."""

from __future__ import annotations

from collections.abc import Iterator

from rules import syntax
from rules.formatter import format_source
from rules.syntax.triggers import TextTrigger
from rules.writing.lines import below, script, steps
from rules.writing.phrases import clock, condition, duration, field, matching, moment, names, quoted, value, window

_TEXT_TRIGGERS: dict[type[TextTrigger], str] = {
    syntax.IncomingSms: "incoming sms",
    syntax.AnyIncomingSms: "any incoming sms",
    syntax.AnyOtherIncomingSms: "any other incoming sms",
    syntax.NewConversation: "new conversation",
    syntax.SmsDelivered: "sms delivered",
    syntax.SmsFailed: "sms failed",
}


def write_file(file: syntax.File) -> str:
    """The text of a file in canonical form. Comments are not part of a tree.

    Raises:
        TypeError: a part of the tree stands where the language has no words for it.
    """
    blocks = ["version 1"]
    for item in file.items:
        lines = list(_item(item))
        if lines:
            blocks.append("\n".join(lines))
    return format_source("\n\n".join(blocks) + "\n").text


def write_rule(rule: syntax.Rule) -> str:
    """The text of a file with this rule alone. Raises TypeError as `write_file`."""
    return write_file(syntax.File((rule,), 1))


def _item(item: syntax.Node) -> Iterator[str]:
    match item:
        case syntax.Settings():
            lines = list(_settings(item))
            yield from ["settings:", *below(lines)] if lines else []
        case syntax.Rule():
            yield from _rule(item)
        case syntax.RuleTest():
            yield f"test {quoted(item.name)}:"
            yield from below(script(item.lines))
        case _:
            raise TypeError(f"{type(item).__name__} is no item of a file.")


def _settings(node: syntax.Settings) -> Iterator[str]:
    if node.zone:
        yield f"time zone {quoted(node.zone.value)}"
    if node.line:
        yield f"from line {quoted(node.line.value)}"
    if node.mobile:
        yield f"mobile field {field(node.mobile)}"


def _rule(rule: syntax.Rule) -> Iterator[str]:
    formerly = f" formerly {quoted(rule.formerly)}" if rule.formerly is not None else ""
    yield f"rule {quoted(rule.name)}{formerly}{' off' if rule.off else ''}:"
    yield from below(_head(rule))
    yield ""
    yield from below(steps(rule.steps))


def _head(rule: syntax.Rule) -> Iterator[str]:
    if rule.about:
        yield f"about {quoted(rule.about.value)}"
    yield f"for {', '.join(rule.kinds)}"
    yield from (_trigger(trigger) for trigger in rule.triggers)
    yield from (f"only if {condition(head.condition)}" for head in rule.only_if)
    if rule.only_while:
        yield f"only while {condition(rule.only_while.condition)}"
    if rule.at_most:
        times = "once" if rule.at_most.times == 1 else f"{rule.at_most.times} times"
        yield f"at most {times} per {duration(rule.at_most.per) if rule.at_most.per else 'record'}"
    if rule.already:
        yield f"if already running, {rule.already.choice}"
    if rule.send_only:
        yield f"send only {window(rule.send_only.window)}"


def _trigger(node: syntax.Node) -> str:
    match node:
        case syntax.TextTrigger():
            lines = f" on line {names(node.lines)}" if node.lines else ""
            return f"when {_TEXT_TRIGGERS[type(node)]}{lines}{matching(node.patterns)}"
        case syntax.FieldChanges():
            old = f" from {value(node.old)}" if node.old else ""
            return f"when {field(node.field)} changes{old}" + (f" to {value(node.new)}" if node.new else "")
        case syntax.Created():
            return "when created"
        case syntax.Started():
            return "when started"
        case syntax.Relative():
            return f"when {moment(node)}"
        case syntax.Every():
            return f"every {_calendar(node.calendar)}{clock(node.at)}"
    raise TypeError(f"There are no words for the trigger {type(node).__name__}.")


def _calendar(node: syntax.Node) -> str:
    match node:
        case syntax.Daily():
            return "day"
        case syntax.Weekly():
            return ", ".join(node.days)
        case syntax.Monthly():
            return f"month on day {node.day}"
    raise TypeError(f"There are no words for the calendar {type(node).__name__}.")
