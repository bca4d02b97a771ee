"""Results in words for people, and as plain values for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rules.testing.quoting import beside
from rules.testing.results import Failure, Result
from rules.testing.world import LogLine

MOST_STORY = 20
"""So many lines of what rules did are shown, the last ones."""

_LONGEST_WORDS = 120


def shown(results: Sequence[Result], filename: str, source: str) -> str:
    """The tests of one file: a line each, then what is behind the failures."""
    lines = _lines(source)
    rows = [filename]
    rows += [f"  {'passed' if result.passed else 'FAILED'}  {result.test.name}" for result in results]
    for result in results:
        if result.failure is not None:
            rows += ["", *_failure(result.test.name, result.failure, filename, lines)]
    return "\n".join(rows) + "\n"


def explained(result: Result, filename: str, source: str) -> str:
    """What is behind one failure; nothing for a test that passed."""
    if result.failure is None:
        return ""
    return "\n".join(_failure(result.test.name, result.failure, filename, _lines(source))) + "\n"


def _lines(source: str) -> list[str]:
    return source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _failure(name: str, failure: Failure, filename: str, lines: Sequence[str]) -> list[str]:
    number = failure.place.line
    source = lines[number - 1] if number <= len(lines) else ""
    rows = [
        f'FAILED "{name}"',
        f"{filename}, line {number}{_when(failure)}",
        "",
        f"  {number} |  {source.strip()}",
        "",
        failure.message,
    ]
    if failure.difference is not None:
        rows += ["", *_indented(beside(failure.difference.expected, failure.difference.sent))]
    if failure.found:
        rows += ["", f"  {failure.label}:", *(f"    {one}" for one in failure.found)]
    story = _story(failure.story, failure.zone) or ["nothing: no rule started"]
    return [*rows, "", "  What rules did until then:", *(f"    {row}" for row in story)]


def _indented(rows: Sequence[str]) -> list[str]:
    return [f"  {row}" if row else "" for row in rows]


def _when(failure: Failure) -> str:
    return f", when it is {_moment(failure.at, failure.zone)}" if failure.at else ""


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%A %Y-%m-%d %H:%M")


def _story(story: Sequence[LogLine], zone: ZoneInfo) -> list[str]:
    """Log lines under their day and rule, so that each says only what is new."""
    rows: list[str] = []
    if len(story) > MOST_STORY:
        rows.append(f"({len(story) - MOST_STORY} lines before)")
    last = ""
    for line in story[-MOST_STORY:]:
        heading = f"{_moment(line.at, zone)}  {line.rule}"
        if heading != last:
            rows.append(heading)
        rows.append(f"  {line.step}: {_short(line.words)}" if line.words else f"  {line.step}")
        last = heading
    return rows


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"


def as_plain(results: Sequence[Result], source: str) -> list[dict[str, Any]]:
    """The tests as plain JSON values."""
    lines = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [
        {
            "name": result.test.name,
            "line": result.test.place.line,
            "passed": result.passed,
            "seconds": round(result.seconds, 4),
            "failure": _plain_failure(result.failure, lines) if result.failure else None,
        }
        for result in results
    ]


def _plain_failure(failure: Failure, lines: Sequence[str]) -> dict[str, Any]:
    number = failure.place.line
    difference = failure.difference
    return {
        "line": number,
        "source": lines[number - 1].strip() if number <= len(lines) else "",
        "clock": failure.at.astimezone(failure.zone).isoformat(timespec="minutes") if failure.at else None,
        "message": failure.message,
        "expected": difference.expected if difference else None,
        "sent": difference.sent if difference else None,
        "found": {failure.label: list(failure.found)} if failure.found else {},
        "story": [
            {"at": line.at.isoformat(timespec="seconds"), "rule": line.rule, "step": line.step, "words": line.words}
            for line in failure.story
        ],
    }
