"""Random histories: what a seed stands for."""

import re
from datetime import date
from datetime import time as clock_time
from random import Random

from tests.histories import rulefiles
from tests.histories import vocabulary as v
from tests.histories.happenings import Changed, Given, GivenSender, Happened, History, Passed, Reached, Reported, Texted
from tests.histories.happenings import Started as StartedByHand
from tests.histories.literals import Literal

_PATTERN = re.compile(r'matches ((?:"[^"]*"(?:, )?)+)')
_WAIT = re.compile(r"wait (?:for reply up to )?(\d+) (second|minute|hour|day|week)s?\b")
_CHANGES = re.compile(r"when (\w+) changes(?: from \S+| from \"[^\"]*\")?(?: to \"([^\"]*)\")?")


def history(seed: int) -> History:
    """The history of a seed."""
    rng = Random(seed)
    zone = rng.choice(list(v.BEGINNINGS))
    day = rng.choice((*v.BEGINNINGS[zone], *v.BEGINNINGS[zone], *v.ORDINARY))
    is_unknown = rng.random() < 0.12
    kind = rng.choice(("contact", "contact", "contact", "lead", "account", "deal", "case"))
    written = _rules(rng, day, "unknown sender" if is_unknown else kind)
    text = "".join(text for _, text in written)
    return History(
        seed=seed,
        zone=zone,
        settings=_settings(rng, zone),
        rules=written,
        begins=(day, rng.choice(v.BEGIN_CLOCKS)),
        given=_given(rng, day, text, None if is_unknown else kind),
        happened=(*_first(rng, written[0][1]), *(_one(rng, day, text) for _ in range(rng.choice((4, 6, 8, 10))))),
    )


def _settings(rng: Random, zone: str) -> tuple[str, ...]:
    lines = [f'time zone "{zone}"']
    if rng.random() < 0.4:
        lines.append(f'from line "{rng.choice(v.LINES)}"')
    if rng.random() < 0.1:
        lines.append("mobile field phone")
    return tuple(lines)


def _rules(rng: Random, day: date, kind: str) -> tuple[tuple[str, str], ...]:
    """Rules that are mostly about this kind. They start only those written before them."""
    while True:
        written: list[tuple[str, str]] = []
        kinds_of: dict[str, str] = {}
        for number in range(rng.choice((1, 2, 2, 3, 3, 4, 5))):
            kinds = _kinds(rng, kind, number)
            starts = tuple(name for name, of in kinds_of.items() if of == kinds) if kinds != "unknown sender" else ()
            head = rulefiles.Head(f"Rule {number + 1}", day, starts, kinds, first=number == 0)
            kinds_of[head.name] = kinds
            written.append(rulefiles.rule(rng, head))
        if rulefiles.is_clean("\n".join(text for _, text in written)):
            return tuple(written)


def _kinds(rng: Random, kind: str, number: int) -> str:
    if kind == "unknown sender":
        return kind if number == 0 or rng.random() < 0.5 else rng.choice(("contact", "lead", "contact, lead"))
    if number and rng.random() < 0.12:
        return rng.choice(v.KINDS)
    more = rng.choice(rulefiles.MORE_KINDS)
    return kind + ("" if kind in more else more)


def _given(rng: Random, day: date, text: str, kind: str | None) -> tuple[Given | GivenSender, ...]:
    found: list[Given | GivenSender] = [_record(rng, kind, day, text) if kind else GivenSender(v.UNKNOWN)]
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        found.append(_record(rng, rng.choice(("contact", "lead", "case", "account")), day, text))
    return tuple(found)


def _record(rng: Random, kind: str, day: date, text: str) -> Given:
    names = [
        name for name in ("first_name", "city", "status", "plan", "score", "total", "birthday") if rng.random() < 0.5
    ]
    if rng.random() < 0.7 or "appointment_at" in text:
        names.append("appointment_at")
    fields = {name: v.value_for(name, rng, day) for name in names}
    if rng.random() < 0.6:
        fields["mobile"] = Literal(rng.choice(v.NUMBERS))
    if rng.random() < 0.3 or "phone" in text:
        fields["phone"] = Literal(rng.choice(v.NUMBERS))
    if rng.random() < 0.08:
        fields["allow_sms"] = Literal(False)
    if rng.random() < 0.4:
        fields["owner"] = v.value_for("owner", rng, day)
    tags = tuple(tag for tag in v.TAGS if rng.random() < 0.2)
    return Given(kind, tuple(fields.items()), tags)


def _one(rng: Random, day: date, text: str) -> Happened:
    choice = rng.random()
    if choice < 0.4:
        return Texted(_fitting(rng, text), rng.choice(v.LINES) if rng.random() < 0.25 else None)
    if choice < 0.52:
        return Reported(rng.random() < 0.6)
    if choice < 0.65:
        return _changed(rng, day, text)
    if choice < 0.72 and (startable := _startable(text)):
        return StartedByHand(rng.choice(startable), rng.random() < 0.2)
    return _time(rng, day, text)


def _first(rng: Random, rule: str) -> tuple[Happened, ...]:
    """Mostly a text that starts the first rule."""
    line = re.search(r'on line "(\w+)"', rule.partition("\n\n")[0])
    if rng.random() < 0.25:
        return ()
    return (Texted(_fitting(rng, rule.partition("\n\n")[0]), line[1] if line else None),)


def _fitting(rng: Random, text: str) -> str:
    """Often a text that a pattern of the rules was made for; who says stop gets no more, so few do."""
    found = _text(rng, text)
    return "start" if found == "stop" and rng.random() < 0.7 else found


def _text(rng: Random, text: str) -> str:
    patterns = re.findall(r'"([^"]*)"', " ".join(_PATTERN.findall(text)))
    if not patterns or rng.random() < 0.2:
        return rng.choice(v.TEXTS)
    pattern = (
        rng.choice(patterns).replace("?", rng.choice("5x")).replace("*", rng.choice(("", "", " now", "!", " please")))
    )
    return pattern if pattern.strip() else rng.choice(v.TEXTS)


def _changed(rng: Random, day: date, text: str) -> Changed:
    watched = _CHANGES.findall(text)
    on_page = rng.random() < 0.2
    if watched and rng.random() < 0.6:
        name, to = rng.choice(watched)
        value = Literal(to) if to and rng.random() < 0.6 else v.value_for(name, rng, day)
        return Changed(name, value, on_page)
    name = "appointment_at" if "appointment_at" in text and rng.random() < 0.5 else v.settable(rng)
    empties = rng.random() < 0.1 and name not in ("allow_sms",)
    return Changed(name, Literal(None) if empties else v.value_for(name, rng, day), on_page)


def _startable(text: str) -> list[str]:
    return re.findall(r'rule "([^"]+)":\n(?:  .*\n)*?  when started', text)


def _time(rng: Random, day: date, text: str) -> Passed | Reached:
    waits = [(int(count), unit) for count, unit in _WAIT.findall(text)]
    if waits and rng.random() < 0.5:
        return Passed(*rng.choice(waits))
    if rng.random() < 0.5:
        return Passed(*rng.choice((*v.SPANS, (1, "day"), (2, "day"), (1, "minute"), (1, "month"))))
    clocks = [clock_time.fromisoformat(one) for one in re.findall(r"\b\d\d:\d\d\b", text)]
    clock = rng.choice([*clocks, *v.CLOCKS[:2]])
    later = date.fromordinal(day.toordinal() + rng.choice((1, 2, 3, 8)))
    return Reached(clock, rng.choice((None, None, "tomorrow", rng.choice(v.DAYS), later)))
