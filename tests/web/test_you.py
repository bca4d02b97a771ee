"""Your settings: name, zone and format, one's own password, and where one is signed in."""

import pytest
from sqlalchemy import select

from flexie import passwords
from flexie.db import db
from flexie.models import AuditEntry, SignIn, User
from flexie.web import useragents
from tests.web.browser import Browser, words
from tests.web.desk import PASSWORD, Desk

NEW = "eleven green bottles"
WEBKIT = "(KHTML, like Gecko)"
CHROME = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {WEBKIT} Chrome/131.0.0.0 Safari/537.36"
TYPED = {"old": PASSWORD, "new": NEW, "again": NEW}


def mira(desk: Desk) -> User:
    """Her row, inside `rows()`."""
    return db.session.get_one(User, desk.mira_id)


def entered(desk: Desk, password: str = PASSWORD, **more: str) -> Browser:
    """Another browser of Mira's, signed in by the form."""
    browser = Browser(desk.app)
    browser.headers["User-Agent"] = CHROME
    assert browser.post("/signin", {"email": "mira@example.com", "password": password, **more}).status_code == 303
    return browser


def told(desk: Desk) -> list[tuple[str, dict[str, object]]]:
    """What the audit log holds of people."""
    with desk.rows():
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "person").order_by(AuditEntry.id))
        return [(each.did, each.changes) for each in entries if each.user_id == each.subject_id == desk.mira_id]


def test_the_menu_leads_there_and_only_whoever_is_signed_in_gets_in(desk: Desk) -> None:
    assert 'href="/you">Your settings</a>' in desk.mira.get("/inbox").text
    assert desk.mira.get("/you").status_code == 200
    assert Browser(desk.app).get("/you").location == "/signin?next=/you"


def test_name_zone_and_format_are_kept_and_used_at_once(desk: Desk) -> None:
    answer = desk.mira.post("/you", {"name": "  Mira  O. ", "zone": "Asia/Tokyo", "format": "en_US"})
    page = desk.mira.get(answer.location)
    assert "Saved." in words(page)
    assert "Now Monday, January 7, 2030, 7:00 PM A number 12,345.67" in words(page)
    assert 'value="Asia/Tokyo" selected>Tokyo' in page.text
    assert 'value="en_US" selected>United States' in page.text
    with desk.rows():
        assert (mira(desk).name, mira(desk).time_zone, mira(desk).locale) == ("Mira O.", "Asia/Tokyo", "en_US")
    assert told(desk) == [("changed", {"name": ["Mira Okafor", "Mira O."]})]

    desk.mira.post("/you", {"name": "Mira O.", "zone": "", "format": ""})
    assert "As this browser: UTC" in words(desk.mira.get("/you"))
    with desk.rows():
        assert (mira(desk).time_zone, mira(desk).locale) == (None, None)
    assert len(told(desk)) == 1


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": " "}, "Write the name that colleagues see"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"zone": "Mars/Olympus"}, "Choose a time zone of the list."),
        ({"zone": "../etc/passwd"}, "Choose a time zone of the list."),
        ({"zone": "localtime"}, "Choose a time zone of the list."),
        ({"format": "xx_XX"}, "Choose a format of the list."),
        ({"format": "../root"}, "Choose a format of the list."),
    ],
)
def test_what_will_not_do_is_said_and_what_was_typed_stays(desk: Desk, form: dict[str, str], sentence: str) -> None:
    answer = desk.mira.post("/you", {"name": "Mira <b>", "zone": "Asia/Tokyo", "format": "de_DE", **form})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert ("Mira &lt;b&gt;" in answer.text) == ("name" not in form)
    assert ('value="Asia/Tokyo" selected' in answer.text) == ("zone" not in form)
    with desk.rows():
        assert (mira(desk).name, mira(desk).time_zone, mira(desk).locale) == ("Mira Okafor", None, None)


def test_an_example_shows_what_is_not_kept_yet(desk: Desk) -> None:
    answer = desk.mira.get("/you/example?zone=Asia/Tokyo&format=de_DE", htmx=True)
    assert words(answer) == "Now Monday, 7 January 2030, 19:00 A number 12.345,67"
    for nonsense in ("zone=Mars/Olympus&format=xx", "zone=/&format=../root", ""):
        plain = desk.mira.get(f"/you/example?{nonsense}", htmx=True)
        assert words(plain) == "Now Monday, 7 January 2030, 10:00 A number 12,345.67"


