"""The way through the steps: what is never reached, asked of nobody, or sent to somebody who said no."""

from __future__ import annotations

from rules.checks.scope import Keys, Path, Scope, checks, join, walk, walks
from rules.syntax import (
    AnyIncomingSms,
    AnyOtherIncomingSms,
    Create,
    FieldChanges,
    If,
    IncomingSms,
    NewConversation,
    OnNoReply,
    OnOtherReply,
    Remember,
    Rule,
    SendSms,
    SetField,
    SmsDelivered,
    SmsFailed,
    Started,
    Step,
    Stop,
    WaitForReply,
    YesNo,
)
from rules.syntax.steps import Case

INCOMING: Keys = frozenset({"sender_number", "to_number", "text", "date_received"})
_STARTED_BY: dict[type, tuple[str, Keys]] = {
    IncomingSms: ("incoming_sms", INCOMING),
    AnyIncomingSms: ("incoming_sms", INCOMING),
    AnyOtherIncomingSms: ("incoming_sms", INCOMING),
    NewConversation: ("incoming_sms", INCOMING),
    SmsDelivered: ("delivered_sms", frozenset({"text", "date_delivered"})),
    SmsFailed: ("failed_sms", frozenset({"text", "reason"})),
    FieldChanges: ("changed", frozenset({"field", "from", "to"})),
    Started: ("start", None),
}
ALLOW_SMS = "allow_sms"


@walks(Rule)
def through_rule(rule: Rule, scope: Scope) -> None:
    """The head first, then the steps, which know what started the run."""
    known = (_STARTED_BY[type(trigger)] for trigger in rule.triggers if type(trigger) in _STARTED_BY)
    scope.path = Path(dict(known), case="case" in rule.kinds)
    head = (rule.for_kinds, *rule.triggers, *rule.only_if, rule.only_while, rule.at_most, rule.already, rule.send_only)
    for part in head:
        if part is not None:
            walk(part, scope)
    through_steps(rule.steps, scope)


def through_steps(steps: tuple[Step, ...], scope: Scope) -> None:
    """One step after the other; each may change what the next ones know."""
    told = False
    for step in steps:
        if scope.path.stopped is not None and not told:
            told = True
            _never_reached(step, scope)
        walk(step, scope)
        _remember_effect(step, scope.path)


def _never_reached(step: Step, scope: Scope) -> None:
    scope.warn(
        "R201",
        step.place,
        f"This step is never reached: the run has ended at line {scope.path.stopped}.",
        "Move it above that line, or remove it.",
    )


def _remember_effect(step: Step, path: Path) -> None:
    if isinstance(step, SendSms):
        path.asked = True
    elif isinstance(step, Stop):
        path.stopped = step.place.line
    elif isinstance(step, Remember):
        path.data[step.name.value] = frozenset()
    elif isinstance(step, Create):
        path.data |= {"created": frozenset({"id"}), "__entity_inserted_id": frozenset()}
        path.case = path.case or step.kind == "case"
    elif isinstance(step, SetField) and step.field.path == ALLOW_SMS and isinstance(step.value, YesNo):
        path.silenced = None if step.value.value else step.place.line


@walks(If)
def through_if(step: If, scope: Scope) -> None:
    """Each branch on its own; without an `else` the run may also pass by."""
    start, ends = scope.path, []
    for branch in step.branches:
        scope.path = start.fork()
        walk(branch.condition, scope)
        through_steps(branch.steps, scope)
        ends.append(scope.path)
    scope.path = start.fork()
    through_steps(step.otherwise, scope)
    scope.path = join([*ends, scope.path])


@walks(WaitForReply)
def through_question(step: WaitForReply, scope: Scope) -> None:
    """Each case on its own; where an answer came, `__data.reply` holds it."""
    start, ends = scope.path, []
    for case in step.cases:
        scope.path = start.fork()
        if not isinstance(case, OnNoReply):
            scope.path.data["reply"] = INCOMING
        for pattern in getattr(case, "patterns", ()):
            walk(pattern, scope)
        through_steps(case.steps, scope)
        ends.append(scope.path)
    scope.path = join(ends)


@checks(WaitForReply)
def no_silence(step: WaitForReply, scope: Scope) -> None:
    """R206: nothing says what happens when nobody answers."""
    if step.silence is None:
        scope.error(
            "R206",
            step.place,
            "This wait does not say what happens when no reply comes.",
            "Add below it:  on no reply:  and there, for example,  do nothing",
        )


@checks(WaitForReply)
def nothing_asked(step: WaitForReply, scope: Scope) -> None:
    """R207: no text was sent before the wait."""
    if not scope.path.asked:
        scope.error(
            "R207",
            step.place,
            "This waits for a reply, but no text was sent before it: nobody was asked.",
            'Ask first, for example:  send sms "Is Friday fine?"',
        )


@checks(WaitForReply)
def case_order(step: WaitForReply, scope: Scope) -> None:
    """R209: a case that another one leaves nothing for."""
    seen: dict[type, Case] = {}
    for case in step.cases:
        other = seen.get(OnOtherReply)
        if other is not None and not isinstance(case, OnNoReply):
            scope.error(
                "R209",
                case.place,
                f"This case is never looked at: line {other.place.line} takes every reply before it.",
                "Move it above that line.",
            )
        elif type(case) in seen and isinstance(case, OnNoReply):
            line = seen[OnNoReply].place.line
            scope.error("R209", case.place, f'"on no reply" stands on line {line} already.', "Keep one of the two.")
        seen.setdefault(type(case), case)


@checks(SendSms)
def after_no(step: SendSms, scope: Scope) -> None:
    """R208: a text right after `set allow_sms to no`."""
    if scope.path.silenced is not None:
        scope.error(
            "R208",
            step.place,
            f"This text is never sent: line {scope.path.silenced} has just said no to texts for this person.",
            "Move it above that line.",
        )
