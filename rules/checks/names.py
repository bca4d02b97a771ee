"""Names of the account: lines, groups, users, webhooks, rules, and the zone."""

from __future__ import annotations

from zoneinfo import available_timezones

from rules.checks.scope import Scope, checks
from rules.syntax import (
    BusinessHours,
    CallWebhook,
    ExpectRule,
    ExpectSms,
    ForKinds,
    Group,
    Name,
    Remember,
    RuleIsStarted,
    SendSms,
    Settings,
    StartRule,
    TextArrives,
    User,
)
from rules.syntax.node import NODES
from rules.syntax.triggers import TextTrigger

FILLED_BY_THE_SYSTEM = ("incoming_sms", "delivered_sms", "failed_sms", "changed", "reply")


@checks(Settings, SendSms, TextArrives, ExpectSms)
def line(node: Settings | SendSms | TextArrives | ExpectSms, scope: Scope) -> None:
    """R104: the line exists."""
    if node.line is not None:
        _known("line", node.line, scope.schema.lines, scope)


@checks(*(kind for kind in NODES.values() if issubclass(kind, TextTrigger)))
def lines(trigger: TextTrigger, scope: Scope) -> None:
    """R104: each line exists."""
    for name in trigger.lines:
        _known("line", name, scope.schema.lines, scope)


@checks(Group)
def group(node: Group, scope: Scope) -> None:
    """R104: the group exists."""
    _known("group", node.name, scope.schema.groups, scope)


@checks(BusinessHours)
def hours(node: BusinessHours, scope: Scope) -> None:
    """R104: the group whose hours are meant exists."""
    if node.of is not None:
        _known("group", node.of, scope.schema.groups, scope)


@checks(User)
def user(node: User, scope: Scope) -> None:
    """R104: the user exists."""
    _known("user", node.name, scope.schema.users, scope)


@checks(CallWebhook)
def webhook(node: CallWebhook, scope: Scope) -> None:
    """R104: an administrator has registered the webhook."""
    _known("webhook", node.webhook, scope.schema.webhooks, scope)


@checks(StartRule, RuleIsStarted, ExpectRule)
def rule(node: StartRule | RuleIsStarted | ExpectRule, scope: Scope) -> None:
    """R103: the rule stands in this file or in the account."""
    names = (*scope.declared, *scope.schema.rules)
    _known("rule", node.rule, names, scope, code="R103")


@checks(Settings)
def zone(node: Settings, scope: Scope) -> None:
    """R104: the time zone is one of the IANA list (https://www.iana.org/time-zones)."""
    if node.zone is not None and node.zone.value not in available_timezones():
        meant = scope.nearest(node.zone.value, available_timezones())
        advice = f'Did you mean "{meant}"?' if meant else 'Write region and city, for example "Europe/London".'
        scope.error("R104", node.zone.place, f'There is no time zone "{node.zone.value}".', advice)


@checks(ForKinds)
def kinds(node: ForKinds, scope: Scope) -> None:
    """R203: an unknown sender stands alone, and no kind stands twice."""
    if "unknown sender" in node.kinds and len(node.kinds) > 1:
        message = "A rule is either for unknown senders or for records."
        scope.error("R203", node.place, message, "Write two rules; one of them with:  for unknown sender")
    elif len(set(node.kinds)) < len(node.kinds):
        scope.error("R203", node.place, "A kind of record stands here twice.", "Name each kind once.")


@checks(Remember)
def remembered(step: Remember, scope: Scope) -> None:
    """R107: what the event or an answer brought stays as it is during the run."""
    if step.name.value in FILLED_BY_THE_SYSTEM and scope.path.data.get(step.name.value):
        scope.error(
            "R107",
            step.name.place,
            f"__data.{step.name.value} holds what came from outside; nothing else can be kept under this name.",
            f"Choose another name, for example:  remember my_{step.name.value} as ...",
        )


def _known(what: str, name: Name, names: tuple[str, ...], scope: Scope, code: str = "R104") -> None:
    if name.value in names or scope.schema.anything:
        return
    meant = scope.nearest(name.value, names)
    if meant:
        advice = f'Did you mean "{meant}"?'
    else:
        advice = f"There are: {', '.join(names[:12])}." if names else f"The account has no {what} yet."
    scope.error(code, name.place, f'There is no {what} "{name.value}".', advice)
