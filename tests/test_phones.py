"""Phone numbers as people type them and providers report them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexie.phones import PhoneError, canonical, for_people, is_e164, match_keys, normalise, sender

TABLE = json.loads((Path(__file__).parent / "vectors" / "phones.json").read_text())


def read(raw, prefix):
    """What became of a typed number: (E.164, how), or the reason why not."""
    try:
        number = normalise(raw, prefix)
    except PhoneError as error:
        return error.reason
    return number.e164, number.how


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: f"{case['raw']} {case['prefix']}")
def test_the_table_of_typed_numbers(case):
    expected = case.get("error") or (case["e164"], case["how"])
    assert read(case["raw"], case["prefix"]) == expected


@pytest.mark.parametrize("case", TABLE["match_keys"], ids=lambda case: case["e164"])
def test_the_table_of_match_keys(case):
    assert list(match_keys(case["e164"])) == case["keys"]


@pytest.mark.parametrize(
    ("raw", "prefix", "expected"),
    [
        ("07700 900 123", "+44", "+447700900123"),
        ("0171/1234567", "+49", "+491711234567"),
        ("4915123456789", "+49", "+4915123456789"),
        ("0347 1234567", "+39", "+393471234567"),
        ("06 1234 5678", "+39", "+390612345678"),
        ("+39 (0)347 1234567", None, "+393471234567"),
        ("+44 (0)7400 123456", "+1", "+447400123456"),
        ("0612345678", "+34", "+34612345678"),
        ("06 20 123 4567", "+36", "+36201234567"),
        ("045 55 1234 5678", "+52", "+525512345678"),
        ("5215512345678", "+52", "+525512345678"),
        ("11 8123-4567", "+55", "+5511981234567"),
        ("011 4321 5678", "+54", "+541143215678"),
        ("8095551234", "+1", "+18095551234"),
        ("919876543210", "+91", "+919876543210"),
    ],
)
def test_countries_have_their_own_ways(raw, prefix, expected):
    assert normalise(raw, prefix).e164 == expected


@pytest.mark.parametrize(
    ("raw", "prefix"),
    [
        ("0011 44 7400 123456", "+61"),
        ("010 44 7400 123456", "+81"),
        ("8~10 44 7400 123456", "+7"),
        ("001 44 7400 123456", "+65"),
        ("00 21 44 7400 123456", "+55"),
        ("011 44 7400 123456", "+49"),
        ("+0044 7400 123456", "+1"),
    ],
)
def test_exit_codes_are_understood(raw, prefix):
    assert read(raw, prefix) == ("+447400123456", "idd")


@pytest.mark.parametrize(
    "raw",
    [
        "4155551212 mobile", "4155551212mobile", "mob: 4155551212", "ph4155551212", "Mobile 2: 4155551212",
        "4155551212 x123", "4155551212 (2)", "2) 4155551212", "tel:+1-415-555-1212;ext=5", "(415)555-1212 [home]",
        "call 4155551212 after 5", "4155551212.0", "’4155551212", "☎ 415.555.1212", "４１５５５５１２１２",
        "۴۱۵۵۵۵۱۲۱۲", "\ufeff415\u00a0555\u200b1212", "+1 (415) 555–1212", "1-415-555-1212", "4️⃣155551212",
    ],
)  # fmt: skip
def test_notes_and_decoration_do_not_become_digits(raw):
    assert normalise(raw, "+1").e164 == "+14155551212"


@pytest.mark.parametrize(
    "raw",
    [
        "415-555-1212 415-555-1313", "4155551212, 4155551313", "4155551212\n4155551313", "415 555 1212/1313",
        "4155551212 or 4155551313", "+14155551212+14155551313", "2125551212 cell 9175551212 work",
    ],
)  # fmt: skip
def test_two_numbers_in_one_field_are_an_error(raw):
    assert read(raw, "+1") == "more than one number"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("12345", "short code"),
        ("555-55", "short code"),
        ("+55555", "not a possible number"),
        ("12", "not a possible number"),
        ("1.41556E+10", "not a possible number"),
        ("41555512123", "not a possible number"),
        ("12345678901234567890", "not a possible number"),
        ("4155S5l212", "not a possible number"),
        ("415 call 5551 21", "not a possible number"),
        ("n/a", "no digits"),
        ("+", "no digits"),
    ],
)
def test_what_is_no_number_says_why(raw, reason):
    assert read(raw, "+1") == reason


def test_letters_stand_for_keys_only_where_the_digits_are_not_enough():
    assert normalise("1-415-555-CALL", "+1").e164 == "+14155552255"
    assert normalise("1 800 FLOWERS", "+1").e164 == "+18003569377"
    assert read("555121 CELL", "+1") == "short code"


def test_an_error_is_a_sentence_that_says_what_to_do():
    with pytest.raises(PhoneError, match="type it with \\+ and its country code"):
        normalise("07400 123456", None)


@given(st.text(max_size=40), st.sampled_from([None, "", "+1", "44", "+49", "+39", "+7", "+52", "+800", "+999"]))
def test_any_text_gives_a_number_or_a_reason(raw, prefix):
    found = read(raw, prefix)
    assert isinstance(found, str) or is_e164(found[0])


@given(st.from_regex(r"\+(1[2-9][0-9]{9}|44[0-9]{10}|49[0-9]{10}|5[2459][0-9]{10,11})", fullmatch=True))
def test_every_spelling_of_a_phone_has_the_same_keys_and_canonical_form(e164):
    for spelling in match_keys(e164):
        assert match_keys(spelling) == match_keys(e164)
        assert canonical(spelling) == canonical(e164)
    assert canonical(e164) in match_keys(e164)


def test_what_was_normalised_normalises_to_itself():
    for case in TABLE["cases"]:
        if "e164" in case:
            assert normalise(case["e164"], "+1").e164 == case["e164"]


def test_a_conversation_has_one_spelling():
    assert canonical("+5215512345678") == "+525512345678"
    assert canonical("+551181234567") == "+5511981234567"
    assert canonical("+541123456789") == "+5491123456789"
    assert canonical("+14155551212") == "+14155551212"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("+14155551212", "+14155551212"),
        ("14155551212", "+14155551212"),
        ("00447400123456", "+447400123456"),
        ("+1 415-555-1212", "+14155551212"),
        ("55555", "55555"),
        ("FLEXIE", "FLEXIE"),
        ("Acme 24", "Acme 24"),
        (" Acme ", "Acme"),
    ],
)
def test_a_sender_is_a_number_or_kept_as_it_is(raw, expected):
    assert sender(raw) == expected


def test_numbers_are_shown_as_at_home_or_with_their_country():
    assert for_people("+14155551212", "+1") == "(415) 555-1212"
    assert for_people("+14155551212", "+44") == "+1 415-555-1212"
    assert for_people("+447400123456", None) == "+44 7400 123456"
    assert for_people("55555", "+1") == "55555"
    assert for_people("FLEXIE", "+1") == "FLEXIE"
