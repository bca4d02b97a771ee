"""Lists of records: every record once, in the order that was asked for, and only those that fit."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from flexie import clock, listing, records
from flexie.db import db, transaction
from flexie.listing import View
from flexie.models import OptOut, Record, User
from tests.house import ANA, House
from tests.web.test_plans import plan_of

NAMES = ["ben", "Ana", "Élise", "ana", "Cy", "Ana", "zoe", "Ben", "Di"]


def walk(view: View, size: int = 2) -> list[str]:
    """The titles of a whole list, page by page."""
    seen: list[str] = []
    found = listing.page(view, None, size)
    while True:
        seen += [row.title for row in found.rows]
        if found.older is None:
            return seen
        found = listing.page(view, found.older, size)


def furnish(house: House) -> None:
    for name in NAMES:
        house.record(first_name=name)
    house.record("lead", first_name="Nobody's lead")


def test_each_order_shows_every_record_once(house: House) -> None:
    furnish(house)
    with house.app.app_context():
        assert walk(View("contact")) == NAMES[::-1]
        by_name = walk(View("contact", sort="name"))
        assert sorted(by_name) == sorted(NAMES)
        plain = [name.casefold() for name in by_name if name.isascii()]
        assert plain == sorted(plain)


def test_those_who_were_texted_last_come_first_and_those_never_texted_last(house: House) -> None:
    furnish(house)
    ids = {}
    with house.app.app_context(), transaction():
        now = clock.now()
        for record in db.session.scalars(select(Record)):
            ids.setdefault(record.title, record.id)
        records.touch("last_incoming_at", {ids["Cy"]: now, ids["ben"]: now - timedelta(days=1), ids["Di"]: now})
    with house.app.app_context():
        seen = walk(View("contact", sort="texted"))
    assert seen[:3] == ["Di", "Cy", "ben"]
    assert seen[3:] == [name for name in NAMES[::-1] if name not in ("Di", "Cy", "ben")]


def test_a_text_in_and_a_text_out_put_a_record_to_the_front(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.record(first_name="Ben")
    house.text("Hello")
    house.work()
    with house.app.app_context():
        assert walk(View("contact", sort="texted")) == ["Ana", "Ben"]
        assert db.session.scalars(select(Record).where(Record.title == "Ben")).one().last_text_at is None


@pytest.mark.parametrize("sort", listing.SORTS)
def test_filters_hold_in_every_order_and_together(house: House, sort: listing.Sort) -> None:
    furnish(house)
    with house.app.app_context(), transaction():
        owner = User(email="o@example.com", name="O", role="agent", password_hash="x", created_at=clock.now())
        db.session.add(owner)
        db.session.flush()
        owner_id = owner.id
        for record in db.session.scalars(select(Record).where(Record.title.in_(["ben", "Cy", "zoe"]))):
            record.owner_id = owner_id
        for record in db.session.scalars(select(Record).where(Record.title.in_(["Cy", "zoe", "Di"]))):
            records.add_tag(record, "vip")
    with house.app.app_context():
        assert set(walk(View("contact", owner=owner_id, sort=sort))) == {"ben", "Cy", "zoe"}
        assert set(walk(View("contact", tag="vip", sort=sort))) == {"Cy", "zoe", "Di"}
        assert set(walk(View("contact", tag="vip", owner=owner_id, sort=sort))) == {"Cy", "zoe"}
        assert set(walk(View("contact", tag="vip", owner=0, sort=sort))) == {"Di"}
        assert set(walk(View("contact", q="be", sort=sort))) == {"ben", "Ben"}
        assert walk(View("contact", q="be", owner=owner_id, sort=sort)) == ["ben"]
        assert walk(View("lead", tag="vip", sort=sort)) == []


def test_who_can_be_texted_has_a_number_and_has_refused_nowhere(house: House) -> None:
    house.record(first_name="Good", mobile=ANA)
    house.record(first_name="No number")
    house.record(first_name="No SMS", mobile="+14155550102", allow_sms=False)
    house.record(first_name="Opted out", mobile="+14155550103")
    house.record(first_name="Two numbers", mobile="+14155550103", phone="+14155550104")
    with house.app.app_context(), transaction():
        db.session.add(OptOut(number="+14155550103", reason="STOP", since=clock.now()))
    with house.app.app_context():
        for sort in listing.SORTS:
            assert set(walk(View("contact", can_be_texted=True, sort=sort))) == {"Good", "Two numbers"}


def test_what_is_more_than_can_be_sorted_is_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_SOUGHT", 2)
    for name in ("Zoe A", "Zoe B", "Zoe C"):
        house.record(first_name=name)
    with house.app.app_context():
        found = listing.page(View("contact", q="zoe", sort="name"), None, 10)
        assert [row.title for row in found.rows] == ["Zoe B", "Zoe C"]
        assert found.is_cut
        assert not listing.page(View("contact", q="zoe"), None, 10).is_cut
        nobody = listing.page(View("contact", q="zoe", sort="name", can_be_texted=True), None, 10)
        assert (nobody.rows, nobody.is_cut) == ([], True)


def test_tags_are_listed_once_and_in_order(house: House) -> None:
    for tags in (["b", "a"], ["b"], ["c"]):
        record_id = house.record(first_name="x")
        with house.app.app_context(), transaction():
            for tag in tags:
                records.add_tag(db.session.get_one(Record, record_id), tag)
    with house.app.app_context():
        assert list(listing.tags()) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("sort", "index"),
    [("newest", "ix_records_kind_id"), ("name", "ix_records_kind_name"), ("texted", "ix_records_kind_last_text_at")],
)
@pytest.mark.parametrize("further", [False, True])
def test_each_order_walks_its_index(house: House, sort: listing.Sort, index: str, further: bool) -> None:
    furnish(house)
    if house.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("plans are looked at on SQLite")
    with house.app.app_context():
        for texted in (False, True):
            view = View("contact", sort=sort, can_be_texted=texted)
            before = listing.page(view, None, 2).older if further else None
            plan = plan_of(lambda: listing.page(view, before, 2), "records")  # noqa: B023
            assert index in plan
            assert "TEMP B-TREE" not in plan


def test_an_owners_list_walks_its_index(house: House) -> None:
    if house.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("plans are looked at on SQLite")
    with house.app.app_context():
        plan = plan_of(lambda: listing.page(View("contact", owner=3), None, 2), "records")
    assert "ix_records_owner_id" in plan
    assert "TEMP B-TREE" not in plan
