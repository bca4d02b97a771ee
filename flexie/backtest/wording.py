"""A back-test's report, for people and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flexie.backtest.comparing import Report, RuleReport, Totals
from flexie.backtest.past import TextIn

MOST_QUOTED = 10  # texts of each list
LONGEST_QUOTE = 70  # characters


def unknowns(report: Report) -> list[str]:
    """What the back-test cannot know, as far as it matters for this past; one sentence each."""
    past = report.past
    told = [
        "Customers answered what was really sent to them, not what these rules would have sent.",
        "A text that a rule would have sent counts as delivered "
        f"{past.usual_delay.total_seconds():.0f} seconds later, the usual time in this period.",
    ]
    if past.audited_since is None or past.audited_since > past.since:
        since = _day(past.audited_since, past.account.time_zone) if past.audited_since else "now"
        told.append(f"What fields held before {since} is not kept: there they have the values of that day.")
    if past.under_way:
        told.append(f"{_count(past.under_way, 'run')} had begun before and {_was(past.under_way)} left out.")
    if past.left_out:
        told.append("There are too many records for its schedules: only the newest 20,000 were looked at.")
    if past.texts_before:
        told.append(f"{_count(past.texts_before, 'older text')} of the period {_was(past.texts_before)} left out.")
    told += [f'The rules of "{name}" were left out: the file has errors now.' for name in report.broken]
    return told


def in_words(report: Report) -> str:
    """For people."""
    past, zone = report.past, report.past.account.time_zone
    period = f"{_day(past.since, zone)} to {_day(past.until, zone)}"
    lines = [f"{report.file}: {period}, {_count(len(report.texts), 'text')} came in."]
    for rule in report.rules:
        lines += ["", *_rule(rule, report)]
    if report.doubly:
        lines += ["", f"{_count(len(report.doubly), 'text')} would be answered by more than one rule:"]
        lines += _listed(report.doubly, lambda pair: f"{quoted(pair[0], report)}  by {_names(pair[1])}")
    if report.others:
        lines += ["", "Rules of other files that would do something else than now:"]
        lines += [f"  {rule.name}: {_figures(rule)}" for rule in report.others]
    lines += ["", "What this cannot know:", *(f"  {one}" for one in unknowns(report))]
    return "\n".join(lines) + "\n"


def _rule(rule: RuleReport, report: Report) -> Iterator[str]:
    yield rule.name + ("  (no longer in the file)" if rule.is_gone else "  (new)" if rule.saved is None else "")
    yield f"  {_figures(rule)}"
    if rule.busiest:
        day, texts = rule.busiest
        yield f"  busiest day: {day:%a %d %b}, {_count(texts, 'text')}"
    for title, reasons in (("not started", rule.refused), ("not sent", rule.stopped), ("failed", rule.failed)):
        for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
            yield f"  {title} {count} ×: {reason}"
    for title, texts_in in (
        ("started by", rule.matched),
        ("would now start by", rule.gained),
        ("would no longer start by", rule.lost),
    ):
        if texts_in:
            yield f"  {title}:"
            yield from (f"  {line}" for line in _listed(texts_in, lambda text: quoted(text, report)))
    if rule.near_misses:
        yield "  near misses:"
        shown = _listed(rule.near_misses, lambda pair: f"{quoted(pair[0], report)}  nearly {pair[1]}")
        yield from (f"  {line}" for line in shown)


def _figures(rule: RuleReport) -> str:
    now, before = rule.edited, rule.saved
    return ", ".join(
        _figure(noun, getattr(now, f"{noun}s"), getattr(before, f"{noun}s", None))
        for noun in ("start", "text", "segment")
    )


def _figure(noun: str, now: int, before: int | None) -> str:
    """3 starts (+1): what it would be, and by how much more than under the saved version."""
    return _count(now, noun) + (f" ({now - before:+d})" if before is not None and now != before else "")


def quoted(text: TextIn, report: Report) -> str:
    """A text with its moment and number; one that is not to be read by whoever asks is told without its words."""
    at = text.at.astimezone(ZoneInfo(report.past.account.time_zone))
    if text.public_id in report.past.hidden:
        return f"{at:%d %b %H:%M}  a text on a line that is not yours"
    words = " ".join(text.text.split())
    words = words if len(words) <= LONGEST_QUOTE else f"{words[: LONGEST_QUOTE - 1]}…"
    return f"{at:%d %b %H:%M}  {text.talk.number}  {words}"


def _listed(items: Sequence[Any], words: Any) -> Iterator[str]:
    yield from (f"  {words(item)}" for item in items[:MOST_QUOTED])
    if len(items) > MOST_QUOTED:
        yield f"  and {len(items) - MOST_QUOTED:,} more"


def _names(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _day(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%d %b %Y}"


def as_plain(report: Report) -> dict[str, Any]:
    """For programs: texts by their public ids; moments in ISO 8601, UTC."""
    return {
        "file": report.file,
        "since": report.past.since.isoformat(timespec="seconds"),
        "until": report.past.until.isoformat(timespec="seconds"),
        "texts": len(report.texts),
        "rules": [_plain_rule(rule) for rule in report.rules],
        "others": [_plain_rule(rule) for rule in report.others],
        "answered_twice": [{"text": text.public_id, "rules": list(names)} for text, names in report.doubly],
        "unknown": unknowns(report),
    }


def _plain_rule(rule: RuleReport) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "edited": _plain_totals(rule.edited),
        "saved": _plain_totals(rule.saved),
        "busiest_day": {"date": rule.busiest[0].isoformat(), "texts": rule.busiest[1]} if rule.busiest else None,
        "matched": [text.public_id for text in rule.matched],
        "near_misses": [{"text": text.public_id, "pattern": pattern} for text, pattern in rule.near_misses],
        "gained": [text.public_id for text in rule.gained],
        "lost": [text.public_id for text in rule.lost],
        "not_started": dict(rule.refused),
        "not_sent": dict(rule.stopped),
        "failed": dict(rule.failed),
    }


def _plain_totals(totals: Totals | None) -> Mapping[str, int] | None:
    return vars(totals) if totals else None
