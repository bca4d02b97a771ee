"""Records from files: each row whole or not at all, each bad one named, and nothing twice."""

import io
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from flexie import clock, importing, jobs, records
from flexie.db import db
from flexie.importing import storing, writing
from flexie.models import AuditEntry, Import, ImportFault, ImportLump, PhoneKey, Record, RecordMoment, Run, User
from tests.house import ANA, House

HEAD = "First name,Last name,Mobile,Email,Birthday\r\n"
BEN = "+14155550101"
RULES = (
    'version 1\n\nrule "New":\n  for contact\n  when created\n\n  add tag "new"\n\n'
    'rule "Moved":\n  for contact\n  when city changes\n\n  add tag "moved"\n'
)


@pytest.fixture
def user(house: House) -> Iterator[int]:
    """Whoever uploads, inside the application's context."""
    with house.app.app_context():
        person = User(email="m@example.com", name="Mira", role="admin", password_hash="x", created_at=clock.now())
        db.session.add(person)
        db.session.flush()
        person_id = person.id
        db.session.commit()
        yield person_id


def upload(user: int, text: str | bytes, kind: str = "contact") -> Import:
    data = text.encode() if isinstance(text, str) else text
    return importing.store(db.session.get_one(User, user), kind, "people.csv", io.BytesIO(data))


def begin(one: Import, match: str = "", *, starts_rules: bool = False) -> int:
    importing.choose(one, one.columns, match, one.user, starts_rules=starts_rules)
    assert importing.start(one)
    db.session.commit()
    return one.id


def run(one: Import, match: str = "", *, starts_rules: bool = False) -> Import:
    """The whole way; returns what became of it."""
    import_id = begin(one, match, starts_rules=starts_rules)
    while importing.drain().more:
        pass
    return db.session.get_one(Import, import_id)


def titles() -> list[str]:
    return list(db.session.scalars(select(Record.title).order_by(Record.id)))


def faults() -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in db.session.scalars(select(ImportFault).order_by(ImportFault.id))]


def test_rows_become_records_with_all_that_belongs_to_one(user: int) -> None:
    one = run(upload(user, HEAD + "Ana,Hoxha,(415) 555-2671,ana@example.com,1990-05-01\r\nBen,Smith,,,\r\n"))
    assert (one.state, one.rows, one.created, one.failed) == ("done", 2, 2, 0)
    ana, ben = db.session.scalars(select(Record).order_by(Record.id)).all()
    assert ana.fields == {
        "first_name": "Ana", "last_name": "Hoxha", "mobile": "(415) 555-2671", "email": "ana@example.com",
        "birthday": "1990-05-01", "allow_sms": True,
    }  # fmt: skip
    assert (ana.title, ana.owner_id, ben.title) == ("Ana Hoxha", user, "Ben Smith")
    assert [key.e164 for key in ana.phone_keys] == [ANA]
    assert [moment.field for moment in db.session.scalars(select(RecordMoment))] == ["birthday"]
    assert db.session.scalars(records.search.records("hoxha").ids).all() == [ana.id]
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "record").order_by(AuditEntry.id)).all()
    assert [(each.did, each.subject_id, each.user_id) for each in told] == [
        ("created", ana.id, user), ("created", ben.id, user),
    ]  # fmt: skip


def test_a_bad_row_is_left_out_whole_and_named_with_its_line_and_all_its_reasons(user: int) -> None:
    text = HEAD + 'Ana,"two\r\nlines",,,\r\n\r\nBen,,12,,soon\r\nCy,,,,,,too many\r\n,,,,\r\nDi,,,,1990-01-01\r\n'
    one = run(upload(user, text))
    assert (one.rows, one.created, one.failed) == (4, 2, 2)
    assert titles() == ["Ana two\r\nlines", "Di"]
    (ben, why), (cy, how) = faults()
    assert (ben, cy) == (5, 6)
    assert why.startswith("Mobile: ")
    assert "Birthday: Write a date as 2026-12-24." in why
    assert "7 cells" in how
    assert "the heading 5" in how


