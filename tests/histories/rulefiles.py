"""Random rules that check clean."""

from dataclasses import dataclass
from datetime import date
from random import Random

import rules
from flexie import performing
from tests.histories import vocabulary as v
from tests.histories.conditions import condition
from tests.histories.steps import Place, says, steps

OF_TEXTS = {
    "incoming sms": 6.0,
    "any incoming sms": 2.5,
    "any other incoming sms": 1.0,
    "new conversation": 1.2,
}
REPORTS = {"sms delivered": 3.5, "sms failed": 4.0}
OF_RECORDS = {"changes": 4.0, "created": 4.0, "relative": 5.0, "every": 5.0, "started": 3.0}
MORE_KINDS = ("", "", ", lead", ", case", ", deal")


@dataclass(frozen=True)
class Head:
    """What a rule is to be about. `first`: it is to have a text as its trigger and to say something."""

    name: str
    day: date
    starts: tuple[str, ...]
    kinds: str
    first: bool = False


def rule(rng: Random, head: Head) -> tuple[str, str]:
    """A rule that has no error when it stands alone with those it starts: its name and text."""
    while True:
        text = _rule(rng, head)
        if is_clean(text + "".join(_stub(name, head.kinds) for name in head.starts)):
            return head.name, text


def is_clean(text: str) -> bool:
    """Whether a file has no error; warnings are no reason not to run it."""
    parsed = rules.parse(text if text.startswith("version") else f"version 1\n\n{text}", "history")
    findings = rules.check(parsed, v.SCHEMA, supports=performing.SUPPORTED)
    return not any(finding.level is rules.Level.ERROR for finding in findings)


def _stub(name: str, kinds: str) -> str:
    return f'\nrule "{name}":\n  for {kinds}\n  when started\n\n  do nothing\n'


def _rule(rng: Random, head: Head) -> str:
    known = head.kinds != "unknown sender"
    triggers, data = _triggers(rng, head, known)
    lines = [f"for {head.kinds}", *triggers]
    if rng.random() < (0.05 if head.first else 0.2) or any(one.startswith("every") for one in triggers):
        lines.append(f"only if {condition(rng, head.day, known)}")
    if rng.random() < 0.1:
        lines.append(f"only while {condition(rng, head.day, known)}")
    if rng.random() < 0.2:
        lines.append(rng.choice(("at most once per record", "at most 2 times per 1 day", "at most once per 12 hours")))
    if rng.random() < 0.35:
        lines.append(f"if already running, {rng.choice(('ignore', 'restart', 'run both'))}")
    if rng.random() < 0.15:
        windows = ("during business hours", "between 09:00 and 20:00", "between 20:00 and 02:30")
        lines.append(f"send only {rng.choice(windows)}")
    place = Place(head.day, data, known, head.starts, head.kinds.partition(",")[0])
    inside = [*lines, "", *(says(rng, place) if head.first or rng.random() < 0.3 else []), *steps(rng, place)]
    return f'rule "{head.name}":\n' + "".join(f"  {line}\n" if line else "\n" for line in inside)


def _triggers(rng: Random, head: Head, known: bool) -> tuple[list[str], tuple[str, ...]]:
    """One trigger, or two of a kind; and what `__data` then holds."""
    offered = {**OF_TEXTS, **REPORTS, **OF_RECORDS} if known and not head.first else OF_TEXTS
    kind = rng.choices(list(offered), list(offered.values()))[0]
    if kind in OF_TEXTS or kind in REPORTS:
        group = OF_TEXTS if kind in OF_TEXTS else {kind: 1}
        kinds = [kind] if rng.random() < 0.85 else [kind, rng.choice(list(group))]
        return [_of_text(rng, one) for one in dict.fromkeys(kinds)], _data_of(kind)
    return [_of_record(rng, kind, head.day)], ("__data.changed.to",) if kind == "changes" else ()


def _data_of(kind: str) -> tuple[str, ...]:
    if kind == "sms delivered":
        return ("__data.delivered_sms.text",)
    if kind == "sms failed":
        return ("__data.failed_sms.text", "__data.failed_sms.reason")
    return ("__data.incoming_sms.text", "__data.incoming_sms.sender_number", "__data.incoming_sms.date_received")


def _of_text(rng: Random, kind: str) -> str:
    line = f' on line "{rng.choice(v.LINES)}"' if rng.random() < 0.12 else ""
    few = 0.7 if kind in ("incoming sms", "any incoming sms") else 0.2
    patterns = ", ".join(f'"{one}"' for one in rng.sample(v.PATTERNS, rng.choice((1, 1, 2))))
    matches = f" matches {patterns}" if kind != "any other incoming sms" and rng.random() < few else ""
    return f"when {kind}{line}{matches}"


def _of_record(rng: Random, kind: str, day: date) -> str:
    clock = f"{rng.choice(v.CLOCKS):%H:%M}"
    if kind == "changes":
        name = v.settable(rng)
        from_, to = (f" {word} {v.value_for(name, rng, day).written()}" for word in ("from", "to"))
        return f"when {name} changes{rng.choice(('', '', '', to, to, from_, from_ + to))}"
    if kind == "relative":
        at = rng.choice(("", "", f" at {clock}"))
        name = rng.choice(("appointment_at",) * 4 + ("birthday", "last_incoming_at", "last_outgoing_at"))
        side = "after" if name.startswith("last") else rng.choice(("before", "after"))
        return f"when {v.span(*rng.choice(v.SPANS[1:7]))} {side} {name}{at}"
    if kind == "every":
        later = date.fromordinal(day.toordinal() + 1).day
        days = (
            "day",
            "day",
            "weekday",
            f"{rng.choice(v.DAYS)}, {rng.choice(v.DAYS)}",
            f"month on day {rng.choice((1, 31, later))}",
        )
        return f"every {rng.choice(days)} at {clock}"
    return {"created": "when created", "started": "when started"}[kind]
