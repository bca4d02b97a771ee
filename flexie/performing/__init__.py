"""What a rule asks for, done: one function for each effect of the language, by subject.

Adding a step to the engine: a function beside its like, and its entries in `_PERFORMERS`, `NAMES` and `SUPPORTED`.
"""

from collections.abc import Callable
from typing import Any

from flexie.performing import cases, others, people, records, texts
from flexie.performing.doing import Doing, StepFailed
from rules import effects

__all__ = ["NAMES", "SUPPORTED", "Doing", "StepFailed", "perform"]

SUPPORTED = frozenset(
    {
        "IncomingSms", "AnyIncomingSms", "AnyOtherIncomingSms", "NewConversation", "SmsDelivered", "SmsFailed",
        "FieldChanges", "Created", "Started", "Relative", "Every",
        "OnlyIf", "OnlyWhile", "AtMost", "IfAlreadyRunning", "SendOnly",
        "SendSms", "Wait", "WaitUntil", "WaitForReply", "SetField", "Remember", "AddTag", "RemoveTag", "Create",
        "AttachMessage", "CloseCase", "Assign", "Notify", "StartRule", "CallWebhook", "If", "Stop", "DoNothing",
        "Is", "IsNot", "IsEmpty", "IsNotEmpty", "IsAnyOf", "IsNotAnyOf", "IsBefore", "IsAfter",
        "FieldMatches", "FieldDoesNotMatch", "Compare", "HasTag", "CanReceiveSms", "BusinessHours", "Between", "DayIs",
        "Not", "AllOf", "AnyOf",
    }
)  # fmt: skip
"""The constructs that the engine carries out. The checker names every other one as not available yet."""


def perform(effect: effects.Effect, doing: Doing) -> str | None:
    """Carry out one effect in the session. Returns words for the log when the effect's own do not say it all.

    Raises:
        StepFailed: the value does not fit, or what the step names is gone.
    """
    performer = _PERFORMERS.get(type(effect))
    if performer is None:
        raise StepFailed(f"This version cannot carry out this step yet ({type(effect).__name__}).")
    return performer(effect, doing)


NAMES: dict[type[Any], str] = {
    effects.SendSms: "send sms",
    effects.SetField: "set",
    effects.Remember: "remember",
    effects.AddTag: "add tag",
    effects.RemoveTag: "remove tag",
    effects.Create: "create",
    effects.AttachMessage: "attach message",
    effects.CloseCase: "close case",
    effects.Assign: "assign",
    effects.Notify: "notify",
    effects.StartRule: "start rule",
    effects.CallWebhook: "call webhook",
}
"""What a run's log calls each step: the words it is written with."""

_PERFORMERS: dict[type[Any], Callable[[Any, Doing], str | None]] = {
    effects.SendSms: texts.send,
    effects.SetField: records.set_field,
    effects.Remember: records.remember,
    effects.AddTag: records.add_tag,
    effects.RemoveTag: records.remove_tag,
    effects.Create: records.create,
    effects.AttachMessage: cases.attach_message,
    effects.CloseCase: cases.close,
    effects.Assign: people.assign,
    effects.Notify: people.notify,
    effects.StartRule: others.start_rule,
    effects.CallWebhook: others.call_webhook,
}
