"""Times as providers write them."""

from datetime import UTC, datetime


def moment(found: object) -> datetime | None:
    """A time in ISO 8601 (UTC where it names no zone), or in seconds since the epoch; None for anything else."""
    try:
        if isinstance(found, int | float) and not isinstance(found, bool):
            return datetime.fromtimestamp(found, UTC)
        read = datetime.fromisoformat(str(found or ""))
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def is_recent(seconds: str, now: datetime, tolerance: float) -> bool:
    """Whether a time in whole seconds since the epoch is no more than `tolerance` seconds away from `now`."""
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 15):
        return False
    return abs(int(now.timestamp()) - int(seconds)) <= tolerance
