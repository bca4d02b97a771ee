"""What a rule asks for, done: one function for each effect of the language that this application performs.

Adding a step to the engine: a function here, its entries in `_PERFORMERS` and `NAMES`, its node in `SUPPORTED`.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from flexie import facts, fields, outbox, records
from flexie.db import db
from flexie.models import Conversation, Line, Record, Run
from rules import effects, syntax

SUPPORTED = frozenset(
    {
        "IncomingSms", "SmsDelivered", "OnlyIf", "OnlyWhile", "AtMost", "IfAlreadyRunning", "SendOnly",
        "SendSms", "Wait", "WaitUntil", "SetField", "Remember", "AddTag", "RemoveTag", "If", "Stop", "DoNothing",
        "Is", "IsNot", "IsEmpty", "IsNotEmpty", "IsAnyOf", "IsNotAnyOf", "IsBefore", "IsAfter",
        "FieldMatches", "FieldDoesNotMatch", "Compare", "HasTag", "CanReceiveSms", "BusinessHours", "Between", "DayIs",
        "Not", "AllOf", "AnyOf",
    }
)  # fmt: skip
"""The constructs that the engine carries out. The checker names every other one as not available yet."""


class StepFailed(Exception):
    """A step that cannot be carried out: its run fails there, with this sentence in its log."""


def perform(
    effect: effects.Effect,
    run: Run,
    position: tuple[int, ...],
    conversation: Conversation | None,
    defaults: syntax.Settings,
) -> str | None:
    """Carry out one effect in the session. Returns words for the log when the effect's own do not say it all.

    Raises:
        StepFailed: the value does not fit, the line is gone, the record is gone.
    """
    performer = _PERFORMERS.get(type(effect))
    if performer is None:
        raise StepFailed(f"This version cannot carry out this step yet ({type(effect).__name__}).")
    return performer(effect, run, position, conversation, defaults)


def _record_of(run: Run) -> Record:
    if run.record is None:
        raise StepFailed("There is no record to change: the sender is unknown.")
    return run.record


def _set_field(effect: effects.SetField, run: Run, *_: Any) -> None:
    try:
        records.update(_record_of(run), {effect.path: effect.value})
    except fields.FieldErrors as problem:
        raise StepFailed(f"{effect.path} could not be set: {problem.errors.get(effect.path, problem)}") from None


def _remember(effect: effects.Remember, run: Run, *_: Any) -> None:
    value = effect.value if isinstance(effect.value, str | bool | int | None) else str(effect.value)
    run.data[effect.name] = value
    flag_modified(run, "data")


def _add_tag(effect: effects.AddTag, run: Run, *_: Any) -> None:
    records.add_tag(_record_of(run), effect.tag)


def _remove_tag(effect: effects.RemoveTag, run: Run, *_: Any) -> None:
    records.remove_tag(_record_of(run), effect.tag)


def _send_sms(
    effect: effects.SendSms,
    run: Run,
    position: tuple[int, ...],
    conversation: Conversation | None,
    defaults: syntax.Settings,
) -> str | None:
    """Queue the text. Without a number, or stopped by the gate, it is skipped and the run goes on."""
    path = effect.to or facts.mobile_field(defaults)
    number = facts.number_for(run.record, conversation, path)
    if number is None:
        return f"not sent: {path} holds no number that can be texted"
    draft = outbox.Draft(
        line=_line(effect.from_line, conversation, defaults),
        number=number,
        text=effect.text,
        intent=f"run:{run.id}:{'.'.join(map(str, position))}:{run.visit}",
        records=(run.record,) if run.record else (),
        case=_case_in_scope(run),
        run=run,
    )
    try:
        message = outbox.queue(draft)
    except outbox.OutboxError as problem:
        raise StepFailed(str(problem)) from None
    reason = outbox.suppressed_now(message, draft.records)
    return f"not sent: {reason}" if reason else None


def _case_in_scope(run: Run) -> Record | None:
    """The case that a run is about, or that the text which started it belongs to."""
    if run.record is not None and run.record.kind == "case":
        return run.record
    message = run.message
    return message.case if message is not None and message.case is not None and message.case.is_open_case else None


def _line(name: str | None, conversation: Conversation | None, defaults: syntax.Settings) -> Line:
    """The line a step names; else the one that the run's text came in on; else the file's; else the first."""
    if name is None and conversation is not None:
        return conversation.line
    name = name or (defaults.line.value if defaults.line else None)
    query = select(Line).order_by(Line.id).limit(1)
    if name is not None:
        query = query.where(func.lower(Line.name) == name.lower())
    line = db.session.scalar(query)
    if line is None:
        raise StepFailed(f'There is no line "{name}" any more.' if name else "There is no line to send from.")
    return line


NAMES: dict[type[Any], str] = {
    effects.SendSms: "send sms",
    effects.SetField: "set",
    effects.Remember: "remember",
    effects.AddTag: "add tag",
    effects.RemoveTag: "remove tag",
}
"""What a run's log calls each step: the words it is written with."""

_PERFORMERS: dict[type[Any], Callable[..., str | None]] = {
    effects.SendSms: _send_sms,
    effects.SetField: _set_field,
    effects.Remember: _remember,
    effects.AddTag: _add_tag,
    effects.RemoveTag: _remove_tag,
}
