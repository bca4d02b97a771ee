"""Random conditions."""

from datetime import date
from random import Random

from tests.histories import vocabulary as v


def condition(rng: Random, day: date, known: bool = True) -> str:
    """A condition about a record; about an unknown sender (not `known`) only what needs no field of one."""
    shape = rng.random()
    if shape < 0.62:
        return simple(rng, day, known)
    if shape < 0.72:
        return f"not {simple(rng, day, known)}"
    joined = rng.choice((" and ", " or "))
    parts = [simple(rng, day, known), rng.choice((simple(rng, day, known), f"({_pair(rng, day, known)})"))]
    return joined.join(parts)


def _pair(rng: Random, day: date, known: bool) -> str:
    return rng.choice((" and ", " or ")).join((simple(rng, day, known), simple(rng, day, known)))


def simple(rng: Random, day: date, known: bool) -> str:
    """One comparison."""
    about_time = (
        "it is business hours",
        'it is not business hours of "Duty"',
        f"it is between {rng.choice(v.CLOCKS):%H:%M} and {rng.choice(v.CLOCKS):%H:%M}",
        f"it is {rng.choice(v.DAYS)}, weekday",
        f"it is {rng.choice((*v.DAYS, 'weekday'))}",
        "can receive sms",
    )
    if not known:
        return rng.choice((*about_time[:5], 'number matches "+1212*"'))
    return rng.choice(
        (
            *about_time,
            *(f"{name} is {v.value_for(name, rng, day).written()}" for name in ("city", "status", "plan", "checked")),
            f"{v.settable(rng)} is empty",
            f"{v.settable(rng)} is not empty",
            "first_name is not empty",
            f"city is any of {_listed(v.CITIES, rng)}",
            f"status is not any of {_listed(v.STATES, rng)}",
            f'status is not "{rng.choice(v.STATES)}"',
            'city matches "*r*", "o*"',
            'first_name does not match "B*"',
            f"score {rng.choice(('<', '<=', '>', '>='))} {rng.choice(('5', '7.5', 'total'))}",
            f"appointment_at is {rng.choice(('before', 'after'))} {_moment(rng, day)}",
            f"birthday is {rng.choice(('before', 'after'))} {rng.choice(('today', '2 days ago', day.isoformat()))}",
            "birthday is today",
            f'has tag "{rng.choice(v.TAGS)}"',
            "last_incoming_at is after 1 hour ago",
            "allow_sms is yes",
        )
    )


def _listed(words: tuple[str, ...], rng: Random) -> str:
    return ", ".join(f'"{word}"' for word in rng.sample(words, 2))


def _moment(rng: Random, day: date) -> str:
    return rng.choice(("now", "today", "2 days from now", "3 hours ago", f"{day.isoformat()} at 12:00"))
