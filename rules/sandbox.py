"""The environment that checked templates run in: it reaches plain data only and counts what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context, LoopContext, Undefined, missing
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context

from rules import values
from rules.allowlist import COMPARED, ITEMS, JOINED, NOTED, NOW
from rules.twig import FILTERS, LONGEST_VALUE, TESTS, Scope, TemplateError

SCOPE = "(scope)"
"""The name, which no template can write, under which a rendering finds its `Scope`."""

_LOOP_FACTS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})
_MOST = Decimal(10) ** 18
_TWIG_WORDS = {"elseif": "elif", "null": "none"}


def plain(value: Any) -> Any:
    """The value, if it is plain data; what is missing inside a record is nothing.

    Raises TemplateError for a field that does not exist and for anything that is no data.
    """
    if value is None or isinstance(value, str | bool | int | Decimal | float | date | Mapping | list | tuple):
        return value
    if isinstance(value, Undefined):
        if value._undefined_obj is missing:
            raise TemplateError(f'There is no field "{value._undefined_name}" to fill in here.')
        return None
    raise TemplateError("A value of this text is no data and cannot be filled in.")


class TwigWords(Extension):
    """Reads the words that Twig spells in another way."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Hands on the tokens, with the words of Jinja."""
        for token in stream:
            word = _TWIG_WORDS.get(token.value) if token.type == "name" else None
            yield Token(token.lineno, token.type, word) if word else token


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox without its functions, filters, tests and attributes: only those of `rules.twig`."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})

    def __init__(self) -> None:
        super().__init__(
            autoescape=False,
            optimized=False,
            cache_size=0,
            trim_blocks=True,
            keep_trailing_newline=True,
            extensions=[TwigWords],
            finalize=_printed,
        )
        self.globals.clear()
        self.filters = {name: _counted(rule.function) for name, rule in FILTERS.items()}
        self.filters |= {JOINED: _counted(_joined), COMPARED: _counted(_compared), NOTED: _counted(_noted)}
        self.filters |= {NOW: _counted(_now), ITEMS: _items}
        self.tests = {name: _tested(test) for name, test in TESTS.items()}
        self.tests["defined"] = lambda value: not isinstance(value, Undefined)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A member of a record, or a fact about the loop; never an attribute of an object."""
        if isinstance(obj, LoopContext) and attribute in _LOOP_FACTS:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A member of a record or a place in a list; nothing if it is not there."""
        if isinstance(obj, Undefined):
            plain(obj)
        found = plain(values.one_step(obj, argument))
        return self.undefined(obj=obj, name=argument) if found is None else found

    def call(self, *_: Any, **__: Any) -> Any:
        """Nothing is ever called."""
        raise TemplateError("Only date(...) and now() can be called here.")

    def call_binop(self, _: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic, between numbers only."""
        return _calculated(lambda: self.binop_table[operator](_operand(left), _operand(right)))

    def call_unop(self, _: Context, operator: str, arg: Any) -> Any:
        """The sign of a number."""
        return _calculated(lambda: self.unop_table[operator](_operand(arg)))


def _operand(value: Any) -> Decimal:
    value = plain(value)
    read = values.number(value) if values.is_number(value) else None
    if read is None:
        what = "something empty" if values.is_empty(value) else "a text" if isinstance(value, str) else "this value"
        raise TemplateError(f"{what.capitalize()} cannot be calculated with. Only numbers can; join texts with ~.")
    return read


def _calculated(calculation: Callable[[], Decimal]) -> Decimal:
    try:
        result = calculation()
    except (DecimalException, ArithmeticError) as error:
        raise TemplateError("This calculation has no result, perhaps a division by zero.") from error
    if abs(result) >= _MOST:
        raise TemplateError("The result of this calculation is too large.")
    return result


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter as Jinja calls it: finds the scope, counts a step, and hands over plain data."""
    lenient = function is FILTERS["default"].function

    @pass_context
    def counted(context: Context, value: Any, *arguments: Any) -> Any:
        scope: Scope = context.parent[SCOPE]
        value = None if lenient and isinstance(value, Undefined) else plain(value)
        scope.spend(1 + (len(value) // 500 if isinstance(value, str) else 0))
        return function(scope, value, *map(plain, arguments))

    return counted


def _tested(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: test(None if isinstance(value, Undefined) else value)


@pass_context
def _printed(context: Context, value: Any) -> str:
    """What stands in the text for a value."""
    return context.parent[SCOPE].words(plain(value))


@pass_context
def _items(context: Context, value: Any, cost: int) -> Iterator[Any]:
    """The members of a list, each paid for."""
    value = plain(value)
    if value is not None and not values.is_list(value):
        raise TemplateError("A loop goes over a list of the record, as in {% for invoice in invoices %}.")
    for item in value or ():
        context.parent[SCOPE].spend(cost)
        yield plain(item)


def _joined(scope: Scope, *parts: Any) -> str:
    text = "".join(scope.words(part) for part in parts)
    if len(text) > LONGEST_VALUE:
        raise TemplateError("The joined text is too long. Use a shorter one.")
    return text


def _noted(scope: Scope, value: Any, path: str) -> Any:
    if values.is_empty(value) and path not in scope.empty:
        scope.empty.append(path)
    return value


def _now(scope: Scope, _: None) -> Any:
    return scope.now


def _compared(scope: Scope, left: Any, operator: str, right: Any) -> bool:
    """Numbers by value, dates by moment, all else as text; what is empty is neither smaller nor greater."""
    if operator in ("in", "notin"):
        return _contains(scope, right, left) == (operator == "in")
    if values.is_empty(left) or values.is_empty(right):
        equal = values.is_empty(left) and values.is_empty(right)
        return equal if operator == "eq" else operator == "ne" and not equal
    one, other = values.comparable(left, right, scope.zone)
    order = (one > other) - (one < other)
    return {"eq": not order, "ne": bool(order), "lt": order < 0, "gt": order > 0}.get(
        operator, order <= 0 if operator == "lteq" else order >= 0
    )


def _contains(scope: Scope, whole: Any, part: Any) -> bool:
    if values.is_list(whole):
        scope.spend(len(whole))
        return any(_compared(scope, plain(each), "eq", part) for each in whole)
    return not values.is_empty(part) and scope.words(part) in scope.words(whole)
