"""Fields: that they exist for every kind of record of the rule."""

from __future__ import annotations

from rules.checks.data import missing_data
from rules.checks.scope import Scope, checks, walk, walks
from rules.schema import DATES, NUMBERS
from rules.syntax import (
    Compare,
    Create,
    Field,
    FieldMoment,
    FieldOffset,
    Given,
    GivenUnknownSender,
    IsAfter,
    IsBefore,
    Relative,
    RuleTest,
    SendSms,
    SetField,
    Settings,
)

DATA = "__data"
HOLD_A_NUMBER = ("phone", "text")


@checks(Field)
def known(field: Field, scope: Scope) -> None:
    """R101, R107: the field exists."""
    if field.path.split(".")[0] == DATA and scope.rule is not None:
        missing_data(field.path, lambda: field.place, scope)
    else:
        missing(field, scope.kinds, scope)


def missing(field: Field, kinds: tuple[str, ...], scope: Scope) -> bool:
    """R101 if one of the kinds does not have the field."""
    for kind in kinds:
        if scope.schema.field(kind, field.path) is None:
            meant = scope.nearest(field.path, scope.schema.names(kinds))
            advice = f'Did you mean "{meant}"?' if meant else _all_names(kinds, scope)
            scope.error("R101", field.place, f'{plural(kind)} have no field "{field.path}".', advice)
            return True
    return False


def plural(kind: str) -> str:
    """The kind at the beginning of a sentence about all its records."""
    return f"{kind.capitalize()}s"


def _all_names(kinds: tuple[str, ...], scope: Scope) -> str:
    names = scope.schema.names(kinds)
    shown = ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
    return f"There are: {shown}." if names else "The account has no fields for them."


@walks(SetField)
def set_field(step: SetField, scope: Scope) -> None:
    """The field belongs to the record that is set, which is a new one below `create`."""
    if step.field.path.split(".")[0] == DATA:
        scope.error(
            "R101",
            step.field.place,
            "__data cannot be set.",
            f"Write:  remember {step.field.path.rpartition('.')[2] or 'name'} as ...",
        )
    else:
        missing(step.field, scope.target, scope)


@walks(Create)
def create(step: Create, scope: Scope) -> None:
    """Below `create` fields of the new record are set."""
    before, scope.target = scope.target, (step.kind,)
    for part in step.fields:
        walk(part, scope)
    scope.target = before


@walks(Settings)
def settings(part: Settings, scope: Scope) -> None:
    """R101, R108: some kind of record has the mobile field, and it can hold a number."""
    kinds = tuple(kind for kind in scope.schema.fields if kind != "unknown sender")
    if part.mobile is None or not kinds:
        return
    types = scope.types(part.mobile.path, kinds)
    if not types:
        meant = scope.nearest(part.mobile.path, {name for kind in kinds for name in scope.schema.fields[kind]})
        advice = f'Did you mean "{meant}"?' if meant else "Name the field that holds the mobile number."
        scope.error("R101", part.mobile.place, f'No record has a field "{part.mobile.path}".', advice)
    elif not any(about.type in HOLD_A_NUMBER for about in types):
        message = f'"{part.mobile.path}" holds no phone number, so no text can go there.'
        scope.error("R108", part.mobile.place, message, f"It is a {types[0].type} field.")


@walks(RuleTest)
def test(item: RuleTest, scope: Scope) -> None:
    """The first given record is the one that the test is about; without one, a record of the rules' only kind."""
    given = next((line for line in item.lines if isinstance(line, Given | GivenUnknownSender)), None)
    if given is None:
        kinds = {kind for rule in scope.file.rules for kind in rule.kinds}
        scope.kinds = tuple(kinds) if len(kinds) == 1 else ()
    else:
        scope.kinds = (given.kind if isinstance(given, Given) else "unknown sender",)
    scope.target = scope.kinds
    for line in item.lines:
        walk(line, scope)


@walks(Given)
def given(line: Given, scope: Scope) -> None:
    """The facts are about a record of its own kind."""
    before, scope.kinds = scope.kinds, (line.kind,)
    for fact in line.facts:
        walk(fact, scope)
    scope.kinds = before


@checks(SendSms)
def number(step: SendSms, scope: Scope) -> None:
    """R101, R108: there is a field with the number to text to, and it can hold one."""
    if step.to is not None:
        _wrong_type(step.to, HOLD_A_NUMBER, "holds no phone number, so no text can go there", scope)
        return
    field = scope.file.settings.mobile
    path = field.path if field else "mobile"
    for kind in scope.kinds:
        if kind != "unknown sender" and scope.schema.field(kind, path) is None:
            advice = 'Say where it goes, for example:  send sms "..." to contacts[0].mobile'
            scope.error("R101", step.place, f'{plural(kind)} have no field "{path}" to send this text to.', advice)
            return


@checks(IsBefore, IsAfter)
def compared_moment(fact: IsBefore | IsAfter, scope: Scope) -> None:
    """R108: only a date is before or after something."""
    _wrong_type(fact.field, DATES, "is not a date, so it cannot be before or after something", scope)


@checks(Relative, FieldOffset, FieldMoment)
def moment(part: Relative | FieldOffset | FieldMoment, scope: Scope) -> None:
    """R108: only a date gives a moment."""
    _wrong_type(part.field, DATES, "is not a date, so no moment can be counted from it", scope)


@checks(Compare)
def compared_number(fact: Compare, scope: Scope) -> None:
    """R108: only numbers are smaller or greater."""
    advice = None
    if any(about.type in DATES for about in scope.types(fact.field.path)):
        advice = f"Write:  {fact.field.path} is {'before' if '<' in fact.operator else 'after'} ..."
    for side in (fact.field, fact.right):
        if isinstance(side, Field):
            _wrong_type(side, NUMBERS, "is not a number, so it cannot be smaller or greater", scope, advice)


def _wrong_type(field: Field, right: tuple[str, ...], complaint: str, scope: Scope, advice: str | None = None) -> None:
    for about in scope.types(field.path):
        if about.type not in right:
            message = f'"{field.path}" {complaint}.'
            scope.error("R108", field.place, message, advice or f"It is a {about.type} field.")
            return
