"""Pictures and other files that come with texts: kept with the text, fetched afterwards, and never at any price."""

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from flexie import clock, media, reconciler, safehttp
from flexie.db import db, transaction
from flexie.media import fetching
from flexie.models import Connection, Conversation, MediaBytes, MediaFile
from flexie.simulator.picture import sample_png
from tests.fetchers import Fetchers
from tests.house import AUTH_TOKEN, SID, House, Nobody
from tests.moving_clock import MovingClock
from tests.standin import StandIn, serve

BASIC = "Basic " + base64.b64encode(f"{SID}:{AUTH_TOKEN}".encode()).decode()


@pytest.fixture
def fetching_house(house: House) -> House:
    """The account, with a worker that fetches; the provider has one picture."""
    house.app.extensions["fetchers"] = Fetchers()
    house.standin.files["/m/1"] = sample_png()
    return house


@pytest.fixture
def elsewhere() -> Iterator[StandIn]:
    """Another server, which is not the provider's."""
    standin = StandIn(files={"/m/1": sample_png()})
    server = serve(standin)
    yield standin
    server.shutdown()
    server.server_close()


def files(house: House) -> list[MediaFile]:
    with house.app.app_context():
        return list(db.session.scalars(select(MediaFile).order_by(MediaFile.id)))


def file(house: House) -> MediaFile:
    (found,) = files(house)
    return found


def test_a_picture_is_fetched_after_its_text_was_stored_and_is_what_its_bytes_say(fetching_house: House) -> None:
    house = fetching_house
    assert house.picture("/m/1").status_code == 200
    assert (house.standin.gets, files(house)) == ([], [])
    house.work()
    (got,) = house.standin.gets
    assert (got.path, got.headers["Authorization"]) == ("/m/1", BASIC)
    kept = file(house)
    assert (kept.state, kept.content_type, kept.ending) == ("kept", "image/png", "png")
    assert (kept.width, kept.height, kept.size, kept.is_picture) == (320, 240, len(sample_png()), True)
    with house.app.app_context():
        assert db.session.scalars(select(MediaBytes.data)).one() == sample_png()


def test_the_list_says_that_a_picture_came(house: House) -> None:
    house.picture("/m/1")
    with house.app.app_context():
        assert db.session.scalars(select(Conversation.last_text)).one() == "Picture"


def test_the_same_text_twice_has_its_files_once(fetching_house: House) -> None:
    fetching_house.standin.files["/m/2"] = b"%PDF-1.7"
    for _ in range(2):
        fetching_house.picture("/m/1", "/m/2", sid="MM" + "1" * 32)
        fetching_house.work()
    assert [(each.position, each.content_type) for each in files(fetching_house)] == [
        (0, "image/png"),
        (1, "application/pdf"),
    ]


def test_a_picture_without_words_starts_what_fits_any_words(fetching_house: House) -> None:
    fetching_house.record(first_name="Ana", mobile="+14155552671")
    fetching_house.rules(
        'version 1\n\nrule "Any":\n  for contact\n  when any incoming sms\n\n  add tag "any"\n'
        '\nrule "All":\n  for contact\n  when incoming sms matches "*"\n\n  add tag "all"\n'
        '\nrule "Yes":\n  for contact\n  when incoming sms matches "YES*"\n\n  add tag "yes"\n'
    )
    fetching_house.picture("/m/1")
    fetching_house.work()
    assert {run.state for run in fetching_house.runs()} == {"done"}
    assert len(fetching_house.runs()) == 2
    assert fetching_house.messages("in")[0].stage == "triggered"


def test_a_provider_that_is_away_is_asked_again_with_longer_and_longer_pauses(
    fetching_house: House, moving_clock: MovingClock
) -> None:
    house = fetching_house
    house.standin.files["/m/1"] = 503
    house.picture("/m/1")
    tried = []
    for wait in (0, 0.25, 2, 10, 60, 360, 1440, 10_000):
        moving_clock.move(minutes=wait)
        house.work()
        tried.append(len(house.standin.gets))
    assert tried == [1, 2, 3, 4, 5, 6, 7, 7]
    gone = file(house)
    assert (gone.state, gone.error) == ("gone", "The provider did not give it out (HTTP 503).")
    assert reconciler_is_idle(house)


