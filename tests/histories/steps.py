"""Random steps of rules, as lines with their indentation."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from tests.histories import vocabulary as v
from tests.histories.conditions import condition

Lines = list[str]


@dataclass(frozen=True)
class Place:
    """Where a step stands: what `__data` holds there, which rules may be started, whom it is about, how deep."""

    day: date
    data: tuple[str, ...]
    known: bool
    starts: tuple[str, ...]
    kind: str
    depth: int = 0


def steps(rng: Random, place: Place) -> Lines:
    """One step or several."""
    lines: Lines = []
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4) if place.depth == 0 else (1, 1, 2))):
        lines += _step(rng, place)
    if place.depth and rng.random() < 0.12:
        lines.append("stop")
    return lines


def says(rng: Random, place: Place) -> Lines:
    """A text, or a question, to begin with."""
    return (_ask if rng.random() < 0.6 else _send)(rng, place)


def _step(rng: Random, place: Place) -> Lines:
    kinds, weights = zip(*_STEPS.items(), strict=True)
    while True:
        kind = rng.choices(kinds, weights)[0]
        if (kind in _DEEP and place.depth >= 2) or (not place.known and kind in _OF_RECORDS):
            continue
        if kind is _start and not place.starts:
            continue
        return kind(rng, place)


def _said(rng: Random, place: Place) -> str:
    words = [rng.choice(v.SAID if place.known else ("Thank you", "Same words", "From {{ number }}"))]
    if place.data and rng.random() < 0.5:
        words.append(f"{{{{ {rng.choice(place.data)} }}}}")
    return ", ".join(words)


def _send(rng: Random, place: Place) -> Lines:
    to = " to phone" if place.known and rng.random() < 0.1 else ""
    line = f' from line "{rng.choice(v.LINES)}"' if rng.random() < 0.15 else ""
    said = _said(rng, place)
    if rng.random() < 0.15:
        said = said.replace('\\"', '"')
        return [f"send sms{to}{line}:", f"  | {said}", "  |", "  | Bye  "]
    return [f'send sms "{said}"{to}{line}']


def _ask(rng: Random, place: Place) -> Lines:
    """A text that asks, and what becomes of its answers."""
    limit = rng.choice(((10, "minute"), (1, "hour"), (1, "day"), (2, "day")))
    lines = [*_send(rng, place), *(_short_wait(rng, place) if rng.random() < 0.15 else [])]
    lines += [f"wait for reply up to {v.span(*limit)}:"]
    answered = replace(place, depth=place.depth + 1, data=(*place.data, "__data.reply.text"))
    written = rng.sample(v.PATTERNS, rng.choice((1, 1, 2)))
    if "*" in written:
        written = ["yes*"]
    for pattern in written:
        lines += _block(f'on reply matches "{pattern}":', steps(rng, answered))
    if rng.random() < 0.6:
        lines += _block("on any other reply:", steps(rng, answered))
    return lines + _block("on no reply:", steps(rng, replace(place, depth=place.depth + 1)))


def _short_wait(rng: Random, _: Place) -> Lines:
    return [f"wait {rng.choice(('1 minute', '30 seconds'))}"]


def _block(opening: str, inside: Lines) -> Lines:
    return [f"  {opening}", *(f"    {line}" for line in inside)]


def _if(rng: Random, place: Place) -> Lines:
    inner = replace(place, depth=place.depth + 1)
    lines: Lines = []
    for word in rng.choice((("if",), ("if", "else if"))):
        lines += [f"{word} {condition(rng, place.day, place.known)}:", *_inside(steps(rng, inner))]
    if rng.random() < 0.6:
        lines += ["else:", *_inside(steps(rng, inner))]
    return lines


def _inside(lines: Lines) -> Lines:
    return [f"  {line}" for line in lines]


def _wait(rng: Random, place: Place) -> Lines:
    return [f"wait {v.span(*rng.choice(v.SPANS))}"]


def _wait_until(rng: Random, place: Place) -> Lines:
    clock = f"{rng.choice(v.CLOCKS):%H:%M}"
    later = date.fromordinal(place.day.toordinal() + rng.choice((0, 1, 2)))
    moments = [
        clock,
        f"tomorrow at {clock}",
        f"{rng.choice((*v.DAYS, 'weekday'))} at {clock}",
        f"{later.isoformat()} at {clock}",
        "business hours",
        'business hours of "Duty"',
    ]
    if place.known:
        span = v.span(*rng.choice(v.SPANS[2:7]))
        moments += ["appointment_at", f"{span} before appointment_at", f"1 day after birthday at {clock}"]
        moments += [f"1 day before appointment_at at {clock}"]
    return [f"wait until {rng.choice(moments)}"]


def _set(rng: Random, place: Place) -> Lines:
    name = v.settable(rng)
    value = v.value_for(name, rng, place.day).written()
    if name in ("city", "first_name") and place.data and rng.random() < 0.5:
        value = f'"{{{{ {rng.choice(place.data)} }}}}"'
    if name == "appointment_at" and rng.random() < 0.4:
        value = rng.choice(("now", "2 days from now", "3 hours ago", "nothing"))
    if name == "birthday" and rng.random() < 0.4:
        value = rng.choice(("today", "nothing"))
    return [f"set {name} to {value}"]


def _remember(rng: Random, place: Place) -> Lines:
    value = rng.choice(("5", "yes", "now", "today", '"kept"'))
    if place.known:
        value = rng.choice((value, '"{{ first_name }} of {{ city }}"'))
    return [f"remember kept as {value}", 'notify group "Duty" "kept {{ __data.kept }}"']


def _tag(rng: Random, place: Place) -> Lines:
    return [f'{rng.choice(("add", "add", "remove"))} tag "{rng.choice(v.TAGS)}"']


def _create(rng: Random, place: Place) -> Lines:
    kind = rng.choice(("case", "case", "case", "lead", "contact", "deal", *([place.kind] * 3 if place.known else ())))
    title = rng.choice(("From {{ number }}", "New one") if not place.known else ("About {{ first_name }}", "New one"))
    lines = [f'create {kind} "{title}"']
    if rng.random() < 0.5:
        name = rng.choice(("status", "city", "score"))
        lines = [f"{lines[0]}:", f"  set {name} to {v.value_for(name, rng, place.day).written()}"]
    if rng.random() < 0.3:
        lines.append('notify group "Front desk" "created {{ __data.created.id }}"')
    return lines


def _attach(rng: Random, place: Place) -> Lines:
    return ["attach message to case"]


def _close(rng: Random, place: Place) -> Lines:
    return ["close case"]


def _whom(rng: Random) -> str:
    return rng.choice((f'user "{rng.choice(v.USERS)}"', f'group "{rng.choice(v.GROUPS)}"', "owner"))


def _assign(rng: Random, place: Place) -> Lines:
    return [f"assign to {_whom(rng)}"]


def _notify(rng: Random, place: Place) -> Lines:
    return [f'notify {_whom(rng)} "{_said(rng, place)}"']


def _start(rng: Random, place: Place) -> Lines:
    return [f'start rule "{rng.choice(place.starts)}"']


def _call(rng: Random, place: Place) -> Lines:
    return ['call webhook "billing"']


def _nothing(rng: Random, place: Place) -> Lines:
    return ["do nothing"]


_STEPS: dict[Callable[[Random, Place], Lines], float] = {
    _send: 5, _ask: 2.5, _if: 2, _wait: 2, _wait_until: 2.5, _set: 3, _remember: 0.8, _tag: 1.5, _create: 2.5,
    _attach: 0.5, _close: 0.6, _assign: 1, _notify: 1, _start: 2, _call: 0.7, _nothing: 0.2,
}  # fmt: skip
_DEEP = (_ask, _if)
_OF_RECORDS = (_set, _tag, _start)
