"""A history as a test of its file, with what the running system did as expectations."""

import re
from collections.abc import Iterator

from tests.histories import carrier
from tests.histories import vocabulary as v
from tests.histories.happenings import (
    Changed,
    Given,
    GivenSender,
    Happened,
    History,
    Passed,
    Reached,
    Reported,
    Started,
    Texted,
)
from tests.histories.literals import quoted
from tests.histories.running import Told
from tests.histories.seen import Seen

_REFERENCE = re.compile(r"\s*\[FX-[A-Z2-9]{8}\]$")
_EXPECTED = ("waiting", "finished", "not started")


def as_test(history: History, told: Told, seen: Seen) -> str:
    """The file with the test at its end."""
    lines = [*_beginning(history)]
    for happened, posts in told.happened:
        lines.append(sentence(happened))
        lines += [f"expect sms {quoted(_without_reference(post))} from line {quoted(_line(post))}" for post in posts]
    lines += ["expect no sms", *_endings(seen)]
    body = "".join(f"  {line}\n" for line in lines)
    return f'{history.text}\ntest "As it ran":\n{body}'


def _beginning(history: History) -> Iterator[str]:
    day, at = history.begins
    for given in history.given:
        yield from _given(given)
    yield f"clock is {day.isoformat()} at {at:%H:%M}"


def _given(given: Given | GivenSender) -> Iterator[str]:
    if isinstance(given, GivenSender):
        yield f"given unknown sender {quoted(given.number)}"
        return
    yield f"given {given.kind}:"
    facts = [f"{name} is {value.written()}" for name, value in given.fields]
    facts += [f"has tag {quoted(tag)}" for tag in given.tags]
    yield from (f"  {fact}" for fact in facts or ["city is nothing"])


def sentence(happened: Happened) -> str:
    """One thing that happens, as a line of a test."""
    match happened:
        case Texted():
            return f"incoming sms {quoted(happened.text)}" + (f' on line "{happened.line}"' if happened.line else "")
        case Reported():
            return "sms delivered" if happened.delivered else "sms failed"
        case Changed():
            return f"change {happened.name} to {happened.value.written()}"
        case Started():
            return f"start rule {quoted(happened.rule)}"
        case Passed():
            return f"after {v.span(happened.count, happened.unit)}"
        case Reached():
            return f"until {_day(happened)}{happened.clock:%H:%M}"


def _day(happened: Reached) -> str:
    if happened.day is None:
        return ""
    return f"{happened.day if isinstance(happened.day, str) else happened.day.isoformat()} at "


def _without_reference(post: carrier.Post) -> str:
    return _REFERENCE.sub("", post.text).replace(carrier.ERROR_CODE, "rehearsed failure")


def _line(post: carrier.Post) -> str:
    return v.LINES[v.LINE_NUMBERS.index(post.sender)]


def _endings(seen: Seen) -> Iterator[str]:
    """Of the record that the test is about: fields, tags; and how far each rule came."""
    for rule, state in seen.states.items():
        if state in _EXPECTED:
            yield f'expect rule "{rule}" {state}'
    if seen.record is not None:
        for name in ("city", "status", "plan"):
            value = seen.record["fields"].get(name)
            yield f"expect {name} is {quoted(value)}" if value else f"expect {name} is empty"
        yield from (f'expect {"" if tag in seen.record["tags"] else "not "}has tag "{tag}"' for tag in v.TAGS)
