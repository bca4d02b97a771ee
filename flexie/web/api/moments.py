"""Moments as the API writes them."""

from datetime import UTC, datetime


def written(moment: datetime) -> str:
    """ISO 8601 in UTC, with a Z, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def written_if(moment: datetime | None) -> str | None:
    """The same, or None when there is none."""
    return written(moment) if moment is not None else None
