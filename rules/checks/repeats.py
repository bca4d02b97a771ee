"""Rules that would start again and again, or for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.checks.scope import Scope, checks
from rules.inclusion import includes, intersection
from rules.patterns import LONGEST_PATTERN
from rules.syntax import (
    AnyIncomingSms,
    AnyOtherIncomingSms,
    Create,
    Created,
    Every,
    FieldChanges,
    IncomingSms,
    Node,
    Rule,
    SendSms,
    SetField,
    SmsDelivered,
    SmsFailed,
)
from rules.syntax.triggers import TextTrigger
from rules.syntax.walking import everything
from rules.tree.values import PLACEHOLDER

_SPECIAL = re.compile(r"[*?\\]")


@checks(Rule)
def own_text(rule: Rule, scope: Scope) -> None:
    """R204: the rule's own text, delivered or failed, starts it again."""
    if rule.at_most is not None:
        return
    for trigger in rule.triggers:
        if isinstance(trigger, SmsDelivered | SmsFailed):
            event = "is delivered" if isinstance(trigger, SmsDelivered) else "fails"
            for step in _sends(rule):
                if _matched_by(step, trigger, scope):
                    _starts_again(step, trigger, event, scope)
                    return


def _starts_again(step: SendSms, trigger: TextTrigger, event: str, scope: Scope) -> None:
    scope.error(
        "R204",
        step.place,
        f"This text would start its own rule again when it {event}, and so on without end.",
        f"Line {trigger.place.line} matches it. Use a narrower pattern there, or add:  at most once per record",
    )


def _matched_by(step: SendSms, trigger: TextTrigger, scope: Scope) -> bool:
    """Whether some filling of the text matches a pattern of the trigger, or there is too much to find out."""
    pieces = [_SPECIAL.sub(lambda found: "\\" + found[0], piece) for piece in PLACEHOLDER.split(step.text.value)]
    own = "*".join(pieces)
    if not trigger.patterns or len(own) > LONGEST_PATTERN * 8:
        return True
    return any(
        not scope.affords(pattern.value, own) or intersection(pattern.value, own) is not None
        for pattern in trigger.patterns
    )


@checks(Rule)
def own_change(rule: Rule, scope: Scope) -> None:
    """R204: the rule sets the very field whose change starts it, or creates what its creation starts."""
    if rule.at_most is not None:
        return
    watched = {trigger.field.path: trigger for trigger in rule.triggers if isinstance(trigger, FieldChanges)}
    created = any(isinstance(trigger, Created) for trigger in rule.triggers)
    for step in _acts(rule):
        trigger = watched.get(step.field.path) if isinstance(step, SetField) else None
        if trigger is not None and trigger.new is None:
            _changes_again(step, f"Line {trigger.place.line} waits for this very field", scope)
        elif created and isinstance(step, Create) and step.kind in rule.kinds:
            _changes_again(step, f"This rule starts when a {step.kind} is created", scope)


def _changes_again(step: Node, reason: str, scope: Scope) -> None:
    scope.error(
        "R204",
        step.place,
        f"{reason}, so this step would start its own rule again.",
        "Say which value starts the rule (changes to ...), or add:  at most once per record",
    )


def _acts(rule: Rule) -> Iterator[SetField | Create]:
    """The steps that set a field of the record itself or create another one."""
    below_create = {id(step) for node in everything(rule) if isinstance(node, Create) for step in node.fields}
    for node in everything(rule):
        if isinstance(node, SetField | Create) and id(node) not in below_create:
            yield node


def _sends(rule: Rule) -> Iterator[SendSms]:
    return (node for node in everything(rule) if isinstance(node, SendSms))


@checks(Rule)
def for_everybody(rule: Rule, scope: Scope) -> None:
    """R205: a schedule without `only if`."""
    for trigger in rule.triggers:
        if isinstance(trigger, Every) and not rule.only_if and rule.only_while is None:
            count = sum(scope.schema.counts.get(kind, 0) for kind in rule.kinds)
            scope.warn(
                "R205",
                trigger.place,
                f"This starts for every {' and every '.join(rule.kinds)} each time: {count:,} records now.",
                'Say for which ones, for example:  only if status is "Open"',
            )


@checks(Rule)
def answers_everything(rule: Rule, scope: Scope) -> None:
    """R402: answers every text, without a limit."""
    if rule.at_most is not None or not any(_sends(rule)):
        return
    for trigger in rule.triggers:
        if isinstance(trigger, IncomingSms | AnyIncomingSms | AnyOtherIncomingSms) and _every_text(trigger):
            scope.warn(
                "R402",
                trigger.place,
                "This answers every text. Two machines that answer each other would go on for ever;\n"
                "the safety limit stops them after 5 texts in 10 minutes.",
                "Say how often at most, for example:  at most once per 12 hours",
            )
            return


def _every_text(trigger: TextTrigger) -> bool:
    return not trigger.patterns or any(includes(pattern.value, "*") for pattern in trigger.patterns)
