"""The switcher of channels: texts are one; another one is an entry and providers that name it, and nothing else."""

import pytest

from flexie import channels, connections
from flexie.channels import Channel
from flexie.db import db
from flexie.providers.simulator import Simulator
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk

WHATSAPP = Channel("whatsapp", "WhatsApp")
KEYS = {"account": "a", "api_key": "k", "webhook_secret": "s"}


@pytest.fixture
def _two_channels(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Simulator's lines are of another channel; Ana texts, and Bo writes there."""
    monkeypatch.setattr(channels, "CHANNELS", (*channels.CHANNELS, WHATSAPP))
    monkeypatch.setattr(Simulator, "channel", "whatsapp")
    with desk.rows():
        made = connections.add("simulator", "Chat", KEYS, ["+12025550199"])
        db.session.flush()
        line = made.lines[0].id
    desk.talk(ANA, "A text of Ana's")
    desk.talk("+14155559999", "A chat of Bo's", line_id=line)


def test_today_there_are_texts_and_all(desk: Desk) -> None:
    desk.talk(ANA, "A text of Ana's")
    page = desk.mira.get("/inbox?channel=sms").text
    assert '<a href="/inbox?channel=sms" aria-current="true">SMS</a>' in page
    for address in ("/inbox", "/inbox?channel=sms"):
        assert "A text of Ana's" in words(desk.mira.get(address))
    assert desk.mira.get("/inbox?channel=fax").status_code == 404


@pytest.mark.usefixtures("_two_channels")
@pytest.mark.parametrize("role", ["admin", "agent"])
@pytest.mark.parametrize("more", ["", "&show=unread", "&show=unassigned", "&show=not-linked", "&q=%2B1415555"])
def test_each_channel_shows_its_own_whatever_the_filter(desk: Desk, role: str, more: str) -> None:
    who: Browser = desk.mira if role == "admin" else desk.agent()
    for channel, shown, hidden in (("sms", "Ana", "Bo"), ("whatsapp", "Bo", "Ana")):
        page = words(who.get(f"/inbox?channel={channel}{more}"))
        assert f"of {shown}'s" in page
        assert f"of {hidden}'s" not in page
    both = words(who.get(f"/inbox?{more.removeprefix('&')}"))
    assert "of Ana's" in both
    assert "of Bo's" in both


@pytest.mark.usefixtures("_two_channels")
def test_lines_counts_and_links_are_those_of_the_channel(desk: Desk) -> None:
    page = desk.mira.get("/inbox?channel=whatsapp").text
    assert 'href="/inbox?show=unread&amp;channel=whatsapp"' in page
    assert 'name="channel" value="whatsapp"' in page
    menu = page[page.index('id="line-menu"') : page.index("New text")]
    assert "Chat" in menu
    assert "Main" not in menu
    assert "Unread 1" in words(desk.mira.get("/inbox?channel=whatsapp"))
    assert "Unread 2" in words(desk.mira.get("/inbox"))


def test_a_line_of_every_provider_is_of_a_channel_that_there_is() -> None:
    covered = [channels.providers_of(channel) for channel in channels.CHANNELS]
    assert sum(len(names) for names in covered) == len(channels.providers.names())
    assert channels.narrowed_to(channels.CHANNELS[0]) is None
