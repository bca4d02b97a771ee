"""The count beside a box is what a provider bills: 500 random texts are counted, sent, and counted by somebody else."""

import random
import re
from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory

import httpx
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from flexie import connections, outbound
from flexie.db import db
from flexie.models import Conversation, Line, Message, Record
from flexie.simulator.app import create_app
from flexie.simulator.network import Network
from tests import databases
from tests.web.browser import words
from tests.web.desk import Desk

# The provider's own book-keeping: septets and octets as they go over the air (3GPP TS 23.038 and 23.040), written
# apart from flexie.segments: the alphabet in the order of its codes, parts cut from the encoded whole.
ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
CODES = {char: bytes([code]) for code, char in enumerate(ALPHABET) if char != "\x1b"}
EXTENSION_CODES = b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65"
CODES |= {char: bytes([27, code]) for char, code in zip("\f^{}\\[~]|€", EXTENSION_CODES, strict=True)}
SPECIAL = ["’", "“", "…", "\u00a0", "–", "ő", "😀", "👩\u200d👩\u200d👧", "e\u0301", "你", "ë"]


def billed(text: str) -> int:
    """Into how many parts a provider cuts a text."""
    if all(char in CODES for char in text):
        return parts(b"".join(CODES[char] for char in text), 160, 153, lambda air, at: air[at - 1] == 27)
    return parts(text.encode("utf-16-be"), 140, 134, lambda air, at: 0xD8 <= air[at - 2] <= 0xDB)


def parts(air: bytes, single: int, several: int, would_split: Callable[[bytes, int], bool]) -> int:
    if len(air) <= single:
        return 1
    count, at = 0, 0
    while at < len(air):
        at, count = at + several, count + 1
        if at < len(air) and would_split(air, at):
            at -= 2 if single == 140 else 1
    return count


def random_text(dice: random.Random) -> str:
    """Mostly around the lengths at which one part becomes two, or two three."""
    edge = dice.choice([1, 20, 67, 70, 134, 140, 153, 160, 306, 459, 700, 1500])
    length = max(1, edge + dice.randint(-18, 4))
    plain = [char for char in ALPHABET if char not in "\x1b\r"]
    some = dice.choice([plain, plain, [*plain, *"^{}[]~|€" * 4], [*plain, *SPECIAL], SPECIAL])
    text = "".join(dice.choice(some) for _ in range(length))[:1580]
    return text if text.strip() else "x"


@pytest.fixture
def network() -> Iterator[Network]:
    with TemporaryDirectory(dir=databases.quick_folder()) as folder:
        network = Network(f"{folder}/simulator.db", count_segments=billed)
        yield network
        network.close()


def simulated(desk: Desk, network: Network) -> None:
    """A second line, at the Simulator."""
    account = network.add_account("key-one", "secret-one")
    network.set_line(account, "+14155550177", "https://sms.example.test/inbound")
    credentials = {"api_key": "key-one", "webhook_secret": "secret-one"}
    with desk.rows():
        connections.add("simulator", "Pretend", credentials, ["+14155550177"], "http://sim/simulator")


def conversations(desk: Desk) -> list[str]:
    """Two conversations on the simulated line: one of them about an open case."""
    with desk.rows():
        line_id = db.session.scalars(select(Line.id).where(Line.name == "Pretend")).one()
    case_id = desk.house.record("case", name="The crown")
    plain, about = desk.talk("+14155550501", line_id=line_id), desk.talk("+14155550502", line_id=line_id)
    with desk.rows():
        talk = db.session.scalars(select(Conversation).where(Conversation.public_id == about)).one()
        db.session.scalars(select(Message).where(Message.conversation_id == talk.id)).one().case_id = case_id
    return [plain, about]


def deliver(desk: Desk, network: Network) -> None:
    with (
        httpx.Client(transport=httpx.WSGITransport(create_app(network))) as client,
        desk.app.app_context(),
    ):
        while claimed := outbound.claim():
            outbound.finish(claimed, outbound.call(claimed, client))


