"""Another prefix: counted before it holds, and then every stored number is read anew and linked to what matches."""

import pytest
from sqlalchemy import select

from flexie import batches, phones, records, renumbering
from flexie.db import db, transaction
from flexie.models import Conversation, MessageLink, PhoneKey, PrefixChange, Settings
from tests.house import House

TYPED = (
    "07700 900 123",
    "+1 415 555 2671",
    "4155552671",
    "(415) 555-1212",
    "123",
    "4155551212, 4155551213",
    "no phone",
)


@pytest.fixture(autouse=True)
def small_lumps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renumbering, "LUMP", 2)


@pytest.fixture
def full(house: House) -> House:
    """An account with +1 and records whose numbers were typed in all ways."""
    for typed in TYPED:
        house.record(mobile=typed) if _readable(typed) else _raw(house, typed)
    return house


def _readable(typed: str) -> bool:
    try:
        phones.normalise(typed, "+1")
    except phones.PhoneError:
        return False
    return True


def _raw(house: House, typed: str) -> None:
    """A number that was kept as it was typed, as an import would."""
    record_id = house.record(first_name=typed)
    with house.app.app_context(), transaction():
        db.session.add_all(
            PhoneKey(record_id=record_id, field=key.field, raw=key.raw, e164=key.e164, how=key.how)
            for key in records.phone_keys({"mobile": typed}, "+1")
        )


def begin(house: House, prefix: str, *, go: bool = False) -> None:
    with house.app.app_context(), transaction():
        change = renumbering.begin(prefix)
        if go:
            renumbering.start(change)


def work(house: House, lumps: int = 100) -> batches.Done:
    with house.app.app_context():
        for _ in range(lumps):
            done = renumbering.drain()
            if not done.more:
                break
        return done


def change(house: House) -> PrefixChange:
    with house.app.app_context():
        found = db.session.scalars(select(PrefixChange).order_by(PrefixChange.id.desc())).first()
        assert found is not None
        db.session.expunge(found)
        return found


def keys(house: House) -> dict[str, tuple[str | None, str]]:
    with house.app.app_context():
        return {key.raw: (key.e164, key.how) for key in db.session.scalars(select(PhoneKey))}


def fresh(prefix: str | None) -> dict[str, tuple[str | None, str]]:
    """The keys that an import of the same numbers would write."""
    made = records.phone_keys({str(place): typed for place, typed in enumerate(TYPED)}, prefix)
    return {key.raw: (key.e164, key.how) for key in made}


def test_counting_changes_nothing_and_says_what_would_come(full: House) -> None:
    before = keys(full)
    begin(full, "+44")
    work(full)
    found = change(full)
    assert (found.state, found.looked_at, found.total) == ("counted", len(TYPED), len(TYPED))
    wanted = fresh("+44")
    assert found.changed == sum(wanted[raw][0] != before[raw][0] for raw in TYPED)
    assert found.unreadable == sum(e164 is None for e164, _ in wanted.values())
    assert found.doubled == 1
    assert ["07700 900 123", "+447700900123"] in [[raw, after] for raw, _, after, _ in found.examples]
    assert keys(full) == before
    with full.app.app_context():
        assert Settings.get().prefix == "+1"


@pytest.mark.parametrize("prefix", ["+44", "+49", ""])
def test_it_ends_with_the_keys_of_a_fresh_import(full: House, prefix: str) -> None:
    begin(full, prefix, go=True)
    work(full)
    assert change(full).state == "done"
    assert keys(full) == fresh(prefix or None)
    with full.app.app_context():
        assert Settings.get().prefix == (prefix or None)


def test_what_a_killed_worker_left_undone_is_done_by_the_next(full: House, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(full, "+44", go=True)
    work(full, lumps=1)
    monkeypatch.setattr(renumbering, "_link", lambda _news: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work(full, lumps=1)
    assert change(full).looked_at == 2
    monkeypatch.undo()
    work(full)
    found = change(full)
    assert (found.state, found.looked_at) == ("done", len(TYPED))
    assert keys(full) == fresh("+44")


def test_a_lump_that_two_workers_read_is_written_once(full: House) -> None:
    begin(full, "+44", go=True)
    with full.app.app_context():
        with transaction():
            rows = renumbering._lump(0, change(full).last)
            readings = [renumbering.read(row.id, row.record_id, row.raw, row.e164, "+44") for row in rows]
        for _ in range(2):
            with transaction():
                renumbering._write(change(full).id, 0, readings)
    assert change(full).looked_at == 2


def test_conversations_find_the_records_that_match_now(house: House) -> None:
    uk = "+447700900123"
    record_id = house.record(first_name="Ana")
    with house.app.app_context(), transaction():
        db.session.add(PhoneKey(record_id=record_id, field="mobile", raw="07700 900 123", e164=None, how="unread"))
    house.text("Hello", sender=uk)
    house.work()
    with house.app.app_context():
        assert not db.session.scalars(select(Conversation.linked)).one()
    begin(house, "+44", go=True)
    work(house)
    with house.app.app_context():
        assert db.session.scalars(select(Conversation.linked)).one()
        assert db.session.scalars(select(MessageLink.record_id)).all() == [record_id]


def test_a_number_that_matches_no_more_is_no_link_of_new_texts(house: House) -> None:
    house.record(mobile="4155552671")
    begin(house, "+49", go=True)
    work(house)
    house.text("Hello")
    house.work()
    with house.app.app_context():
        assert not db.session.scalars(select(Conversation.linked)).one()


def test_numbers_typed_meanwhile_are_read_with_the_new_prefix(full: House) -> None:
    begin(full, "+44", go=True)
    work(full, lumps=1)
    late = full.record(mobile="07700 900 456")
    work(full)
    with full.app.app_context():
        assert db.session.scalars(select(PhoneKey.e164).where(PhoneKey.record_id == late)).one() == "+447700900456"
    assert change(full).looked_at == len(TYPED) + 1


@pytest.mark.parametrize(
    ("prefix", "said"), [("+1", "is +1 already"), ("+999", "not a calling code"), ("abc", "not a calling code")]
)
def test_what_is_no_change_is_refused(house: House, prefix: str, said: str) -> None:
    with house.app.app_context(), pytest.raises(renumbering.PrefixProblem) as problem:
        renumbering.begin(prefix)
    assert said in str(problem.value)


def test_one_change_at_a_time(full: House) -> None:
    begin(full, "+44")
    first = change(full).id
    begin(full, "+49", go=True)
    with full.app.app_context():
        assert db.session.get_one(PrefixChange, first).state == "dropped"
        with pytest.raises(renumbering.PrefixProblem, match="being read anew"):
            renumbering.begin("+44")
