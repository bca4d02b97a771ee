"""Values: that they fit the type and the choices of their field."""

from __future__ import annotations

from collections.abc import Iterator

from rules.checks.scope import Scope, checks
from rules.errors.spelling import nearest
from rules.schema import DATES, NUMBERS, FieldType
from rules.syntax import (
    Ago,
    ChangeField,
    DateValue,
    Field,
    FieldChanges,
    FieldDoesNotMatch,
    FieldMatches,
    FromNow,
    GivenField,
    HasTag,
    Is,
    IsAnyOf,
    IsNot,
    IsNotAnyOf,
    Nothing,
    Now,
    Number,
    SetField,
    Text,
    Today,
    Value,
    YesNo,
)

_MOMENTS = (Now, Today, Ago, FromNow, DateValue)


@checks(Is, IsNot)
def compared(fact: Is | IsNot, scope: Scope) -> None:
    """R108, R109 for a comparison."""
    if isinstance(fact.value, Nothing):
        word = "is empty" if isinstance(fact, Is) else "is not empty"
        scope.error("R108", fact.value.place, "A field is not compared with nothing.", f"Write:  {word}")
    else:
        _fits(fact.field, fact.value, scope.kinds, scope, exact=False)


@checks(IsAnyOf, IsNotAnyOf)
def one_of(fact: IsAnyOf | IsNotAnyOf, scope: Scope) -> None:
    """R108, R109 for each of several values."""
    for value in fact.values:
        _fits(fact.field, value, scope.kinds, scope, exact=False)


@checks(FieldChanges)
def changed(trigger: FieldChanges, scope: Scope) -> None:
    """R108, R109 for the values before and after."""
    for value in (trigger.old, trigger.new):
        if value is not None:
            _fits(trigger.field, value, scope.kinds, scope, exact=False)


@checks(SetField)
def set_to(step: SetField, scope: Scope) -> None:
    """R108, R109 for a value that is stored."""
    _fits(step.field, step.value, scope.target, scope, exact=True)


@checks(GivenField, ChangeField)
def in_test(line: GivenField | ChangeField, scope: Scope) -> None:
    """R108, R109 for what a test says about a record."""
    _fits(line.field, line.value, scope.kinds, scope, exact=True)


@checks(Is, IsNot, IsAnyOf, IsNotAnyOf, HasTag)
def no_placeholder(fact: Is | IsNot | IsAnyOf | IsNotAnyOf | HasTag, scope: Scope) -> None:
    """R021: what a condition compares with is not filled in."""
    for text in _texts(fact):
        if "{{" in text.value or "{%" in text.value:
            scope.error(
                "R021",
                text.place,
                "A condition is not filled in: {{ }} has no meaning here.",
                "Compare with plain words; two fields can be compared with <, <=, > and >=.",
            )


def _texts(fact: Is | IsNot | IsAnyOf | IsNotAnyOf | HasTag) -> Iterator[Text]:
    values = (fact.tag,) if isinstance(fact, HasTag) else fact.values if hasattr(fact, "values") else (fact.value,)
    return (value for value in values if isinstance(value, Text))


@checks(FieldMatches, FieldDoesNotMatch)
def matched(fact: FieldMatches | FieldDoesNotMatch, scope: Scope) -> None:
    """R108: a pattern looks at words."""
    for about in scope.types(fact.field.path):
        if about.type in ("yes/no", "list", *DATES):
            message = f'"{fact.field.path}" holds no words that a pattern could match.'
            scope.error("R108", fact.field.place, message, f"It is a {about.type} field.")
            return


def _fits(field: Field, value: Value, kinds: tuple[str, ...], scope: Scope, *, exact: bool) -> None:
    for about in scope.types(field.path, kinds):
        complaint = _complaint(field.path, value, about, exact=exact)
        if complaint:
            scope.error(complaint[0], value.place, *complaint[1:])
            return


def _complaint(name: str, value: Value, about: FieldType, *, exact: bool) -> tuple[str, str, str] | None:
    """Code, message and advice if the value does not fit. A text with placeholders is only known when it is filled."""
    filled = isinstance(value, Text) and ("{{" in value.value or "{%" in value.value)
    if about.type == "list":
        return "R108", f'"{name}" is a list of related records, not one value.', "Choose a field of the record itself."
    if isinstance(value, Nothing) or filled:
        return None
    if about.type == "choice" and isinstance(value, Text):
        return _not_a_choice(name, value.value, about, exact=exact)
    return _RIGHT[about.type](name, value) if about.type in _RIGHT else _words(name, value)


def _not_a_choice(name: str, given: str, about: FieldType, *, exact: bool) -> tuple[str, str, str] | None:
    same = [choice for choice in about.choices if choice.casefold() == given.strip().casefold()]
    if given in about.choices or (same and not exact):
        return None
    meant = same[0] if same else nearest(given, about.choices)
    advice = f'Did you mean "{meant}"?' if meant else f"The choices are: {', '.join(about.choices)}."
    return "R109", f'"{given}" is not one of the choices of {name}.', advice


def _yes_or_no(name: str, value: Value) -> tuple[str, str, str] | None:
    if isinstance(value, YesNo):
        return None
    return "R108", f'The field "{name}" holds yes or no.', "Write yes or no."


def _number(name: str, value: Value) -> tuple[str, str, str] | None:
    if isinstance(value, Number):
        return None
    text = value.value if isinstance(value, Text) else ""
    advice = f"Write {text} without quotes." if text.replace(".", "", 1).isdigit() else "Write a number such as 5."
    return "R108", f'The field "{name}" holds a number.', advice


def _date(name: str, value: Value) -> tuple[str, str, str] | None:
    if isinstance(value, _MOMENTS):
        return None
    return "R108", f'The field "{name}" holds a date.', "Write for example now, today, 3 days from now or 2026-12-24."


def _words(name: str, value: Value) -> tuple[str, str, str] | None:
    if isinstance(value, Text | Number):
        return None
    return "R108", f'The field "{name}" holds a text.', "Write it in quotes."


_RIGHT = {
    "yes/no": _yes_or_no,
    **dict.fromkeys(NUMBERS, _number),
    **dict.fromkeys(DATES, _date),
}
