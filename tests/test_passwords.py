"""Which passwords may be chosen, and that somebody who has none yet cannot be signed in with any."""

import pytest

from flexie import passwords

NAMES = ("tom@example.com", "Tom Field", "tom", "Rosewood Clinic")


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "zwölf Zeichen", "x" * 6 + "yzuvwa", "12 apples, 7 pears", "🐎🔋🧷🪑🎺🧵🪁🧊🧄🥾🪕🧂"],
)
def test_long_enough_is_good_enough(password: str) -> None:
    passwords.refuse_weak(password, NAMES)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 12 characters; this one has 5"), ("", "this one has 0"), ("x" * 1_001, "at most 1,000"),
        ("aaaaaaaaaaaa", "first that others would try"), ("abababababab", "first that others"),
        ("123456789012", "first that others"), ("Qwertyuiopas", "first that others"), ("lkjihgfedcba", "first that"),
        ("Password1234", "can be guessed"), ("tom@example.com", "can be guessed"),
        ("ROSEWOOD CLINIC", "can be guessed"), ("changeme!!2030", "can be guessed"),
    ],
)  # fmt: skip
def test_what_others_would_try_first_is_refused_with_what_to_choose(password: str, said: str) -> None:
    with pytest.raises(passwords.WeakPassword, match=said):
        passwords.refuse_weak(password, NAMES)


def test_no_password_fits_somebody_who_has_none_yet() -> None:
    assert not passwords.fits("nobody's password", "")
    assert not passwords.fits("nobody's password", None)
    assert not passwords.fits("", "")
    assert passwords.fits("correct horse battery", passwords.hashed("correct horse battery"))
