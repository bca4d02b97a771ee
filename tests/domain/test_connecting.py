"""Connections are made by a command, with what the provider asks for and nothing odd."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from flexie import vault
from flexie.db import db
from flexie.models import Connection
from tests.providers import cases_telnyx, cases_vonage


def run(app: Flask, *words: str) -> tuple[int, str]:
    """A command, to its end."""
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["connection", "add", *words])
    return result.exit_code, result.output


def test_a_credential_may_stand_in_a_file(app: Flask, tmp_path: Path) -> None:
    key = tmp_path / "private.key"
    key.write_text(cases_vonage.PEM)
    settings = ["--set", f"application_id={cases_vonage.ACCOUNT}", "--set", "signature_secret=s"]

    code, said = run(
        app, "vonage", "--name", "Main", *settings, "--set-file", f"private_key={key}", "--number", "+12025550111"
    )

    assert code == 0, said
    assert "incoming texts:" in said
    assert "delivery receipts:" in said
    with app.app_context():
        connection = db.session.scalars(select(Connection)).one()
        assert vault.unseal(connection.credentials)["private_key"] == cases_vonage.PEM
        assert connection.account == cases_vonage.ACCOUNT


@pytest.mark.parametrize(("option", "words"), [
    (["--set-file", "private_key=/no/such/file"], "cannot be read"), (["--set", "private_key"], "Write"),
    (["--set", "private_key=x"], "cannot be read: paste all of its file"), ([], "Give an application ID"),
])  # fmt: skip
def test_credentials_that_cannot_be_right_connect_nothing(app: Flask, option: list[str], words: str) -> None:
    settings = ["--set", f"application_id={cases_vonage.ACCOUNT}", "--set", "signature_secret=s", *option]

    code, said = run(app, "vonage", "--name", "Main", *settings, "--number", "+12025550111")

    assert (code != 0, words in said) == (True, True), said
    with app.app_context():
        assert db.session.scalars(select(Connection)).all() == []


def test_a_provider_with_one_address_is_given_one(app: Flask) -> None:
    settings = [word for name, value in cases_telnyx.CREDENTIALS.items() for word in ("--set", f"{name}={value}")]

    code, said = run(app, "telnyx", "--name", "Main", *settings, "--number", "+12025550111")

    assert code == 0, said
    assert "texts and receipts:" in said
    assert "/status" not in said
