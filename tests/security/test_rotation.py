"""Keys are changed while texts go out: nothing is lost, and afterwards the old key opens nothing."""

import threading
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select

from flexie import callouts, connections, outbound, outbox, rekeying, vault
from flexie.db import db, transaction
from flexie.models import AuditEntry, Connection, Line, WebhookAddress
from tests.house import AUTH_TOKEN, House

ANOTHER = vault.new_key()


@pytest.fixture
def keys(house: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Says which keys are configured."""
    return lambda *keys: monkeypatch.setitem(house.app.config, "CREDENTIAL_KEYS", list(keys))


def old_key(house: House) -> str:
    with house.app.app_context():
        return vault.present_key()


def rotate(house: House) -> rekeying.Rotated:
    with house.app.app_context():
        return rekeying.rotate()


def run(house: House, *words: str) -> Result:
    with house.app.app_context():
        return house.app.test_cli_runner().invoke(args=["secrets", *words])


def test_after_a_rotation_the_old_key_is_needed_no_more(house: House, keys: Any) -> None:
    house.app.config["WEBHOOKS_TO_PRIVATE_ADDRESSES"] = True
    with house.app.app_context(), transaction():
        callouts.register("crm", "https://crm.example.com/hook")
    keys(ANOTHER, old_key(house))
    assert rotate(house) == rekeying.Rotated(2, 0, ())
    assert rotate(house) == rekeying.Rotated(0, 2, ())
    keys(ANOTHER)
    with house.app.app_context():
        assert vault.unseal(db.session.scalars(select(Connection.credentials)).one())["auth_token"] == AUTH_TOKEN
        assert vault.unseal(db.session.scalars(select(WebhookAddress.secret)).one())["secret"]
        noted = db.session.scalars(select(AuditEntry).where(AuditEntry.did == "sealed anew")).all()
        assert [entry.changes for entry in noted] == [{"secrets": [None, 2]}, {"secrets": [None, 0]}]


def test_what_no_key_opens_is_named_and_left_as_it_is(house: House, keys: Any) -> None:
    keys(ANOTHER)
    assert rotate(house) == rekeying.Rotated(0, 0, ("Main",))
    answer = run(house, "rotate")
    assert answer.exit_code == 1
    assert "No key opens the secrets of Main" in answer.output


def test_texts_go_out_while_keys_are_changed(house: House, keys: Any) -> None:
    with house.app.app_context(), transaction():
        line = db.session.scalars(select(Line)).one()
        for place in range(20):
            number = f"+1415555{2000 + place}"
            outbox.queue(outbox.Draft(line=line, number=number, text="Hello", intent=f"test:{place}"))
    keys(ANOTHER, old_key(house))

    def send() -> None:
        with house.app.app_context():
            while claimed := outbound.claim():
                outbound.finish(claimed, outbound.call(claimed, house.senders))

    sender = threading.Thread(target=send)
    sender.start()
    for _ in range(5):
        rotate(house)
    sender.join()
    assert {message.status for message in house.messages()} == {"accepted"}
    assert len(house.standin.posts) == 20


def test_what_is_saved_during_a_rotation_is_kept(house: House, keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(ANOTHER, old_key(house))
    resealed, changed = vault.resealed, []

    def slowly(sealed: str) -> str:
        anew = resealed(sealed)
        if not changed:
            changed.append(True)
            connection = db.session.scalars(select(Connection)).one()
            connections.change_credentials(connection, {"auth_token": "typed meanwhile"}, None)
            db.session.flush()
        return anew

    monkeypatch.setattr(vault, "resealed", slowly)
    rotate(house)
    keys(ANOTHER)
    with house.app.app_context():
        kept = db.session.scalars(select(Connection.credentials)).one()
        assert vault.unseal(kept)["auth_token"] == "typed meanwhile"


def test_the_keys_are_told(house: House) -> None:
    assert len(run(house, "new-key").output.strip()) == 44
    assert run(house, "show-key").output.strip() == old_key(house)
