"""What the rules and texts of histories are made of, and the account that they fit."""

from datetime import date
from datetime import time as clock_time
from random import Random
from typing import Any

from rules import Schema
from tests.histories.literals import Literal

FIELDS: dict[str, dict[str, Any]] = {
    "name": {"type": "text"},
    "first_name": {"type": "text", "typical": 6},
    "mobile": {"type": "phone"},
    "phone": {"type": "phone"},
    "allow_sms": {"type": "yes/no"},
    "city": {"type": "text"},
    "status": {"type": "text"},
    "plan": {"type": "choice", "choices": ["Free", "Pro"]},
    "score": {"type": "number"},
    "total": {"type": "money"},
    "checked": {"type": "yes/no"},
    "birthday": {"type": "date"},
    "appointment_at": {"type": "datetime"},
    "last_incoming_at": {"type": "datetime"},
    "last_outgoing_at": {"type": "datetime"},
    "owner": {"type": "text"},
}
KINDS = ("contact", "lead", "account", "deal", "case")
LINES = ("Main", "Clinic", "Sales")
LINE_NUMBERS = ("+14155550100", "+14155550101", "+14155550102")
GROUPS = ("Duty", "Front desk")
USERS = ("Ana Hoxha", "Ben Smith")
WEBHOOKS = ("billing",)
SCHEMA = Schema.from_json(
    {
        "counts": {},
        "lines": list(LINES),
        "groups": list(GROUPS),
        "users": list(USERS),
        "webhooks": list(WEBHOOKS),
        "rules": [],
        "fields": {**dict.fromkeys(KINDS, FIELDS), "unknown sender": {"number": {"type": "phone"}}},
    }
)

NUMBERS = ("+14155552671", "+14155552672", "+14155552673", "(415) 555-2674")
UNKNOWN = "+12125550100"
PATTERNS = ("yes*", "no*", "go*", "*hours*", "hello*", "?", "*", "*please*", "12", "ok*", "stop*", "*later*")
TEXTS = (
    "yes", "YES please", "no", "No, thanks", "go", "go now", "hours?", "What are your hours", "hello there", "5", "12",
    "ok 👍", "maybe later", "please call me", "stop", "STOP please", "start", "help", "Straße 5",
    "it is \"quoted\" \\ so", "two\nlines", "{{ first_name }}", "  yes  ", "tomorrow",
)  # fmt: skip
SAID = (
    "Hi {{ first_name }}", "We are open", "Score {{ score }} of {{ total }}", '{{ city | default("nowhere") | title }}',
    'On {{ date(appointment_at, "Y-m-d H:i") }}', 'At {{ date(now(), "H:i") }}', "Born {{ birthday }}", "Grüße 👍",
    "A \\\"quoted\\\" word", "{% if checked %}checked{% else %}not checked{% endif %}",
    "You are {{ status }} on {{ plan }}", "Same words",
)  # fmt: skip
CITIES = ("Tirana", "Paris", "oslo")
STATES = ("New", "Open", "Closed")
TAGS = ("vip", "it", "asked")
CLOCKS = tuple(clock_time(*one) for one in ((9, 0), (10, 0), (12, 30), (2, 30), (17, 0), (20, 0), (0, 0)))
SPANS = ((30, "second"), (5, "minute"), (1, "hour"), (90, "minute"), (6, "hour"), (1, "day"), (2, "day"), (1, "week"))
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BEGINNINGS = {
    "Europe/Tirane": (date(2030, 3, 30), date(2030, 10, 26)),
    "America/New_York": (date(2030, 3, 9), date(2030, 11, 2)),
    "Australia/Lord_Howe": (date(2030, 10, 5), date(2030, 4, 6)),
    "UTC": (date(2032, 2, 28), date(2030, 12, 31)),
    "Asia/Kathmandu": (date(2030, 1, 30), date(2031, 2, 27)),
}
"""Zones, with days before their clocks change or before a month ends."""
ORDINARY = (date(2030, 1, 7), date(2030, 5, 17), date(2030, 8, 31))
BEGIN_CLOCKS = tuple(clock_time(*one) for one in ((10, 0), (8, 55), (16, 59), (22, 30), (1, 15), (23, 59)))


def span(count: int, unit: str) -> str:
    """A duration as it is written."""
    return f"{count} {unit}{'' if count == 1 else 's'}"


def value_for(name: str, rng: Random, day: date) -> Literal:
    """A value that fits a field; dates lie around `day`."""
    kind = FIELDS[name]["type"]
    if kind == "yes/no":
        return Literal(rng.random() < 0.5)
    if kind in ("number", "money"):
        return Literal(rng.choice(("0", "5", "7.50", "12", "100")), is_number=True)
    if kind == "date":
        return Literal(_near(day, rng))
    if kind == "datetime":
        moments = (Literal((_near(day, rng), rng.choice(CLOCKS))), Literal((rng.choice((1, 2, 3)), "day")))
        return rng.choice((*moments, Literal((rng.choice((1, 5, 30)), "hour")), Literal((1, "month"))))
    if kind == "choice":
        return Literal(rng.choice(("Free", "Pro")))
    if kind == "phone":
        return Literal(rng.choice(NUMBERS))
    words = {"city": CITIES, "status": STATES, "owner": (*USERS, *GROUPS)}
    return Literal(rng.choice(words.get(name, ("Ana", "Ben", "Zoë"))))


def _near(day: date, rng: Random) -> date:
    return date.fromordinal(day.toordinal() + rng.choice((-3, 0, 1, 1, 2, 2, 3, 7, 31)))


def settable(rng: Random) -> str:
    """A field that people and rules fill in."""
    return rng.choice(
        ("city", "city", "status", "status", "plan", "score", "total", "checked", "birthday", "appointment_at",
         "appointment_at", "first_name", "allow_sms", "mobile")
    )  # fmt: skip
