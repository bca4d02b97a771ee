"""How the account texts is set within bounds, and the law's words are never without effect."""

import pytest
from sqlalchemy import select

from flexie import consent, policy
from flexie.consent import LAW
from flexie.db import db, transaction
from flexie.models import AuditEntry, Settings
from tests.house import House

ANSWERS = {"stop": "Bye.", "start": "Hello again.", "help": "Call us."}
LIMITS = {
    "quiet_from": "21:00", "quiet_until": "08:00", "most_to_number": "20", "most_of_rule": "5", "most_of_line": "3,000",
    "starts_per_hour": "3000", "starts_before_pause": "500",
}  # fmt: skip


def change_words(house: House, answers: dict[str, str] = ANSWERS, **own: str) -> dict[str, str]:
    """What is wrong with these words, or nothing, and they are kept."""
    with house.app.app_context(), transaction():
        kept = Settings.get()
        before = [kept.stop_words, kept.start_words, kept.help_words, kept.stop_answer]
        try:
            policy.change_words({"stop": "", "start": "", "help": "", **own}, answers)  # type: ignore[arg-type]
        except policy.PolicyProblem as problem:
            db.session.rollback()
            kept = Settings.get()
            assert [kept.stop_words, kept.start_words, kept.help_words, kept.stop_answer] == before
            return problem.errors
        return {}


@pytest.fixture(autouse=True)
def _as_before(house: House) -> object:
    """The words are of the account that all tests share."""
    with house.app.app_context():
        kept = Settings.get()
        before = {name: getattr(kept, name) for name in kept.__table__.columns.keys()}  # noqa: SIM118
    yield
    with house.app.app_context(), transaction():
        for name, value in before.items():
            setattr(Settings.get(), name, value)


def test_the_laws_words_stay_and_own_ones_are_heard(house: House) -> None:
    assert change_words(house, stop="genug, Opt out\nSTOP", start="weiter", help="Hilfe, INFO") == {}
    with house.app.app_context():
        settings = Settings.get()
        assert settings.stop_words == [*LAW["stop"], "GENUG", "OPT OUT"]
        for text, word in (
            ("Genug!", "stop"), ("genug davon", "stop"), ("Stop", "stop"), ("revoke", "stop"), ("weiter", "start"),
            ("unstop", "start"), ("hilfe", "help"), ("help", "help"), ("info", "help"), ("yes", None),
        ):  # fmt: skip
            assert consent.word_in(text, settings) == word, text
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "account")).one()
        assert told.changes["stop_answer"][1] == "Bye."
    assert change_words(house) == {}
    with house.app.app_context():
        assert consent.word_in("genug", Settings.get()) is None


def test_no_row_is_without_the_laws_words(house: House) -> None:
    with house.app.app_context(), transaction():
        settings = Settings.get()
        settings.stop_words, settings.start_words, settings.help_words = ["START"], ["STOP"], []
        for kind, words in LAW.items():
            assert [consent.word_in(word, settings) for word in words] == [kind] * len(words)


@pytest.mark.parametrize(
    ("own", "wrong"),
    [
        ({"start": "yes"}, "“YES” answers too many questions"), ({"start": "stop"}, "among the words for STOP already"),
        ({"help": "genug", "stop": "genug"}, "“GENUG” is among the words for STOP"),
        ({"stop": "!"}, "“!” cannot be used"),
        ({"stop": "x" * 31}, "has 2 to 30 letters"), ({"help": ",".join(f"w{n}" for n in range(51))}, "50 is the most"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_told_apart_are_refused(house: House, own: dict[str, str], wrong: str) -> None:
    errors = change_words(house, **own)
    assert wrong in next(iter(errors.values()))


@pytest.mark.parametrize("answer", ["", "  \n ", "x" * 321])
def test_no_answer_is_blank_or_long(house: House, answer: str) -> None:
    assert set(change_words(house, {**ANSWERS, "help": answer})) == {"help_answer"}


def test_hours_and_limits_are_kept(house: House) -> None:
    with house.app.app_context(), transaction():
        policy.change_limits({**LIMITS, "most_of_rule": "7", "quiet_from": "21:30"})
    with house.app.app_context():
        kept = Settings.get()
        assert (kept.quiet_from, kept.quiet_until, kept.quiet_answers) == ("21:30", "08:00", False)
        assert (kept.most_of_rule, kept.most_of_line) == (7, 3_000)
        (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "account"))
        assert entry.changes["most_of_rule"] == [5, 7]
    with house.app.app_context(), transaction():
        policy.change_limits({**LIMITS, "quiet_from": "", "quiet_until": " "})
        assert Settings.get().quiet_from is None


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ({"quiet_from": ""}, "quiet_from"), ({"quiet_until": "8"}, "quiet_from"),
        ({"quiet_until": "21:00"}, "quiet_from"),
        ({"most_to_number": "0"}, "most_to_number"), ({"most_to_number": "201"}, "most_to_number"),
        ({"most_of_rule": "21"}, "most_of_rule"), ({"most_of_rule": "-1"}, "most_of_rule"),
        ({"most_of_line": "lots"}, "most_of_line"), ({"most_of_line": "9" * 30}, "most_of_line"),
        ({"starts_per_hour": ""}, "starts_per_hour"), ({"starts_before_pause": "1"}, "starts_before_pause"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named(house: House, typed: dict[str, str], box: str) -> None:
    with house.app.app_context(), pytest.raises(policy.PolicyProblem) as problem, transaction():
        policy.change_limits({**LIMITS, **typed})
    assert set(problem.value.errors) == {box}
    with house.app.app_context():
        assert Settings.get().quiet_from is None