def test_what_is_counted_is_what_is_billed(desk: Desk, network: Network) -> None:
    simulated(desk, network)
    talks = conversations(desk)
    dice, counted, token = random.Random(4), [], {"X-CSRFToken": desk.mira.token()}

    def post(path: str, form: dict[str, str]) -> TestResponse:
        return desk.mira.client.post(path, data=form, base_url=desk.mira.base, headers=token)

    for number in range(500):
        talk, text = dice.choice(talks), random_text(dice)
        shown = words(post(f"/inbox/segments?talk={talk}", {"text": text}))
        found = re.match(r"(\d+) (standard|Unicode) characters? · (\d+) texts?", shown)
        assert found, shown
        counted.append((int(found[1]), found[2] == "standard", int(found[3])))
        assert post(f"/inbox/{talk}/reply", {"text": text, "nonce": str(number)}).status_code == 303
    deliver(desk, network)

    sent = desk.house.messages("out")
    with network.store.transaction() as rows:
        bills = {row["text"]: row["segments"] for row in rows.execute("SELECT text, segments FROM texts")}
    assert len(sent) == 500
    assert sum("[FX-" in message.text for message in sent) > 150
    assert len({message.segments for message in sent}) > 6
    assert sum(not is_plain for _, is_plain, _ in counted) > 100
    for message, (length, is_plain, segments) in zip(sent, counted, strict=True):
        assert message.status == "accepted"
        assert length == len(message.text)
        assert segments == bills[message.text] == message.segments == billed(message.text), message.text
        assert is_plain == all(char in CODES for char in message.text)


def test_a_case_s_reference_is_counted_before_it_is_there(desk: Desk, network: Network) -> None:
    simulated(desk, network)
    plain, about = conversations(desk)
    with desk.rows():
        record = db.session.scalars(select(Record)).one()
        reference, case = record.reference, record.public_id
    text = "x" * 150
    assert "150 standard characters · 1 text" in words(desk.mira.post(f"/inbox/segments?talk={plain}", {"text": text}))
    said = f"164 standard characters · 2 texts · with [FX-{reference}]"
    assert said in words(desk.mira.post(f"/inbox/segments?talk={about}", {"text": text}))
    assert said in words(desk.mira.post("/inbox/segments", {"text": text, "record": case}))
    quoted = {"text": f"See [fx-{reference}]"}
    assert "with" not in words(desk.mira.post(f"/inbox/segments?talk={about}", quoted))


@pytest.mark.parametrize("path", ["/inbox/{}/reply", "/inbox/new"])
@pytest.mark.parametrize("htmx", [True, False])
def test_without_a_script_a_button_returns_the_box_in_plain_writing(desk: Desk, path: str, htmx: bool) -> None:
    path = path.format(desk.talk("+14155550501"))
    form = {"to": "+14155550501", "text": "It’s\u00a0“ok” – cafe\u0301…", "nonce": "n"}
    counted = desk.mira.post(path, form | {"do": "count"}, htmx=htmx)
    assert counted.status_code == 200
    assert "18 Unicode characters · 1 text" in words(counted)
    assert re.search(r'type="submit" name="do" value="plain" formnovalidate [^>]*>Replace them<', counted.text)
    replaced = desk.mira.post(path, form | {"do": "plain"}, htmx=htmx)
    assert "It&#39;s &#34;ok&#34; - café..." in replaced.text
    assert "19 standard characters · 1 text" in words(replaced)
    assert 'value="n"' in replaced.text
    assert desk.house.messages("out") == []


@pytest.mark.parametrize(
    ("text", "said", "can"),
    [
        ("it’s", "’ (right single quotation mark): 70 characters a text instead of 160. Write ' instead", True),
        ("a\u00a0b", "no-break space: 70 characters a text instead of 160. Write a blank instead", True),
        ("’“", "’ (right single quotation mark) and “ (left double quotation mark): 70", True),
        ("’–…😀", "😀 (grinning face), ’ (right single quotation mark) and 2 more: 70", False),
        ("x" * 70 + "ő", "ő (latin small letter o with double acute): 67 characters a text instead of 153.", False),
    ],
)  # fmt: skip
def test_what_forces_unicode_is_named(desk: Desk, text: str, said: str, can: bool) -> None:
    answer = desk.mira.post("/inbox/segments", {"text": text}, htmx=True)
    assert f"Unicode because of {said}" in words(answer)
    assert ("data-plain=" in answer.text) is can


def test_line_ends_are_sent_and_counted_as_one(desk: Desk) -> None:
    talk = desk.talk("+14155550501")
    desk.mira.post(f"/inbox/{talk}/reply", {"text": "a\r\nb", "nonce": "1"})
    desk.mira.post("/inbox/new", {"to": "+14155550501", "text": "a\r\nb", "nonce": "2"})
    assert [message.text for message in desk.house.messages("out")] == ["a\nb", "a\nb"]


def test_the_other_counter_knows_the_standard() -> None:
    assert [billed("a" * n) for n in (160, 161, 306, 307)] == [1, 2, 2, 3]
    assert [billed("a" * 152 + "€" + "b" * n) for n in (6, 7)] == [1, 2]
    assert billed("a" * 152 + "€" + "b" * 152) == 3  # the escape would stand at the end of the first part
    assert [billed("😀" * n) for n in (35, 36, 66, 67)] == [1, 2, 2, 3]