def reconciler_is_idle(house: House) -> bool:
    with house.app.app_context():
        return reconciler.due_since() == {}


def test_between_two_tries_it_is_said_why_and_when(fetching_house: House, moving_clock: MovingClock) -> None:
    fetching_house.standin.files["/m/1"] = 500
    fetching_house.picture("/m/1")
    fetching_house.work()
    waits = file(fetching_house)
    assert (waits.state, waits.error) == ("waiting", "The provider did not give it out (HTTP 500).")
    assert waits.due_at == clock.now() + timedelta(seconds=15)
    fetching_house.standin.files["/m/1"] = sample_png()
    moving_clock.move(seconds=15)
    fetching_house.work()
    assert (file(fetching_house).state, file(fetching_house).error) == ("kept", None)


def test_what_is_gone_for_good_is_said_at_once_and_what_may_come_yet_is_asked_for_thrice(
    fetching_house: House, moving_clock: MovingClock
) -> None:
    house = fetching_house
    house.standin.files["/m/gone"] = 410
    house.picture("/m/gone", "/m/never")
    for _ in range(5):
        house.work()
        moving_clock.move(hours=1)
    assert [got.path for got in house.standin.gets] == ["/m/gone", "/m/never", "/m/never", "/m/never"]
    assert [each.error for each in files(house)] == [
        "The provider does not have it any more.",
        "The provider does not have it.",
    ]


def test_a_person_can_have_a_file_asked_for_again(fetching_house: House) -> None:
    house = fetching_house
    house.standin.files["/m/1"] = 410
    house.picture("/m/1")
    house.work()
    house.standin.files["/m/1"] = sample_png()
    with house.app.app_context(), transaction():
        media.fetch_again(db.session.scalars(select(MediaFile)).one())
    house.work()
    assert file(house).state == "kept"
    with house.app.app_context(), pytest.raises(media.CannotFetch, match="there already"):
        media.fetch_again(db.session.scalars(select(MediaFile)).one())


