"""Time zones by their IANA names: which there are, which to offer, and how people call them."""

from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

UTC = "UTC"
_NOWHERE = {"localtime", "Factory"}
"""Names that mean whatever a machine was set to, or nothing at all."""


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones() - _NOWHERE)


def is_known(name: str) -> bool:
    """Whether there is a zone of this name; browsers send older names too, such as Asia/Calcutta."""
    return name in _known()


def zone(name: str | None) -> ZoneInfo | None:
    """The zone of a name that came from outside, or None where there is none."""
    return ZoneInfo(name) if name and is_known(name) else None


@lru_cache(maxsize=1)
def offered() -> dict[str, list[str]]:
    """What to choose from, by part of the world: one name for each place in tzdata's zone.tab, and UTC."""
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    names = sorted(line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#"))
    found: dict[str, list[str]] = {}
    for name in [*names, UTC]:
        found.setdefault(name.partition("/")[0], []).append(name)
    return found


def place(name: str) -> str:
    """What a zone is called within its part of the world: New York, Argentina, Buenos Aires, UTC."""
    _, _, rest = name.partition("/")
    return (rest or name).replace("/", ", ").replace("_", " ")


def spoken(name: str) -> str:
    """A zone in a sentence: New York time, UTC."""
    if name in (UTC, "Etc/UTC"):
        return UTC
    return f"{name.rpartition('/')[2].replace('_', ' ')} time"
