"""A name that is not ours gets nowhere, whoever sends it; providers and load balancers may call any."""

from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from flexie.config import ConfigError, from_environment
from flexie.web.hosts import Guard, name_of
from tests.house import House
from tests.web.browser import Browser

FOREIGN = (
    "evil.example",
    "sms.example.test.evil.example",
    "evil.example:80",
    "evil@localhost",
    "localhost.",
    "[::2]",
    "a/b",
)
OURS = ("sms.example.test", "SMS.example.test:443", "localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000")
PAGES = ("/signin", "/inbox", "/static/icon.svg", "/api/v1/messages", "/nowhere", "/webhooks", "/healthz/")


def ask(house: House, path: str, host: str, **headers: str) -> TestResponse:
    return house.client.get(path, headers={"Host": host, **headers})


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_name_is_refused_on_every_address(house: House, host: str) -> None:
    for path in PAGES:
        answer = ask(house, path, host)
        assert (answer.status_code, answer.mimetype) == (400, "text/plain"), path
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", OURS)
def test_our_names_are_answered_on_any_port(house: House, host: str) -> None:
    assert ask(house, "/signin", host).status_code == 200
    assert ask(house, "/signin", host, **{"X-Forwarded-Host": host}).status_code == 200


@pytest.mark.parametrize(
    "forwarded", ["evil.example", "localhost, evil.example", "evil.example, localhost", ",", "a b"]
)
def test_a_forwarded_foreign_name_is_refused(house: House, forwarded: str) -> None:
    assert ask(house, "/signin", "localhost", **{"X-Forwarded-Host": forwarded}).status_code == 400


def test_the_refusal_says_what_to_set_and_repeats_no_markup(house: House) -> None:
    answer = ask(house, "/inbox", "192.168.1.5:8000")
    assert "TRUSTED_HOSTS=192.168.1.5\n" in answer.text
    assert "https://sms.example.test" in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "script" not in ask(house, "/inbox", "<script>").text


@pytest.mark.parametrize("host", FOREIGN)
def test_webhooks_and_health_are_answered_under_any_name(house: House, host: str) -> None:
    assert ask(house, "/healthz", host, **{"X-Forwarded-Host": host}).status_code == 200
    post = house.client.post

    def under_a_foreign_name(*given: object, headers: dict[str, str], **more: object) -> TestResponse:
        return post(*given, headers={**headers, "Host": host, "X-Forwarded-Host": host}, **more)  # type: ignore[arg-type]

    house.client.post = under_a_foreign_name  # type: ignore[method-assign,assignment]
    assert house.text("Hello").status_code == 200
    assert len(house.messages("in")) == 1


def test_a_form_of_a_foreign_page_that_calls_us_by_its_own_name_is_refused(house: House) -> None:
    """As after DNS rebinding: Host and Origin agree, and are both the attacker's."""
    browser = Browser(house.app)
    headers = {"Host": "evil.example", "Origin": "https://evil.example", "X-CSRFToken": browser.token()}
    answer = browser.client.post(
        "/signin", base_url=browser.base, headers=headers, data={"email": "a", "password": "b"}
    )
    assert answer.status_code == 400
    assert (
        browser.client.post(
            "/signin", base_url=browser.base, headers={**headers, "Host": "sms.example.test"}
        ).status_code
        == 403
    )


def test_more_names_can_be_trusted() -> None:
    client = Client(Guard(Response(status=204), "http://localhost", ["192.168.1.5", "fe80::1"]))
    for host in ("192.168.1.5:8000", "[fe80::1]:8000"):
        assert client.get("/inbox", headers={"Host": host}).status_code == 204
    assert client.get("/inbox", headers={"Host": "192.168.1.6"}).status_code == 400


def test_the_setting_is_read(tmp_path: Path) -> None:
    def read(written: str) -> list[str]:
        return from_environment({"FLEXIE_DATA": str(tmp_path), "TRUSTED_HOSTS": written})["OTHER_HOSTS"]

    assert read("") == []
    assert read("192.168.1.5, Desk.local,[FE80::1]") == ["192.168.1.5", "desk.local", "fe80::1"]
    for wrong in ("http://a", "a:8000", "*.example.com", "a b"):
        with pytest.raises(ConfigError, match="TRUSTED_HOSTS"):
            read(wrong)


def test_what_is_no_name_of_a_host_has_none() -> None:
    assert [name_of(host) for host in ("", "a b", "a:b", "[::1", "é.example", "a\n")] == [""] * 6
