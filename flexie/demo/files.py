"""The demo's data files, and their days: moments are written from today on, so that the demo never looks old."""

import json
import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

_DAY = re.compile(r"(?P<days>[+-]\d+)(?: (?P<hours>\d\d):(?P<minutes>\d\d))?")
_AGO = re.compile(r"-(?P<minutes>\d+)m")


def load(name: str) -> Any:
    """A JSON file of this folder."""
    return json.loads((HERE / name).read_text("utf-8"))


def conversations() -> list[dict[str, Any]]:
    """The conversations of all files in `conversations/`."""
    return [found for path in sorted((HERE / "conversations").glob("*.json")) for found in json.loads(path.read_text())]


def rule_files() -> list[tuple[str, str]]:
    """The files of rules: name and text."""
    return [(path.stem, path.read_text("utf-8")) for path in sorted((HERE / "rules").glob("*.rules"))]


def moment(written: str, now: datetime) -> datetime:
    """A moment of a data file, in the zone of `now`.

    `+2 10:30` is 10:30 on the wall clock in two days, `-3` the same time of day three days ago, `-25m` 25 minutes ago.

    Raises:
        ValueError: it is written in no such way.
    """
    if ago := _AGO.fullmatch(written):
        return now - timedelta(minutes=int(ago["minutes"]))
    found = _DAY.fullmatch(written)
    if found is None:
        raise ValueError(f'"{written}" is no moment: write it as "+2 10:30", "-3" or "-25m".')
    day = now.date() + timedelta(days=int(found["days"]))
    at = time(int(found["hours"]), int(found["minutes"])) if found["hours"] else now.time()
    return datetime.combine(day, at, now.tzinfo)
