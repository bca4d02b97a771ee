"""Every proof that docs/security.md names is a test that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/security.md").read_text("utf-8"))


def test_there_are_proofs() -> None:
    assert len(NAMED) > 25


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_a_named_proof_exists(path: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)
