"""What single steps ask for: texts filled in, values worked out, moments found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from rules import effects, moments, syntax, values
from rules.effects import Effect, Person
from rules.explaining import shown as value_shown
from rules.facts import Facts, Plain, meaning
from rules.moments import MomentError

_IN_TIME = timedelta(minutes=1)
_LONGEST_WORDS = 160


def shown(moment: datetime, about: Facts) -> str:
    """A moment as a log shows it, on the clock of the file's zone."""
    return about.words(moment)


def is_late(moment: datetime, about: Facts) -> bool:
    """Whether a moment is missed; within its minute a run has simply woken up."""
    return about.now - moment > _IN_TIME


def asked(step: syntax.Step, about: Facts) -> tuple[Effect, str]:
    """The effect of a step that is neither a wait nor a choice, and words for the log.

    Raises TemplateError, MomentError.
    """
    return _STEPS[type(step)](step, _Filling(about))


def due(step: syntax.Wait | syntax.WaitUntil, about: Facts) -> effects.Wait:
    """Until when a step waits; the moment may be past. Raises MomentError."""
    if isinstance(step, syntax.Wait):
        return effects.Wait(moments.add(about.now, step.duration, about.zone))
    return coming(step.moment, about)


def coming(moment: syntax.MomentAhead, about: Facts) -> effects.Wait:
    """The next moment that `wait until` means, and the field that it follows. Raises MomentError.

    The present minute counts as now. An empty field has no moment.
    """
    now, zone = about.now, about.zone
    match moment:
        case syntax.AtClock():
            return effects.Wait(moments.next_clock(now, moment.at, zone))
        case syntax.DayAt():
            return effects.Wait(moments.next_clock(now, moment.at, zone, (moment.day,)))
        case syntax.TomorrowAt():
            return effects.Wait(moments.tomorrow(now, moment.at, zone))
        case syntax.DateValue():
            return effects.Wait(moments.at(moment.date, moment.at or datetime.min.time(), zone))
        case syntax.BusinessHours():
            hours = about.business_hours(moment.of.value if moment.of else None)
            return effects.Wait(moments.next_open(now, hours, zone))
        case syntax.FieldMoment() | syntax.FieldOffset():
            return effects.Wait(_of_field(moment, about), follows=moment.field.path)


def _of_field(moment: syntax.FieldMoment | syntax.FieldOffset, about: Facts) -> datetime:
    path = moment.field.path
    anchor = values.moment(about.value(path))
    if anchor is None:
        found = value_shown(about.value(path), about)
        raise MomentError(f"There is no moment to wait for: {path} is {found}. Fill it in, then retry.")
    if isinstance(moment, syntax.FieldMoment):
        return moments.relative(anchor, (), "after", None, about.zone)
    return moments.relative(anchor, moment.duration, moment.side, moment.at, about.zone)


class _Filling:
    """Fills texts in and remembers which of their fields were empty."""

    def __init__(self, about: Facts) -> None:
        self.about = about
        self.empty: list[str] = []

    def text(self, text: syntax.Text) -> str:
        filled = self.about.fill(text.value)
        self.empty += [path for path in filled.empty if path not in self.empty]
        return filled.text

    def value(self, value: syntax.Value) -> Plain:
        return self.text(value) if isinstance(value, syntax.Text) else meaning(value, self.about)

    def words(self, words: str) -> str:
        """Words for the log, with the fields that left a gap."""
        line = " ".join(words.split())
        line = line if len(line) <= _LONGEST_WORDS else line[: _LONGEST_WORDS - 1] + "…"
        return f"{line} ({', '.join(self.empty)} empty)" if self.empty else line


def _send(step: syntax.SendSms, fill: _Filling) -> tuple[Effect, str]:
    text = fill.text(step.text)
    effect = effects.SendSms(text, step.to.path if step.to else None, step.line.value if step.line else None)
    return effect, fill.words(f"sends: {text}")


def _set(step: syntax.SetField, fill: _Filling) -> tuple[Effect, str]:
    value = fill.value(step.value)
    words = f"{step.field.path} becomes {value_shown(value, fill.about)}"
    return effects.SetField(step.field.path, value), fill.words(words)


def _remember(step: syntax.Remember, fill: _Filling) -> tuple[Effect, str]:
    value = fill.value(step.value)
    words = f"remembers {step.name.value} as {value_shown(value, fill.about)}"
    return effects.Remember(step.name.value, value), fill.words(words)


def _add_tag(step: syntax.AddTag, fill: _Filling) -> tuple[Effect, str]:
    tag = fill.text(step.tag)
    return effects.AddTag(tag), fill.words(f'adds the tag "{tag}"')


def _remove_tag(step: syntax.RemoveTag, fill: _Filling) -> tuple[Effect, str]:
    tag = fill.text(step.tag)
    return effects.RemoveTag(tag), fill.words(f'removes the tag "{tag}"')


def _create(step: syntax.Create, fill: _Filling) -> tuple[Effect, str]:
    title = fill.text(step.title) if step.title else None
    fields = tuple((line.field.path, fill.value(line.value)) for line in step.fields)
    words = f'creates a {step.kind} "{title}"' if title else f"creates a {step.kind}"
    return effects.Create(step.kind, title, fields), fill.words(words)


def _assign(step: syntax.Assign, fill: _Filling) -> tuple[Effect, str]:
    person = _person(step.to)
    return effects.Assign(person), fill.words(f"assigns to {_name(person)}")


def _notify(step: syntax.Notify, fill: _Filling) -> tuple[Effect, str]:
    person, text = _person(step.to), fill.text(step.text)
    return effects.Notify(person, text), fill.words(f"notifies {_name(person)}: {text}")


def _person(somebody: syntax.Somebody) -> Person:
    if isinstance(somebody, syntax.Owner):
        return Person("owner")
    return Person("user" if isinstance(somebody, syntax.User) else "group", somebody.name.value)


def _name(person: Person) -> str:
    return f'{person.kind} "{person.name}"' if person.name else "the owner"


def _start(step: syntax.StartRule, fill: _Filling) -> tuple[Effect, str]:
    return effects.StartRule(step.rule.value), fill.words(f'starts the rule "{step.rule.value}"')


def _call(step: syntax.CallWebhook, fill: _Filling) -> tuple[Effect, str]:
    return effects.CallWebhook(step.webhook.value), fill.words(f'calls the webhook "{step.webhook.value}"')


_STEPS: dict[type[syntax.Node], Callable[[Any, _Filling], tuple[Effect, str]]] = {
    syntax.SendSms: _send,
    syntax.SetField: _set,
    syntax.Remember: _remember,
    syntax.AddTag: _add_tag,
    syntax.RemoveTag: _remove_tag,
    syntax.Create: _create,
    syntax.AttachMessage: lambda *_: (effects.AttachMessage(), "attaches the message to the case"),
    syntax.CloseCase: lambda *_: (effects.CloseCase(), "closes the case"),
    syntax.Assign: _assign,
    syntax.Notify: _notify,
    syntax.StartRule: _start,
    syntax.CallWebhook: _call,
    syntax.Stop: lambda *_: (effects.End("stop"), "stop"),
}
