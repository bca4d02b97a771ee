"""Conditions as they are written in rules: when they hold, and the words that say why."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from rules import syntax
from rules.conditions import equals, holds
from rules.explaining import explain
from rules.facts import Facts
from rules.moments import BusinessHours
from rules.parser import parse

TIRANE = ZoneInfo("Europe/Tirane")
# A Monday, 10:30 in Tirana.
NOW = datetime(2030, 1, 7, 9, 30, 20, tzinfo=UTC)
FACTS = Facts(
    now=NOW,
    zone=TIRANE,
    fields={
        "status": "Proposed",
        "spaced": "  pro\u200bposed ",
        "nickname": None,
        "blank": "  ",
        "amount": Decimal("500.00"),
        "limit": 500,
        "score": "12",
        "allow_sms": True,
        "checked": False,
        "due": date(2030, 1, 7),
        "late_today": datetime(2030, 1, 7, 22, 59, tzinfo=UTC),
        "next_day": datetime(2030, 1, 7, 23, 0, tzinfo=UTC),
        "called_at": datetime(2030, 1, 5, 9, 30, 20, tzinfo=UTC),
        "invoices": [{"name": "INV-1"}],
        "nobody": [],
        "new": "x",
    },
    tags=frozenset({"VIP", "no nudge"}),
    data={"incoming_sms": {"text": "Yes, please"}, "mood": "yes", "count": "7", "at": "2030-01-07T09:30:00+00:00"},
    can_receive_sms=lambda: False,
    business_hours=lambda name: BusinessHours(()) if name == "Support" else BusinessHours(),
)


def condition(written: str) -> syntax.Condition:
    source = f'version 1\n\nrule "R":\n  for contact\n  when created\n  only if {written}\n\n  stop\n'
    parsed = parse(source)
    assert not parsed.findings, parsed.findings
    return parsed.file.rules[0].only_if[0].condition


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('status is "PROPOSED"', True),
        ('status is " proposed "', True),
        ('status is "Confirmed"', False),
        ('status is not "Confirmed"', True),
        ('nickname is ""', False),
        ('nickname is not "Ana"', True),
        ("nickname is empty", True),
        ("blank is empty", True),
        ("nobody is empty", True),
        ("status is not empty", True),
        ("checked is empty", False),
        ("unheard_of is empty", True),
        ('record.new is "X"', True),
        ('invoices[0].name is "inv-1"', True),
        ("invoices[1].name is empty", True),
        ('invoices is "x"', False),
        ('status is any of "Confirmed", "Proposed"', True),
        ('status is not any of "Confirmed", "Done"', True),
        ('nickname is any of "a", ""', False),
        ("amount is 500", True),
        ("score is 12", True),
        ('limit is "500"', True),
        ("allow_sms is yes", True),
        ("allow_sms is no", False),
        ("checked is no", True),
        ("nickname is no", False),
        ("__data.mood is yes", True),
        ("amount >= 500", True),
        ("amount > 500", False),
        ("amount <= limit", True),
        ("amount < 500.01", True),
        ("score > 2", True),
        ("__data.count < 10", True),
        ("nickname < 5", False),
        ("nickname >= 5", False),
        ("status > 5", False),
        ("called_at < late_today", True),
        ("due is today", True),
        ("late_today is today", True),
        ("next_day is today", False),
        ("late_today is 2030-01-07", True),
        ("called_at is 2030-01-05 at 10:30", True),
        ("called_at is 2030-01-05 at 10:31", False),
        ("__data.at is now", True),
        ("status is today", False),
        ("late_today is after now", True),
        ("due is before now", False),
        ("due is after now", False),
        ("due is before 2030-01-08", True),
        ("late_today is after today", False),
        ("next_day is after today", True),
        ("called_at is before 2 days ago", False),
        ("called_at is before 47 hours ago", True),
        ("called_at is after 49 hours ago", True),
        ("due is before 3 hours from now", False),
        ("nickname is before now", False),
        ("nickname is after now", False),
        ("status is before now", False),
        ('__data.incoming_sms.text matches "YES*", "Y"', True),
        ('__data.incoming_sms.text matches "YES"', False),
        ('__data.incoming_sms.text does not match "NO*"', True),
        ('spaced matches "proposed"', True),
        ('invoices matches "*"', False),
        ('nickname does not match "A*"', True),
        ('has tag "vip"', True),
        ('has tag "NO nudge "', True),
        ('has tag "new"', False),
        ("can receive sms", False),
        ("it is business hours", True),
        ('it is business hours of "Support"', False),
        ("it is not business hours", False),
        ("it is between 10:30 and 10:31", True),
        ("it is between 22:00 and 07:00", False),
        ("it is monday", True),
        ("it is weekday", True),
        ("it is saturday, sunday", False),
        ("it is not saturday, sunday", True),
        ("not can receive sms", True),
        ('has tag "vip" and amount > 1 and allow_sms is yes', True),
        ('has tag "vip" and amount > 1 and allow_sms is no', False),
        ('status is "x" or amount > 1', True),
        ('status is "x" or (amount > 1 and nickname is not empty)', False),
        ('not (status is "x" or amount > 1)', False),
    ],
)
def test_a_condition_holds_or_not(written: str, expected: bool) -> None:
    assert holds(condition(written), FACTS) is expected
    assert explain(condition(written), FACTS)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('status is "Confirmed"', "status is Proposed, not Confirmed"),
        ('status is "proposed"', "status is Proposed"),
        ('status is not "Proposed"', "status is Proposed"),
        ('status is not "Done"', "status is Proposed, not Done"),
        ("nickname is not empty", "nickname is empty"),
        ("status is empty", "status is Proposed, not empty"),
        ('status is any of "A", "B"', "status is Proposed, none of A, B"),
        ("amount > 1000", "amount is 500.00, not > 1000"),
        ("amount <= limit", "amount is 500.00, <= limit (500)"),
        ("allow_sms is no", "allow_sms is yes, not no"),
        ("called_at is before 14 days ago", "called_at is 2030-01-05 10:30, not before 14 days ago"),
        ("due is after 2029-12-24 at 09:00", "due is 2030-01-07, after 2029-12-24 at 09:00"),
        ('status matches "A*", "P?o*"', 'status is Proposed, which matches "P?o*"'),
        ('status does not match "A*"', 'status is Proposed, which does not match "A*"'),
        ("invoices is yes", "invoices is a list of 1, not yes"),
        ('has tag "new"', 'has no tag "new"'),
        ("not can receive sms", "cannot receive sms"),
        ("it is not business hours", "it is business hours (Monday 10:30)"),
        ('it is business hours of "Support"', 'it is not business hours of "Support" (Monday 10:30)'),
        ("it is between 22:00 and 07:00", "it is Monday 10:30, not between 22:00 and 07:00"),
        ("it is saturday, sunday", "it is monday, not saturday or sunday"),
        ('has tag "vip" and amount > 900 and status is "x"', "amount is 500.00, not > 900"),
        ('has tag "vip" and amount > 9', 'has the tag "vip" and amount is 500.00, > 9'),
        ('status is "x" or amount > 9', "amount is 500.00, > 9"),
        ('status is "x" or amount > 900', "status is Proposed, not x and amount is 500.00, not > 900"),
    ],
)
def test_the_words_name_the_part_that_decided_and_its_value(written: str, words: str) -> None:
    assert explain(condition(written), FACTS) == words


def test_long_values_are_cut_in_the_log() -> None:
    facts = Facts(now=NOW, zone=TIRANE, fields={"note": "many\nwords " * 100})
    assert len(explain(condition('note is "x"'), facts)) < 120


def test_a_change_to_nothing_is_a_change_to_an_empty_field() -> None:
    assert equals(None, syntax.Nothing(), FACTS)
    assert not equals("x", syntax.Nothing(), FACTS)


def test_whether_a_text_may_be_sent_is_asked_only_if_it_matters() -> None:
    def ask() -> bool:
        raise AssertionError("Nobody needs to know.")

    facts = Facts(now=NOW, zone=TIRANE, can_receive_sms=ask)
    assert not holds(condition('city is "London" and can receive sms'), facts)
