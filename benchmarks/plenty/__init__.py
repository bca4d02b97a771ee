"""An account of any size, written quickly and alike: a thousand messages or a million, in the same proportions."""

from benchmarks.plenty.filling import fill
from benchmarks.plenty.size import Size

__all__ = ["Size", "fill"]
