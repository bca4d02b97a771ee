"""Searching texts and names: by words, without letter case and accents, the last one by how it begins."""

import pytest

from flexie import records, search
from flexie.db import db, transaction
from flexie.models import Message, Record
from tests.house import ANA, House


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Hello, World!", ["hello", "world"]),
        ("José's CAFÉ Straße", ["jose", "s", "cafe", "strasse"]),
        ("a_b 12:30 x@y.de", ["a_b", "12", "30", "x", "y", "de"]),
        ("予約を確認", ["予", "約", "を", "確", "認"]),
        ("👍 ok", ["ok"]),
        ("", []),
        ("x" * 100, ["x" * 60]),
    ],
)
def test_words_are_compared_plainly(written: str, words: list[str]) -> None:
    assert search.words(written) == words


def texts(house: House, sought: str) -> list[str]:
    with house.app.app_context():
        found = search.messages(sought)
        if found is None:
            return []
        ids = found.ids.subquery()
        query = db.select(Message.text).join(ids, ids.c.id == Message.id).order_by(Message.id.desc())
        return list(db.session.scalars(query))


def test_texts_in_and_out_are_found(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(
        'version 1\n\nrule "R":\n  for contact\n  when incoming sms matches "*open*"\n\n  send sms "Open till 5, Ana"\n'
    )
    for body in ("Are you OPEN tomorrow?", "It's Zoë's crème brûlée", "100% 'quoted' \"words\" AND OR NOT NEAR( * ^"):
        house.text(body)
        house.work()
    assert texts(house, "open") == ["Open till 5, Ana", "Are you OPEN tomorrow?"]
    assert texts(house, "tomorrow ARE") == ["Are you OPEN tomorrow?"]
    assert texts(house, "zoe creme bru") == ["It's Zoë's crème brûlée"]
    assert texts(house, "bru creme") == []
    assert len(texts(house, "quoted and near")) == 1
    assert texts(house, "* ^ ( \" ' :* & | !") == []
    assert texts(house, "open' OR 1=1 --") == []


def test_records_are_found_by_name_address_and_reference(house: House) -> None:
    ana = house.record(first_name="Ana", last_name="Hoxha-Lind", mobile=ANA, email="ana@rosewood.test")
    case = house.record("case", name="Broken lamp")

    def found(sought: str) -> list[int]:
        with house.app.app_context():
            hits = search.records(sought)
            return list(db.session.scalars(hits.ids)) if hits is not None else []

    with house.app.app_context():
        reference = db.session.get_one(Record, case).reference
    assert found("hox") == found("lind ana") == found("rosewood") == [ana]
    assert found(f"FX-{reference}") == found(str(reference)) == [case]
    with house.app.app_context(), transaction():
        records.update(db.session.get_one(Record, ana), {"last_name": "Basha"})
    assert found("hoxha") == []
    assert found("basha") == [ana]


@pytest.mark.parametrize(
    ("written", "sought", "marked"),
    [
        ("Are you open?", "OPEN", [("Are you ", False), ("open", True), ("?", False)]),
        ("Crème brûlée", "creme", [("", False), ("Crème", True), (" brûlée", False)]),
        ("nothing", "else", [("nothing", False)]),
    ],
)
def test_what_was_sought_is_marked(written: str, sought: str, marked: list[tuple[str, bool]]) -> None:
    assert search.marked(written, sought) == marked


def test_a_long_text_is_shown_around_its_first_hit() -> None:
    parts = search.marked("x " * 200 + "needle" + " y" * 200, "needle")
    assert ("needle", True) in parts
    assert sum(len(words) for words, _ in parts) < 120
