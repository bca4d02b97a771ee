"""Texts with placeholders: what they say, what they may not hold, and which names they use."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import meta

from rules import templates
from rules.templates import Name, TemplateError, fill, names, problem, render

NOW = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)
TIRANE = ZoneInfo("Europe/Tirane")
DATA = {
    "first_name": "Ana",
    "last_name": "o'NEIL smith",
    "nickname": None,
    "blank": " ",
    "appointment_at": datetime(2030, 1, 10, 14, 5, tzinfo=UTC),
    "due": date(2030, 1, 8),
    "total": Decimal("1234.50"),
    "whole": 3,
    "wants": True,
    "date": "a field called date",
    "invoices": [{"name": "INV-1", "total": Decimal(10)}, {"name": "INV-2", "total": None}],
    "__data": {"reply": {"text": "{{ first_name }}", "sender_number": "+1"}, "__entity_inserted_id": 7},
}


def written(source: str) -> str:
    return render(source, DATA, now=NOW, zone=TIRANE)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ 'odd' if whole is odd else 'even' }}", "odd"),
        ("{{ 'even' if invoices[0].total is even else 'odd' }}", "even"),
        ("{{ 'yes' if total is even or total is odd or wants is odd else 'neither' }}", "neither"),
        ("no placeholder, 5% { and }", "no placeholder, 5% { and }"),
        ("Hi {{ first_name }}!", "Hi Ana!"),
        ('{{ date(appointment_at, "l, H:i") }}', "Thursday, 15:05"),
        ('{{ date(appointment_at, "D j M, H:i") }}', "Thu 10 Jan, 15:05"),
        ('{{ appointment_at | date("g:i a, F jS y") }}', "3:05 pm, January 10th 30"),
        ('{{ due | date("M j, Y") }}', "Jan 8, 2030"),
        ("{{ due | date }}", "Jan 8, 2030"),
        ('{{ now() | date("Y-m-d H:i") }}', "2030-01-07 10:00"),
        ('{{ "now" | date("H") }}', "10"),
        ("{{ date(nickname) }}", ""),
        ("{{ date }}", "a field called date"),
        ("{{ appointment_at }}, {{ due }}", "2030-01-10 15:05, 2030-01-08"),
        ("{{ nickname }}{{ invoices[9].name }}{{ __data.reply.nothing.here }}", ""),
        ('{{ nickname | default("there") }}, {{ blank|default("you") }}', "there, you"),
        ("{{ unknown | default('friend') }}", "friend"),
        ("{{ invoices[0].name }} {{ invoices.1.name }} {{ invoices[0]['name'] }}", "INV-1 INV-2 INV-1"),
        ("{{ __data.reply.text }}", "{{ first_name }}"),
        ("{{ __data.__entity_inserted_id }}", "7"),
        (
            "{{ total }} {{ total * 2 }} {{ whole / 2 }} {{ 4 / 2 }} {{ -whole }} {{ 7 % 4 }}",
            "1234.50 2469.00 1.5 2 -3 3",
        ),
        ("{{ total | round }} {{ total | round(1) }} {{ total|number_format(2) }}", "1235 1234.5 1,234.50"),
        ("{{ 1234567.891 | number_format(1, ',', '.') }}", "1.234.567,9"),
        ("{{ wants }} {{ 0.5 }} {{ 'a' ~ whole ~ 'b' }}", "yes 0.5 a3b"),
        ("{{ last_name | title }} {{ last_name|capitalize }}", "O'neil Smith O'neil smith"),
        ("{{ first_name|upper|lower|first }}{{ first_name|last }}{{ first_name|length }}", "aa3"),
        ("{{ ' x ' | trim }}{{ first_name | replace('a', 'o') }}", "xAno"),
        ("{{ ['a', 'b', 'c'] | join(', ', ' and ') }}", "a, b and c"),
        ("{# a note #}{% if wants %}yes{% else %}no{% endif %}", "yes"),
        ("{% if total > 2000 %}a{% elseif total >= 1234.5 %}b{% else %}c{% endif %}", "b"),
        ("{% if nickname > 3 or nickname < 3 %}a{% else %}neither{% endif %}", "neither"),
        ("{% if nickname is empty and first_name is not empty %}x{% endif %}", "x"),
        ("{% if nickname == null and unknown is not defined %}x{% endif %}", "x"),
        ("{% if first_name in ['Ana', 'Ben'] and 'n' in first_name %}x{% endif %}", "x"),
        ("{% if due < appointment_at and due > '2030-01-07' %}x{% endif %}", "x"),
        ("{{ 'mr' if wants else 'ms' }}{{ 'x' if not wants }}", "mr"),
        (
            "{% for i in invoices %}{{ loop.index }} {{ i.name }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1 INV-1, 2 INV-2",
        ),
        ("{% for i in invoices if i.total %}{{ i.name }}{% else %}none{% endfor %}", "INV-1"),
        ("{% for i in nickname %}x{% else %}none{% endfor %}", "none"),
        ("a\n{% if wants %}\nb\n{% endif %}\nc", "a\nb\nc"),
        ("ends with a line\n", "ends with a line\n"),
        ("{{ '<b>&' }}", "<b>&"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    ],
)
def test_a_text_is_filled_in(source: str, expected: str) -> None:
    assert problem(source) is None
    assert written(source) == expected


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("{{ unknown }}", 'no field "unknown"'),
        ("{{ unknown.part }}", 'no field "unknown"'),
        ("{{ first_name * 3 }}", "Only numbers"),
        ("{{ nickname + 1 }}", "empty cannot be calculated"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ invoices }}", "invoices\\[0\\].name"),
        ("{{ invoices[0] }}", "which of its fields"),
        ("{{ first_name | date('Y') }}", "not a date"),
        ("{{ first_name | round }}", "Only a number"),
        ("{% for x in first_name %}{% endfor %}", "a list"),
    ],
)
def test_what_cannot_be_filled_in_says_why(source: str, advice: str) -> None:
    assert problem(source) is None
    with pytest.raises(TemplateError, match=advice):
        written(source)


@pytest.mark.parametrize(
    ("source", "advice", "offset"),
    [
        ("Hi {{ first_name", "not closed. Write }}", 3),
        ("Hi {{ first_name }}, {{ a b }}", "cannot be read", 21),
        ("a\n{{ ok }}\n{{ a b }}", "cannot be read", 11),
        ("{% if a %}x", "{% endif %}", 0),
        ("{% for a in b %}x", "{% endfor %}", 0),
        ("{% if a", "Write %}", 0),
        ("{{ a | lowr }}", "Did you mean lower?", None),
        ("{{ a | truncate(5) }}", "There are: ", None),
        ("{{ a | round(1, 2) }}", "0 to 1 values", None),
        ("{{ a | replace('x') }}", "2 values", None),
        ("{{ a is mapping }}", "does not exist here", None),
        ("{{ 1 < a < 3 }}", "two things at a time", None),
        ("{{ a ? b : c }}", "cannot be read", 0),
        ("x" * 10_001 + "{{ a }}", "10,000 characters", None),
    ],
)
def test_a_problem_is_told_when_saving(source: str, advice: str, offset: int | None) -> None:
    found = templates.fault(source)
    assert found is not None
    assert advice in str(found)
    assert found.offset == offset
    assert problem(source) == str(found)


def test_empty_fields_that_were_printed_are_told() -> None:
    source = (
        "{{ nickname }}{{ first_name }}{{ nickname }}{{ invoices[1].total }}{% if blank %}{% endif %}{{ blank|trim }}"
    )
    filled = fill(source, DATA, now=NOW, zone=TIRANE)
    assert filled.empty == ("nickname", "invoices[1].total")


def test_a_text_has_at_most_1600_characters_after_filling_in() -> None:
    data = {"text": "x" * 1600}
    assert len(render("{{ text }}", data, now=NOW, zone=TIRANE)) == 1600
    for source in ("{{ text }}!", "y" * 1601, "{{ text }}{{ text }}"):
        with pytest.raises(TemplateError, match="1,600"):
            render(source, data, now=NOW, zone=TIRANE)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Hi {{ first_name }}", [Name("first_name", 6)]),
        ("{{invoices[0].name}}{{ __data.reply.text }}", [Name("invoices[0].name", 2), Name("__data.reply.text", 23)]),
        ("{{ a['b'].c }}{{ x.0.y }}", [Name("a.b.c", 3), Name("x[0].y", 17)]),
        ('{{ date(at, "H:i") }}{{ now() }}{{ date }}', [Name("at", 8), Name("date", 35)]),
        ("{{ a | default(b) | lower }}", [Name("a", 3), Name("b", 15)]),
        ("{% if a is not empty and not b %}{% elseif c %}{% endif %}", [Name("a", 6), Name("b", 29), Name("c", 43)]),
        (
            "{% for i in list.of %}{{ i.x }}{{ loop.index }}{{ y }}{% endfor %}{{ i }}",
            [Name("list.of", 12), Name("y", 50), Name("i", 69)],
        ),
        ("x   {{- a -}}   y {#- note -#} {{ b }}", [Name("a", 8), Name("b", 34)]),
        ("{{ true }}{{ none }}{{ 'a.b' }}{% raw %}{{ z }}{% endraw %}", []),
        ("{{ a }} {{ b", [Name("a", 3), Name("b", 11)]),
        ("no names", []),
    ],
)
def test_the_names_that_a_text_uses(source: str, expected: list[Name]) -> None:
    assert names(source) == expected


_expressions = st.sampled_from(
    ["a", "b.c", "d[0].e", "date(f)", "g|default(h)", "i is empty", "not j", "'k' ~ l", "(m if n else o)"]
)
_parts = st.one_of(
    _expressions.map("{{{{ {} }}}}".format),
    st.tuples(_expressions, _expressions).map(lambda two: f"{{% if {two[0]} %}}{{{{ {two[1]} }}}}{{% endif %}}"),
    _expressions.map("{{% for q in r.s %}}{{{{ q.x }}}}{{{{ {} }}}}{{% endfor %}}".format),
    st.sampled_from(["text", "\n", " { ", "{# u #}"]),
)


@given(st.lists(_parts, max_size=6).map("".join))
def test_the_names_are_those_that_jinja_finds(source: str) -> None:
    tree = templates._SANDBOX.parse(source)
    assert {name.path.split(".")[0].split("[")[0] for name in names(source)} == meta.find_undeclared_variables(tree) - {
        "date"
    }
    assert all(source.startswith(name.path, name.offset) for name in names(source))


def test_threads_share_the_compiled_texts() -> None:
    def work(number: int) -> str:
        return render("{{ n }} of {{ first_name }}", {"n": number, "first_name": "Ana"}, now=NOW, zone=TIRANE)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(work, range(200))) == [f"{number} of Ana" for number in range(200)]