def test_a_file_that_is_too_large_is_not_kept(fetching_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LARGEST", len(sample_png()) - 1)
    fetching_house.picture("/m/1")
    fetching_house.work()
    assert file(fetching_house).state == "gone"
    assert "larger than" in (file(fetching_house).error or "")


@pytest.fixture
def open_network(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """Loopback stands for the internet; what was asked for, and whether a private address would have been meant."""
    asked: list[tuple[str, bool]] = []
    real = safehttp.get

    def get(url: str, headers: dict[str, str], *, allow_private: bool = False, **more: object) -> safehttp.Answer:
        asked.append((url, allow_private))
        return real(url, headers, allow_private=True, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(safehttp, "get", get)
    return asked


def test_credentials_go_no_further_than_the_provider(
    fetching_house: House, elsewhere: StandIn, open_network: list[tuple[str, bool]]
) -> None:
    """The provider sends us to a store of files, and that sends us back: nothing is shown from there on."""
    provider = fetching_house.standin
    provider.files |= {"/m/1": f"{elsewhere.url}/there", "/m/back": sample_png()}
    elsewhere.files["/there"] = f"{provider.url}/m/back"
    fetching_house.picture("/m/1")
    fetching_house.work()
    assert file(fetching_house).state == "kept"
    shown = [got.headers.get("Authorization") for got in (*provider.gets, *elsewhere.gets)]
    assert shown == [BASIC, None, None]
    assert [is_meant for _, is_meant in open_network] == [True, False, False]


def test_an_address_elsewhere_is_shown_no_credentials(
    fetching_house: House, elsewhere: StandIn, open_network: list[tuple[str, bool]]
) -> None:
    fetching_house.picture(f"{elsewhere.url}/m/1")
    fetching_house.work()
    assert file(fetching_house).state == "kept"
    assert "Authorization" not in elsewhere.gets[0].headers
    assert open_network == [(f"{elsewhere.url}/m/1", False)]


def test_nothing_within_a_private_network_is_fetched(fetching_house: House, elsewhere: StandIn) -> None:
    fetching_house.standin.files["/m/1"] = f"{elsewhere.url}/m/1"
    fetching_house.picture(f"{elsewhere.url}/m/1", "/m/1", "http://169.254.169.254/latest/meta-data/")
    fetching_house.work()
    assert elsewhere.gets == []
    assert {each.state for each in files(fetching_house)} == {"gone"}
    assert {each.error for each in files(fetching_house)} == {"Its address is one that we do not fetch from."}


def test_a_circle_of_redirects_ends(fetching_house: House) -> None:
    fetching_house.standin.files["/m/1"] = "/m/1"
    fetching_house.picture("/m/1")
    fetching_house.work()
    assert len(fetching_house.standin.gets) == fetching.MOST_HOPS + 1
    assert file(fetching_house).error == "The provider sent us from one address to the next."


@pytest.mark.parametrize(
    ("url", "location"),
    [("https://api.twilio.com/m/1", "http://mms.twiliocdn.com/1"), ("https://api.twilio.com/m/1", "http://[x/")],
)
def test_a_redirect_leads_neither_into_the_open_nor_nowhere(url: str, location: str) -> None:
    with pytest.raises(safehttp.Forbidden):
        fetching._next(url, location)


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1", True),
        ("https://api.twilio.com:443/m", True),
        ("https://api.twilio.com:8443/m", False),
        ("http://api.twilio.com/m", False),
        ("https://api.twilio.com.evil.example/m", False),
        ("https://api.twilio.com@evil.example/m", False),
        ("https://mms.twiliocdn.com/m", False),
        ("https://evil.example/api.twilio.com", False),
        ("https://api.twilio.com:x/m", False),
    ],
)
def test_whose_an_address_is(fetching_house: House, url: str, is_own: bool) -> None:
    fetching_house.picture(url)
    with fetching_house.app.app_context():
        with transaction():
            db.session.scalars(select(Connection)).one().base_url = None
        fetching_house.app.extensions["fetchers"] = Nobody()
        fetching_house.work()
        claimed = fetching.claim()
    assert claimed is not None
    assert fetching._is_own(url, claimed) is is_own


def test_a_file_that_a_worker_died_over_is_fetched_again(fetching_house: House, moving_clock: MovingClock) -> None:
    house = fetching_house
    house.app.extensions["fetchers"] = Nobody()
    house.picture("/m/1")
    house.work()
    with house.app.app_context():
        dead = fetching.claim()
        assert dead is not None
        assert fetching.claim() is None
        moving_clock.move(seconds=121)
        alive = fetching.claim()
        assert alive is not None
        fetching.finish(dead, fetching.Failed("too late", tries=0))
        assert file(house).state == "waiting"
        fetching.finish(alive, fetching.fetch(alive))
    assert (file(house).state, file(house).tries) == ("kept", 2)


def test_files_are_work_that_is_found_when_nobody_rang_and_say_nothing_about_us(
    fetching_house: House, moving_clock: MovingClock
) -> None:
    house = fetching_house
    house.app.extensions["fetchers"] = Nobody()
    house.picture("/m/1")
    house.work()
    moving_clock.move(seconds=30)
    with house.app.app_context():
        assert reconciler.overdue(timedelta(seconds=2)) == ["media"]
        assert reconciler.oldest_due_seconds() == 0
        with clock.rehearsed(clock.now):
            assert reconciler.due_since() == {}


def test_credentials_that_cannot_be_read_are_said_and_hold_up_no_other(fetching_house: House) -> None:
    fetching_house.picture("/m/1")
    with fetching_house.app.app_context(), transaction():
        db.session.scalars(select(Connection)).one().credentials = "sealed elsewhere"
    fetching_house.work()
    assert (file(fetching_house).state, fetching_house.standin.gets) == ("gone", [])
    assert "SECRET_KEY" in (file(fetching_house).error or "")
