"""The section of numbers: the prefix is counted, changed, and any number is explained."""

import re

import pytest

from flexie.db import db
from flexie.models import Settings
from tests.web.browser import words
from tests.web.desk import Desk

PAGE = "/settings/numbers"


def test_a_prefix_is_looked_at_and_then_changed(desk: Desk) -> None:
    desk.house.record(mobile="4155552671")
    assert desk.mira.post(PAGE, {"prefix": "44"}).location == PAGE
    assert "Counting what +1 → +44 would change" in words(desk.mira.get(PAGE, htmx=True))
    desk.house.work()
    counted = desk.mira.get(PAGE)
    assert "1 number changes" in words(counted)
    start = re.search(r'action="([^"]+/start)"', counted.text)
    assert start
    desk.mira.post(start.group(1))
    assert "Reading every number anew" in words(desk.mira.get(PAGE, htmx=True))
    desk.house.work()
    after = desk.mira.get(PAGE, htmx=True)
    assert "1 number changed" in words(after)
    assert "hx-trigger" not in after.text
    with desk.app.app_context():
        assert Settings.get().prefix == "+44"


def test_a_prefix_that_is_none_says_so(desk: Desk) -> None:
    answer = desk.mira.post(PAGE, {"prefix": "+999"})
    assert answer.status_code == 422
    assert "is not a calling code" in words(answer)
    assert 'value="+999"' in answer.text


def test_a_count_can_be_dropped(desk: Desk) -> None:
    desk.mira.post(PAGE, {"prefix": "+49"})
    desk.house.work()
    drop = re.search(r'action="([^"]+/drop)"', desk.mira.get(PAGE).text)
    assert drop
    assert desk.mira.post(drop.group(1)).location == PAGE
    assert "would change" not in words(desk.mira.get(PAGE)).replace("See what would change", "")
    with desk.app.app_context():
        assert db.session.get_one(Settings, 1).prefix == "+1"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("(415) 555-1212", "+14155551212"),
        ("12", "cannot be a phone number"),
        ("4155551212 or 4155551213", "more than one"),
    ],
)
def test_how_a_number_is_read_is_explained(desk: Desk, typed: str, said: str) -> None:
    assert said in words(desk.mira.post(f"{PAGE}/read", {"number": typed}, htmx=True))
    assert said in words(desk.mira.post(f"{PAGE}/read", {"number": typed}))