def test_a_row_without_anything_to_import_is_named(user: int) -> None:
    one = upload(user, "First name,Shoe size\r\n,42\r\nAna,38\r\n")
    assert one.columns == ["first_name", ""]
    run(one)
    assert faults() == [(2, writing.NOTHING)]


def test_rules_stay_quiet_unless_the_account_asks(house: House, user: int) -> None:
    house.rules(RULES)
    house.record(first_name="Cy", mobile=BEN)
    house.work()
    text = f"First name,Mobile,City\r\nAna,{ANA},Rome\r\nCy,{BEN},Paris\r\n"
    run(upload(user, text), "number")
    db.session.rollback()
    house.work()
    assert len(house.runs()) == 1
    text = f"First name,Mobile,City\r\nDi,+14155550199,Rome\r\nCy,{BEN},Berlin\r\n"
    run(upload(user, text), "number", starts_rules=True)
    db.session.rollback()
    house.work()
    assert sorted(each.rule.name for each in db.session.scalars(select(Run))) == ["Moved", "New", "New"]


@pytest.mark.parametrize(("match", "column"), [("number", "Mobile"), ("email", "Email")])
def test_what_is_there_is_changed_and_an_empty_cell_changes_nothing(
    house: House, user: int, match: str, column: str
) -> None:
    ana = house.record(first_name="Ana", mobile="(415) 555-2671", email="Ana@Example.com", city="Rome")
    house.record("lead", first_name="Another kind", mobile=ANA)
    key = {"Mobile": ANA, "Email": "ana@EXAMPLE.com"}[column]
    other = {"Mobile": BEN, "Email": "b@example.com"}[column]
    text = f"First name,{column},City\r\nAnna,{key},\r\nBen,{other},Oslo\r\nBenedict,{other},\r\n"
    one = run(upload(user, text), match)
    assert (one.created, one.updated, one.failed) == (1, 2, 0)
    record = db.session.get_one(Record, ana)
    assert (record.fields["first_name"], record.fields["city"]) == ("Anna", "Rome")
    assert titles() == ["Anna", "Another kind", "Benedict"]
    ben = db.session.scalars(select(Record).where(Record.title == "Benedict")).one()
    assert ben.fields["city"] == "Oslo"


def test_where_several_records_fit_none_is_changed(house: House, user: int) -> None:
    for name in ("Ana", "Anna"):
        house.record(first_name=name, mobile=ANA)
    one = run(upload(user, f"First name,Mobile\r\nX,{ANA}\r\n"), "number")
    assert (one.updated, one.failed) == (0, 1)
    assert faults()[0][1].startswith(f"2 records have this number ({ANA})")
    assert titles() == ["Ana", "Anna"]


def test_a_worker_that_dies_between_two_lumps_or_within_one_loses_and_doubles_nothing(
    user: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "LUMP", 10)
    text = "First name,Birthday\r\n" + "".join(f"P{n},{'soon' if n % 7 == 3 else ''}\r\n" for n in range(45))
    one = upload(user, text)
    assert db.session.scalar(select(func.count()).select_from(ImportLump)) == 5
    import_id = begin(one)
    importing.drain()
    kept = writing.Writer._store

    def dies(self: writing.Writer) -> None:
        kept(self)
        db.session.flush()
        raise KeyboardInterrupt

    for _ in range(3):
        monkeypatch.setattr(writing.Writer, "_store", dies)
        with pytest.raises(KeyboardInterrupt):
            importing.drain()
        monkeypatch.setattr(writing.Writer, "_store", kept)
        importing.drain()
    while importing.drain().more:
        pass
    good = [f"P{n}" for n in range(45) if n % 7 != 3]
    assert titles() == good
    assert [line for line, _ in faults()] == [n + 2 for n in range(45) if n % 7 == 3]
    one = db.session.get_one(Import, import_id)
    assert (one.state, one.looked_at, one.created, one.failed) == ("done", 45, len(good), 45 - len(good))
    assert db.session.scalar(select(func.count()).select_from(ImportLump)) == 0