def test_a_new_password_takes_the_place_of_the_old_one_and_ends_other_sign_ins(desk: Desk) -> None:
    other, tom = entered(desk), desk.agent()
    answer = desk.mira.post("/you/password", TYPED)
    page = desk.mira.get(answer.location)
    assert "Your password is changed. You are signed out in one other browser." in words(page)
    assert NEW not in page.text
    assert other.get("/inbox").status_code == 303
    assert tom.get("/inbox").status_code == 200
    assert told(desk) == [("changed the password", {})]
    with desk.rows():
        assert passwords.fits(NEW, mira(desk).password_hash)
    refused = Browser(desk.app).post("/signin", {"email": "mira@example.com", "password": PASSWORD})
    assert refused.status_code == 422
    entered(desk, NEW)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"old": "wrong"}, "This is not your password."),
        ({"old": ""}, "This is not your password."),
        ({"old": PASSWORD * 100}, "This is not your password."),
        ({"new": "short", "again": "short"}, "Choose a password of at least 12 characters"),
        ({"new": "test account", "again": "test account"}, "can be guessed: it is a common one, or a name"),
        ({"new": PASSWORD, "again": PASSWORD}, "This is the password that you have."),
        ({"again": "eleven green battles"}, "This is not what you wrote above."),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(desk: Desk, form: dict[str, str], sentence: str) -> None:
    other = entered(desk)
    answer = desk.mira.post("/you/password", TYPED | form)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "value" not in answer.text.partition('id="old"')[2].partition(">")[0]
    assert other.get("/inbox").status_code == 200
    assert told(desk) == []
    with desk.rows():
        assert passwords.fits(PASSWORD, mira(desk).password_hash)


def test_guesses_at_the_old_password_are_few_and_each_person_has_their_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(passwords, "fits", lambda password, _kept: looked_at.append(password) or False)

    def guess(browser: Browser, token: str, number: int) -> int:
        form = {**TYPED, "old": f"guess {number}", "csrf_token": token}
        elsewhere = {"REMOTE_ADDR": f"10.0.0.{number}"}
        posted = browser.client.post("/you/password", data=form, base_url=browser.base, environ_overrides=elsewhere)
        return posted.status_code

    token = desk.mira.token()
    assert [guess(desk.mira, token, number) for number in range(11)] == [422] * 10 + [429]
    assert len(looked_at) == 10
    tom = desk.agent()
    assert guess(tom, tom.token(), 11) == 422


def test_the_list_says_which_browsers_since_when_and_where(desk: Desk) -> None:
    desk.clock.move(days=1)
    entered(desk, zone="Europe/Berlin")
    desk.agent()
    page = words(desk.mira.get("/you"))
    listed = page.partition("Where you are signed in ")[2]
    assert listed.startswith("Chrome on Windows in Berlin · since 10:00 A browser · since Yesterday 10:00 This one")
    assert "Sign out everywhere else" in page
    with desk.rows():
        kept = db.session.scalars(select(SignIn).where(SignIn.user_id == desk.mira_id).order_by(SignIn.id)).all()
        assert [(each.browser, each.time_zone) for each in kept] == [
            ("", None),
            ("Chrome on Windows", "Europe/Berlin"),
        ]


def test_one_signs_out_everywhere_else(desk: Desk) -> None:
    others, tom = [entered(desk), entered(desk)], desk.agent()
    answer = desk.mira.post("/you/sign-out-elsewhere")
    page = words(desk.mira.get(answer.location))
    assert "You are signed out in 2 other browsers." in page
    assert "Sign out everywhere else" not in page
    assert [browser.get("/inbox").status_code for browser in [*others, tom]] == [303, 303, 200]
    assert told(desk) == [("signed out elsewhere", {"browsers": [3, 1]})]
    again = desk.mira.post("/you/sign-out-elsewhere")
    assert "You are signed in nowhere else." in words(desk.mira.get(again.location))
    assert len(told(desk)) == 1


@pytest.mark.parametrize(
    ("zone", "status", "kept"),
    [("Asia/Tokyo", 205, "Asia/Tokyo"), ("Etc/UTC", 205, "Etc/UTC"), ("Mars/Olympus", 204, None), ("", 204, None)],
)
def test_a_browser_tells_its_zone_later_too(desk: Desk, zone: str, status: int, kept: str | None) -> None:
    assert desk.mira.post("/you/zone", {"zone": zone}).status_code == status
    with desk.rows():
        assert db.session.scalars(select(SignIn.time_zone)).one() == kept
    assert desk.mira.post("/you/zone", {"zone": zone}).status_code == 204


def test_a_zone_that_was_chosen_stays_whatever_the_browser_tells(desk: Desk) -> None:
    desk.mira.post("/you", {"name": "Mira", "zone": "Europe/Berlin", "format": ""})
    assert desk.mira.post("/you/zone", {"zone": "Asia/Tokyo"}).status_code == 204
    page = words(desk.mira.get("/you"))
    assert "Monday, 7 January 2030, 11:00" in page
    assert "As this browser: Tokyo" in page


@pytest.mark.parametrize(
    ("header", "seen"),
    [
        (CHROME, "Chrome on Windows"),
        (f"{CHROME} Edg/131.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 {WEBKIT} "
            "Version/18.1 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 {WEBKIT} "
            "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 {WEBKIT} "
            "Version/18.1 Safari/605.1.15",
            "Safari on Mac",
        ),
        ("curl/8.5.0", "Another browser"),
        ("", "Another browser"),
    ],
)
def test_a_browser_is_named_in_words(header: str, seen: str) -> None:
    assert useragents.words(header) == seen
