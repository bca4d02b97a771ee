"""How the tests are shared out among processes: in stretches that keep to one process what is costly to set up.

All walks in the browser are one stretch, so that one system and one Chromium are started for them; so are the looks at
every page, which share an account. Every other file is a stretch. Those whose tests wait for much of their time come
first: the others fill the cores meanwhile, and no process is left alone with a long one at the end.
"""

from collections.abc import Iterable

import pytest
from xdist.scheduler import LoadScopeScheduling

WAITING = ("tests/browser/", "tests/simulator/test_browser.py", "tests/everypage/", "tests/crash/",
           "tests/security/test_hostile")  # fmt: skip
"""What waits most, or computes longest in one test, in the order in which it is begun."""

TOGETHER = {
    "browser": ("tests/browser/", "tests/simulator/test_browser.py"),
    "every page": ("tests/everypage/",),
}
"""Files that are one stretch, and what it is called."""


class Stretches(LoadScopeScheduling):
    """Gives a process that has time the next stretch, in the order in which tests were collected."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return next((name for name, files in TOGETHER.items() if nodeid.startswith(files)), nodeid.partition("::")[0])


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Those that wait first, and the others as they were."""
    return sorted(items, key=lambda item: _place(item.nodeid))


def _place(nodeid: str) -> int:
    places = [at for at, start in enumerate(WAITING) if nodeid.startswith(start)]
    return places[0] if places else len(WAITING)
