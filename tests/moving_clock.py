"""A clock that moves when a test says so."""

from datetime import UTC, datetime, timedelta


class MovingClock:
    """Starts on a Monday morning and stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2030, 1, 7, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **how_far: float) -> datetime:
        """Move on by days, hours, minutes or seconds."""
        self.moment += timedelta(**how_far)
        return self.moment
