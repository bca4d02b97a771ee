"""What people write, their numbers, and secrets stay out of the logs."""

import io

import pytest

from tests.house import ANA, AUTH_TOKEN, LINE_NUMBER, House, inbound_form

CANARY = "zq9canary"
RULE = f'rule "A":\n  for contact\n  when incoming sms\n  at most once per 1 hour\n\n  send sms "{CANARY} out"\n'


def test_nothing_of_a_text_is_logged_on_its_way(house: House, logged: io.StringIO) -> None:
    house.record(first_name=CANARY, mobile=ANA)
    house.rules(RULE)
    house.standin.answers = [(500, {"message": CANARY})]
    house.text(f"{CANARY} in")
    house.work()
    assert len(house.standin.posts) == 1
    house.post(house.inbound_url, inbound_form(CANARY, ANA, "SM" + "7" * 32), token="another token")
    seen = logged.getvalue()
    assert "webhook refused" in seen
    assert [word for word in (CANARY, ANA, LINE_NUMBER, AUTH_TOKEN) if word in seen] == []


def test_an_exception_is_named_without_its_words(
    house: House, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ValueError(CANARY)

    monkeypatch.setitem(house.app.view_functions, "signin.form", broken)
    monkeypatch.setitem(house.app.config, "PROPAGATE_EXCEPTIONS", False)
    assert house.client.get("/signin").status_code == 500
    assert "ValueError" in logged.getvalue()
    assert CANARY not in logged.getvalue()
