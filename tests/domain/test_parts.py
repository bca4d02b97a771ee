"""Long texts that come in parts are shown whole, once; and what never becomes whole is shown as it is."""

import threading
from itertools import permutations
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from flexie import connections, parts, reconciler
from flexie.db import db, transaction
from flexie.models import TextPart, WebhookEvent
from tests.house import House
from tests.moving_clock import MovingClock
from tests.providers import cases_vonage_sms as cases

WORDS = ["Hello there, ", "this is ", "long."]


class Phone:
    """A phone whose long texts a provider brings in parts."""

    def __init__(self, house: House) -> None:
        self.house = house
        with house.app.app_context(), transaction():
            made = connections.add("vonage_sms", "Parts", cases.CREDENTIALS, [cases.LINE])
            self.url = connections.webhook_url(made.lines[0], "inbound")

    def part(self, number: int, text: str, reference: str = "7", total: int = 3, name: str = "", **more: str) -> None:
        """One part arrives."""
        fields = {
            "concat": "true", "concat-ref": reference, "concat-total": str(total), "concat-part": str(number),
            "messageId": name or f"{reference}-{number}", "text": text,
        }  # fmt: skip
        request = cases.signed(self.url, cases.TEXT | fields | more)
        path = urlsplit(request.url).path
        answer = self.house.app.test_client().post(path, data=request.body, headers=dict(request.headers))
        assert answer.status_code == 200

    def texts(self) -> list[str]:
        """What stands in the inbox."""
        return [message.text for message in self.house.messages("in")]


@pytest.fixture
def phone(house: House) -> Phone:
    return Phone(house)


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))), ids=str)
def test_parts_in_any_order_and_twice_make_one_text(phone: Phone, order: tuple[int, ...]) -> None:
    for number in (*order[:2], order[0]):
        phone.part(number, WORDS[number - 1])
    assert phone.texts() == []
    for number in (order[2], *order):
        phone.part(number, WORDS[number - 1])

    assert phone.texts() == ["Hello there, this is long."]
    (message,) = phone.house.messages("in")
    assert (message.segments, message.sender_number, message.provider_id) == (3, cases.PHONE, "7-1")
    with phone.house.app.app_context():
        assert len(db.session.scalars(select(WebhookEvent)).all()) == 1
        assert {part.due_at for part in db.session.scalars(select(TextPart))} == {None}


def test_parts_of_two_texts_are_not_mixed(phone: Phone) -> None:
    for number in (1, 2, 3):
        phone.part(number, WORDS[number - 1])
        phone.part(number, f"{number} ", reference="8")
        phone.part(number, f"{number}. ", msisdn="14135550199", name=f"other-{number}")

    assert sorted(phone.texts()) == ["1 2 3 ", "1. 2. 3. ", "Hello there, this is long."]


def test_a_text_that_does_not_become_whole_is_shown_after_five_minutes_with_what_came(
    phone: Phone, moving_clock: MovingClock
) -> None:
    phone.part(2, WORDS[1])
    moving_clock.move(minutes=4)
    phone.part(4, "end", total=5, reference="9")
    reconcile(phone)
    assert phone.texts() == []

    moving_clock.move(minutes=1)
    reconcile(phone)
    assert phone.texts() == ["[…]this is […]"]

    moving_clock.move(minutes=4)
    reconcile(phone)
    reconcile(phone)
    assert phone.texts() == ["[…]this is […]", "[…]end[…]"]


def test_a_part_that_comes_late_is_shown_by_itself(phone: Phone, moving_clock: MovingClock) -> None:
    phone.part(1, WORDS[0])
    phone.part(3, WORDS[2])
    moving_clock.move(minutes=5)
    reconcile(phone)
    phone.part(2, WORDS[1])
    phone.part(1, WORDS[0])
    moving_clock.move(minutes=5)
    reconcile(phone)

    assert phone.texts() == ["Hello there, […]long.", "[…]this is […]"]


def test_the_first_part_decides_how_long_the_others_are_waited_for(phone: Phone, moving_clock: MovingClock) -> None:
    phone.part(1, WORDS[0])
    moving_clock.move(minutes=4)
    phone.part(2, WORDS[1])
    moving_clock.move(minutes=1)
    reconcile(phone)

    assert phone.texts() == ["Hello there, this is […]"]


def test_a_reference_that_is_used_again_begins_another_text(phone: Phone) -> None:
    phone.part(1, "old ", total=2)
    phone.part(1, "new ", total=2, name="again-1")
    assert phone.texts() == ["old […]"]
    phone.part(2, "text", total=2, name="again-2")
    assert phone.texts() == ["old […]", "new text"]


def test_the_same_part_under_another_id_counts_once(phone: Phone) -> None:
    phone.part(1, "one ", total=2)
    phone.part(1, "one ", total=2, name="again-1")
    phone.part(2, "two", total=2)
    assert phone.texts() == ["one two"]


def test_a_whole_text_starts_rules_and_parts_do_not(phone: Phone) -> None:
    phone.house.record(first_name="Ana", mobile=cases.PHONE)
    phone.house.rules(
        'rule "Long":\n  for contact\n  when incoming sms matches "Hello*long."\n\n  send sms "Read it"\n'
    )
    for number in (1, 2, 3):
        phone.part(number, WORDS[number - 1])
        phone.house.work()

    assert [message.text for message in phone.house.messages()] == ["Read it"]


def test_parts_that_come_at_one_moment_make_one_text(phone: Phone) -> None:
    """Each is committed before it looks for the others, so the last to look sees all, and only one of them stores."""
    together = threading.Barrier(3)

    def bring(number: int) -> None:
        together.wait()
        phone.part(number, WORDS[number - 1])

    threads = [threading.Thread(target=bring, args=(number,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert phone.texts() == ["Hello there, this is long."]


def test_what_was_kept_before_the_process_died_is_found_by_the_part_that_comes_again(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.part(1, "one ", total=2)

    def die(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(parts, "_join", die)
        with pytest.raises(KeyboardInterrupt):
            phone.part(2, "two", total=2)
    assert phone.texts() == []
    phone.part(2, "two", total=2)

    assert phone.texts() == ["one two"]


def reconcile(phone: Phone) -> None:
    """Time decides."""
    with phone.house.app.app_context():
        reconciler.reconcile()
