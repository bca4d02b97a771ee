"""Templates written by somebody who means harm: each must end in an error, at once."""

import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from rules.templates import TemplateError, problem, render
from tests.pace import computing


class Secret:
    """Stands for an object of the application."""

    password = "hunter2"

    def delete(self) -> str:
        raise AssertionError("The template called a method.")


DATA = {
    "name": "Ana",
    "n": 3,
    "amount": Decimal("1.5"),
    "due": date(2030, 1, 1),
    "list": [{"name": str(number)} for number in range(400)],
    "texts": ["x" * 1000] * 400,
    "long": "x" * 100_000,
    "__data": {"reply": {"text": "hi"}},
    "secret": Secret(),
    "secrets": [Secret()],
}

ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ name.__class__.__mro__ }}",
    "{{ name['__class__'] }}",
    "{{ name|attr('__class__') }}",
    "{{ ().__class__.__bases__[0].__subclasses__() }}",
    "{{ [].__class__ }}",
    "{{ {}.__class__ }}",
    "{{ {'a': 1} }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__.__builtins__ }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__ }}",
    "{{ namespace.__init__ }}",
    "{{ lipsum.__globals__ }}",
    "{{ range(3) }}",
    "{{ dict(a=1) }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ url_for.__globals__ }}",
    "{{ name.format('x') }}",
    "{{ '{0.__class__}'.format(name) }}",
    "{{ '%s' | format(name) }}",
    "{{ ['x'] | map('upper') | list }}",
    "{{ list | map(attribute='__class__') | first }}",
    "{{ list | groupby('name') }}",
    "{{ list | selectattr('__class__') }}",
    "{{ list.append(1) }}",
    "{{ list.pop() }}",
    "{{ date.__globals__ }}",
    "{{ now.__globals__ }}",
    "{{ now().__class__ }}",
    "{{ date(due).__class__ }}",
    "{{ due.replace(year=1) }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import system %}",
    "{% extends 'base.html' %}",
    "{% block x %}{% endblock %}",
    "{% set x = name %}",
    "{% set x %}y{% endset %}",
    "{% macro m() %}{% endmacro %}",
    "{% call name() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% with x = 1 %}{% endwith %}",
    "{% autoescape true %}{% endautoescape %}",
    "{% do name %}",
    "{% debug %}",
    "{{ name | safe }}",
    "{{ name | tojson }}",
    "{{ name | pprint }}",
    "{{ name.upper }}!{{ name.upper() }}",
    "{% for x in list recursive %}{{ loop(x) }}{% endfor %}",
    "{% for x in list %}{{ loop.__class__ }}{% endfor %}",
    "{% for x in list %}{{ loop.cycle('a') }}{% endfor %}",
    "{% for a, b in list %}{% endfor %}",
    "{% for date in list %}{{ date('x') }}{% endfor %}",
    "{{ caller }}",
    "{{ name[0:2] }}",
    "{{ name[n] }}",
    "{{ name | default(name, true=1) }}",
    "{{ name | join(*list) }}",
    "{{ name is callable }}",
    "{{ name is sameas name }}",
    "{{ secret }}",
    "{{ secret.password }}",
    "{{ secret.delete() }}",
    "{{ secret['password'] }}",
    "{{ secrets[0].password }}",
    "{{ secrets | first }}",
    "{% for s in secrets %}{{ s.password }}{% endfor %}",
    "{% if secret.password == 'hunter2' %}x{% endif %}",
    "{{ secrets | join }}",
]

EXHAUSTION = [
    "{% for a in list %}{% for b in list %}{% for c in list %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in list %}{% for b in list %}{% if a.name == b.name ~ 'x' %}y{% endif %}{% endfor %}{% endfor %}",
    "{% for a in range(999999999) %}{% endfor %}",
    "{% for a in list %}{{ long }}{% endfor %}",
    "{{ 'a' * 10**10 }}",
    "{{ 'a' * 10000000000 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ 999999999999999 * 999999999999999 * 999999999999999 }}",
    "{{ [1] * 1000000000 }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ '%1000000000d' % n }}",
    "{{ '%1000000000d' | format(n) }}",
    "{{ name | indent(1000000000) }}",
    "{{ 'x' | replace('', long) }}",
    "{{ long | replace('x', 'yyyyyyyyyy') | replace('y', 'zzzzzzzzzzzzz') }}",
    "{{ " + "long ~ " * 1500 + "long }}",
    "{{ texts | join(long) }}",
    "{{ lipsum(n=100000) }}",
    "{{ long | wordwrap(1) | urlize }}",
    "{% set x = 'x' %}{% for a in list %}{% set x = x ~ x %}{% endfor %}",
    "{{ " + "(" * 4000 + "1" + ")" * 4000 + " }}",
    "{{ " + "not " * 2400 + "1 }}",
    "{{ " + "-" * 9000 + "1 }}",
    "{{ 1" + "+1" * 4000 + " }}",
    "{{ name" + "|upper" * 1500 + " }}",
    "{{ a" + ".b" * 4000 + " }}",
    "{% if a %}" * 400 + "{% endif %}" * 400,
    "{% for a in list %}" * 30 + "{% endfor %}" * 30,
    "{{ 9" + "9" * 9000 + " }}",
    "{{ 1e308 * 10 }}",
    "{{ 1.5 | round(1000000000) }}",
    "{{ '9999999999999999999999999999999999999999999999999' | round }}",
    "{{ [" + "1," * 4900 + "1] }}",
    "{{ 'a' in texts or " * 300 + "1" + " }}",
]


@pytest.mark.parametrize("source", ESCAPES)
def test_nothing_gets_out(source: str) -> None:
    assert_error_at_once(source)


@pytest.mark.parametrize("source", EXHAUSTION, ids=range(len(EXHAUSTION)))
def test_nothing_wears_the_worker_out(source: str) -> None:
    assert_error_at_once(source)


def assert_error_at_once(source: str) -> None:
    assert computing(lambda: refused(source), 1.0) < 1.0
    tracemalloc.start()
    try:
        refused(source)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def refused(source: str) -> None:
    """See that a template is not taken, or ends in an error."""
    if problem(source) is None:
        with pytest.raises(TemplateError):
            render(source, DATA, now=datetime(2030, 1, 7, tzinfo=UTC), zone=ZoneInfo("UTC"))


@pytest.mark.parametrize("name", ["name", "list", "due", "n"])
def test_an_attribute_of_a_value_is_nothing(name: str) -> None:
    for attribute in ("upper", "append", "year", "real", "_x", "__len"):
        text = render(
            f"[{{{{ {name}.{attribute} }}}}]", DATA, now=datetime(2030, 1, 7, tzinfo=UTC), zone=ZoneInfo("UTC")
        )
        assert text == "[]"


def test_what_customers_wrote_is_never_read_as_a_template() -> None:
    data = {"text": "{{ name }}{% for x in list %}{{ x }}{% endfor %}"}
    text = render("{{ text }}", data, now=datetime(2030, 1, 7, tzinfo=UTC), zone=ZoneInfo("UTC"))
    assert text == data["text"]
