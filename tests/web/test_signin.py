"""Signing in and out: tokens that are ours, revocable, and hard to guess a way to."""

import pytest
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from flexie import passwords, signin
from flexie.db import db
from flexie.models import SignIn, User
from flexie.web.login import safe_next
from tests.web.browser import Browser, words
from tests.web.desk import PASSWORD, Desk

REFUSAL = "The address or the password is not right."


def enter(browser: Browser, email: str = "mira@example.com", password: str = PASSWORD, **more: str) -> TestResponse:
    return browser.post("/signin", {"email": email, "password": password, **more})


def test_whoever_signs_in_lands_in_the_inbox(desk: Desk) -> None:
    browser = Browser(desk.app)
    answer = enter(browser, " Mira@Example.com ")
    assert (answer.status_code, answer.location) == (303, "/inbox")
    assert "Mira Okafor" in browser.get("/inbox").text


def test_the_database_holds_a_digest_and_never_the_token(desk: Desk) -> None:
    browser = Browser(desk.app)
    enter(browser)
    with desk.app.app_context():
        digests = list(db.session.scalars(select(SignIn.digest)))
    assert browser.remembered() not in digests
    assert all(len(digest) == 64 for digest in digests)


def test_a_planted_cookie_does_not_become_a_way_in(desk: Desk) -> None:
    victim, attacker = Browser(desk.app), Browser(desk.app)
    victim.remember("planted")
    attacker.remember("planted")
    enter(victim)
    assert victim.remembered() != "planted"
    assert attacker.get("/inbox").location == "/signin?next=/inbox"


def test_signing_in_again_ends_what_the_browser_had_before(desk: Desk) -> None:
    browser, thief = Browser(desk.app), Browser(desk.app)
    enter(browser)
    thief.remember(browser.remembered() or "")
    browser.post("/signin", {"email": "mira@example.com", "password": PASSWORD})
    assert thief.get("/inbox").status_code == 303


def test_signing_out_makes_the_old_cookie_worthless(desk: Desk) -> None:
    browser, thief = Browser(desk.app), Browser(desk.app)
    enter(browser)
    thief.remember(browser.remembered() or "")
    assert browser.post("/signout").location == "/signin"
    assert thief.get("/inbox").location == "/signin?next=/inbox"
    assert thief.get("/inbox/list", htmx=True).status_code == 401


def test_a_fragment_sends_a_revoked_browser_to_the_form(desk: Desk) -> None:
    with desk.rows():
        db.session.execute(delete(SignIn))
    answer = desk.mira.get("/inbox/list", htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/signin")


def test_a_sign_in_lasts_a_fortnight(desk: Desk) -> None:
    desk.clock.move(days=13)
    assert desk.mira.get("/inbox").status_code == 200
    desk.clock.move(days=2)
    assert desk.mira.get("/inbox").status_code == 303


def test_a_person_who_left_is_out_at_once(desk: Desk) -> None:
    with desk.rows():
        db.session.get_one(User, desk.mira_id).is_active = False
    assert desk.mira.get("/inbox").status_code == 303
    assert REFUSAL in enter(Browser(desk.app)).text


@pytest.mark.parametrize(
    ("email", "password"), [("mira@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("", "")]
)
def test_a_wrong_address_and_a_wrong_password_look_alike(desk: Desk, email: str, password: str) -> None:
    answer = enter(Browser(desk.app), email, password)
    assert answer.status_code == 422
    assert REFUSAL in words(answer)


def test_an_unknown_address_costs_as_much_as_a_wrong_password(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str | None] = []
    monkeypatch.setattr(passwords, "fits", lambda _password, kept: looked_at.append(kept) or False)
    enter(Browser(desk.app), "nobody@example.com")
    enter(Browser(desk.app), "mira@example.com")
    assert looked_at[0] is None
    assert looked_at[1] is not None


def test_a_password_that_fits_no_digest_takes_a_digest_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    monkeypatch.setattr(
        passwords, "_hasher", type("H", (), {"verify": lambda _, kept, __: verified.append(kept) or True})()
    )
    assert not passwords.fits("anything", None)
    assert verified == [passwords._NOBODY]


class _Counter:
    def __init__(self) -> None:
        self.looked = 0

    def __call__(self, _email: str, _password: str) -> User:
        self.looked += 1
        raise signin.SignInRefused("no")


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> _Counter:
    counter = _Counter()
    monkeypatch.setattr(signin, "recognise", counter)
    return counter


def guess(browser: Browser, token: str, number: int, email: str, address: str) -> int:
    form = {"email": email, "password": f"guess {number}", "csrf_token": token}
    return browser.client.post(
        "/signin", data=form, base_url=browser.base, environ_overrides={"REMOTE_ADDR": address}
    ).status_code


def test_of_a_thousand_guesses_at_one_account_ten_are_looked_at(desk: Desk, looked_at: _Counter) -> None:
    browser = Browser(desk.app)
    token = browser.token()
    answers = [guess(browser, token, n, "Mira@example.com ", f"10.0.{n // 250}.{n % 250}") for n in range(1_000)]
    assert looked_at.looked == 10
    assert answers.count(429) == 990


def test_of_many_guesses_from_one_address_ten_are_looked_at(desk: Desk, looked_at: _Counter) -> None:
    browser = Browser(desk.app)
    token = browser.token()
    answers = [guess(browser, token, n, f"person{n}@example.com", "10.0.0.1") for n in range(60)]
    assert looked_at.looked == 10
    assert answers.count(429) == 50


def test_too_many_guesses_are_told_to_wait(desk: Desk, looked_at: _Counter) -> None:
    browser = Browser(desk.app)
    for _ in range(10):
        enter(browser)
    assert "Wait a minute" in words(enter(browser))


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/records/contact", "/records/contact"),
        ("/inbox?show=unread", "/inbox?show=unread"),
        (None, "/inbox"),
        ("", "/inbox"),
        ("https://evil.example/", "/inbox"),
        ("//evil.example/", "/inbox"),
        ("/\\evil.example/", "/inbox"),
        ("javascript:alert(1)", "/inbox"),
        ("/\t/evil.example", "/inbox"),
    ],
)
def test_signing_in_leads_only_to_pages_of_ours(desk: Desk, wanted: str | None, where: str) -> None:
    with desk.app.test_request_context():
        assert safe_next(wanted) == where
