"""Registering webhooks: `flask webhook`, and what it refuses."""

import base64
import re

import pytest
from sqlalchemy import select

from flexie import db
from flexie.models import WebhookAddress
from tests.domain.test_callouts import register, run
from tests.house import House


def test_a_secret_is_shown_once_and_kept_sealed(house: House) -> None:
    shown = run(house, "add", "Billing", "https://example.com/hook?key=1")
    (secret,) = re.findall(r"whsec_\S+", shown.output)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert "whsec_" not in run(house, "list").output
    assert run(house, "list").output == "Billing  https://example.com/hook?key=1\n"
    with house.app.app_context():
        assert secret not in db.db.session.scalars(select(WebhookAddress.secret)).one()


@pytest.mark.parametrize(
    ("name", "url", "words"),
    [
        ("billing", "https://example.com/", "already"),
        (" ", "https://example.com/", "1 to 100 characters"),
        ('a"b', "https://example.com/", "no quotes"),
        ("x" * 101, "https://example.com/", "1 to 100 characters"),
        ("other", "http://127.0.0.1/", "private network"),
        ("other", "http://[::1]/", "private network"),
        ("other", "file:///etc/passwd", "begins with https://"),
        ("other", "https://me:secret@example.com/", "before @"),
    ],
)
def test_what_cannot_be_registered(house: House, name: str, url: str, words: str) -> None:
    register(house, "https://example.com/", "Billing")
    answer = run(house, "add", name, url)
    assert (answer.exit_code, words in answer.output) == (1, True), answer.output
    assert run(house, "list").output.count("\n") == 1
