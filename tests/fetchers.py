"""Stands in for the worker's threads that fetch files: fetches, one after the other, at once."""

from flexie.media import fetching


class Fetchers:
    """What a worker's two threads do, in the thread of the test."""

    def wake(self) -> None:
        while claimed := fetching.claim():
            fetching.finish(claimed, fetching.fetch(claimed))
