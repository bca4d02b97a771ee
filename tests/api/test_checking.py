"""Values against schemas: each limit on both of its sides."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flexie.web.api import checking, schema

TEXT = schema.text("", shortest=2, longest=3, pattern="^[a-z]+$")


@pytest.mark.parametrize(
    ("described", "good", "bad"),
    [
        (TEXT, ["ab", "abc"], ["a", "abcd", "AB", "ab\n", 1, None, ["ab"]]),
        (schema.text("", choices=("a", "b")), ["a", "b"], ["c", "", None, 1]),
        (schema.maybe(schema.text("", choices=("a",))), ["a", None], ["b"]),
        (schema.whole("", 1, 3), [1, 3], [0, 4, True, 1.0, "1", None]),
        (schema.whole("", 0), [0, 10**30], [-1]),
        (schema.flag(""), [True, False], [1, 0, "true", None]),
        (schema.moment(""), ["2026-12-24T09:00:00Z", "2026-12-24T09:00+01:00"], ["2026-12-24T09:00", "x", 1]),
        (schema.items(schema.flag(""), ""), [[], [True]], [[1], {}, "x"]),
        (schema.mapping(schema.flag(""), ""), [{}, {"a": True}], [{"a": 1}, []]),
        (schema.thing({"a": TEXT, "b": TEXT}, "", ("b",)), [{"a": "ab"}], [{}, {"b": "ab"}, {"a": "ab", "c": 1}]),
        ({}, [None, 1, "x", [], {}], []),
    ],
)  # fmt: skip
def test_a_value_fits_or_it_does_not(described: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if checking.check(described, value)] == []
    assert [value for value in bad if not checking.check(described, value)] == []


def test_errors_stand_where_they_are() -> None:
    deep = schema.thing({"list": schema.items(schema.thing({"a": TEXT}, ""), "")}, "")
    assert checking.check(deep, {"list": [{"a": "ab"}, {"a": 1}]}) == {"list[1].a": "Give a text here."}


def test_a_moment_is_read_in_utc() -> None:
    assert checking.moment("2026-12-24T09:00+01:00") == datetime(2026, 12, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize("written", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "2026-12-24"])
def test_a_moment_that_cannot_be_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"beyond the calendar|no zone"):
        checking.moment(written)