def test_what_the_database_refuses_is_one_row_and_not_its_lump(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = writing.Writer._make

    def refuses(self: writing.Writer, stored: dict[str, str], values: dict[str, str]) -> None:
        made(self, stored, values)
        if values["first_name"] == "Bad":
            self._fresh[-1].kind = None  # type: ignore[assignment]

    monkeypatch.setattr(writing.Writer, "_make", refuses)
    one = run(upload(user, "First name\r\nAna\r\nBad\r\nBen\r\n"))
    assert (one.state, one.created, one.failed) == ("done", 2, 1)
    assert faults() == [(3, writing.BROKEN)]
    assert titles() == ["Ana", "Ben"]


def test_a_look_of_a_worker_is_one_lump_so_that_texts_come_in_between(
    user: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "LUMP", 2)
    import_id = begin(upload(user, "First name\r\na\r\nb\r\nc\r\nd\r\ne\r\n"))
    seen = []
    for _ in range(4):
        jobs.look("imports")
        seen.append(db.session.get_one(Import, import_id, populate_existing=True).looked_at)
        db.session.rollback()
    assert seen == [2, 4, 5, 5]
    assert db.session.get_one(Import, import_id).state == "done"


def test_it_is_started_once_and_stopped_for_good(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "LUMP", 1)
    one = upload(user, "First name\r\nAna\r\nBen\r\n")
    import_id = begin(one)
    assert not importing.start(one)
    importing.drain()
    one = db.session.get_one(Import, import_id)
    assert importing.stop(one)
    db.session.commit()
    assert not importing.drain().more
    one = db.session.get_one(Import, import_id)
    assert not importing.stop(one)
    assert titles() == ["Ana"]
    with pytest.raises(importing.ImportProblem):
        importing.choose(one, one.columns, "", None, starts_rules=False)


@pytest.mark.parametrize(
    ("columns", "match", "words"),
    [
        (["", ""], "", "at least one column"),
        (["first_name", "first_name"], "", "Two columns"),
        (["first_name", "last_name"], "number", "phone field"),
        (["first_name", "last_name"], "email", "Email"),
        (["wizardry", ""], "", "at least one column"),
    ],
)
def test_a_choice_that_cannot_be_is_said(user: int, columns: list[str], match: str, words: str) -> None:
    one = upload(user, "A,B\r\nx,y\r\n")
    with pytest.raises(importing.ImportProblem, match=words):
        importing.choose(one, columns, match, None, starts_rules=False)


def test_the_preview_shows_rows_as_they_will_be_and_keeps_nothing(house: House, user: int) -> None:
    house.record(first_name="Old Ana", mobile=ANA)
    text = f"Mobile,Name,Allow SMS\r\n{ANA},Ana,no\r\n12,Ben,yes\r\n,Cy,maybe\r\n"
    one = upload(user, text)
    importing.choose(one, one.columns, "number", None, starts_rules=False)
    ana, ben, cy = importing.preview(one)
    assert (ana.stored["allow_sms"], ana.changes, ana.problem) == (False, "Old Ana", "")
    assert ben.problem.startswith("Mobile: ")
    assert cy.problem == "Allow sms: Write yes or no."
    assert titles() == ["Old Ana"]
    assert importing.examples(one) == [ANA, "Ana", "no"]


def test_uploads_that_nobody_started_are_put_away(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    old = upload(user, "First name\r\nAna\r\n").id
    monkeypatch.setattr(storing, "KEPT", -storing.KEPT)
    new = upload(user, "First name\r\nBen\r\n").id
    assert [each.id for each in db.session.scalars(select(Import))] == [new]
    assert new == old or db.session.get(Import, old) is None
    assert db.session.scalar(select(func.count()).select_from(ImportLump)) == 1


def test_a_file_that_cannot_be_read_leaves_nothing(user: int) -> None:
    with pytest.raises(importing.ImportProblem):
        upload(user, HEAD)
    for table in (Import, ImportLump, PhoneKey):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
