"""Reading what a person typed as one number in E.164.

Numbering facts come from Google's libphonenumber through `phonenumbers`. Two of its verdicts mislead here:
`is_valid_number` refuses numbers reserved for examples and drama, and `is_possible_number` accepts a local
number without its area code. So a reading counts when its *reason* is IS_POSSIBLE, and validity and
being a mobile only decide between readings that are both possible.
"""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import CountryCodeSource, PhoneNumberType, ValidationResult

from flexie.phones.spellings import canonical
from flexie.phones.writing import one_number

_SHORT_CODE = re.compile(r"[0-9]{3,6}")
_TEXTABLE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_MEXICO = 52
_BRAZIL = "+55"


LONGEST_ENTRY = 100
"""Characters that an entry may have: a number with its notes. Reading takes longer than its length grows."""


class PhoneError(ValueError):
    """A text that is not one phone number. `str()` is a sentence for a person, `reason` a short fixed label."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True)
class Number:
    """A number read from what a person typed: its E.164 form, and how it was read, to be shown to them."""

    e164: str
    how: str


@dataclass(frozen=True)
class _Reading:
    number: Number
    quality: int
    """2 for a number that can be texted, 1 for another assigned number, 0 for a merely possible one."""


def normalise(raw: str, prefix: str | None) -> Number:
    """Read what a person typed as one number; `prefix` is the account's calling code ("+44") or None.

    Raises PhoneError when there is no number, more than one, a short code, or nothing that could be dialled.
    """
    if len(raw) > LONGEST_ENTRY:
        raise PhoneError("not a possible number", "This is too long for a phone number: keep one number in a field.")
    written = one_number(raw)
    if written.numbers > 1:
        raise PhoneError("more than one number", "There is more than one number here: keep one in a field.")
    if not written.digits:
        raise PhoneError("no digits", "There is no phone number here: type one with its digits.")
    country = _country_code(prefix)
    reading = _read(written.digits, written.plus, country)
    if reading is None and written.vanity:
        reading = _read(written.vanity, written.plus, country)
    if reading is None:
        raise _why_not(written.digits, written.plus, country)
    return reading.number


def _why_not(digits: str, plus: bool, country: int | None) -> PhoneError:
    if not plus and _SHORT_CODE.fullmatch(digits):
        return PhoneError("short code", f"{digits} is a short code: type a whole phone number instead.")
    if not plus and country is None and not digits.startswith("00"):
        return PhoneError(
            "no country code and no default prefix",
            "This number has no country code: type it with + and its country code, "
            "or ask an administrator to set the account's country prefix.",
        )
    return PhoneError(
        "not a possible number",
        "This cannot be a phone number: check that no digit is missing or too many, "
        "and start with + and the country code if it is abroad.",
    )


def calling_code(prefix: str) -> str:
    """A calling code as it is kept ("+44"), from what a person typed.

    Raises PhoneError when no country has it (ITU-T E.164 country codes, as phonenumbers knows them).
    """
    country = _country_code(prefix)
    if country not in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        raise PhoneError("no such calling code", f'"{prefix}" is not a calling code: write one such as +1 or +44.')
    return f"+{country}"


def _country_code(prefix: str | None) -> int | None:
    digits = re.sub(r"[^0-9]", "", prefix or "").lstrip("0")
    return int(digits) if digits else None


def _read(digits: str, plus: bool, country: int | None) -> _Reading | None:
    if plus and not digits.startswith("0"):
        return _read_international(digits, "plus")
    if plus or country is None:
        return _after_exit(digits, "00")
    if _SHORT_CODE.fullmatch(digits):
        return None
    return _read_without_plus(digits, country)


def _read_international(digits: str, how: str) -> _Reading | None:
    return _or_else(_international(digits, how), _international(_drop_zero(digits), f"{how}, stray 0 dropped"))


def _drop_zero(international: str) -> str:
    """The 0 that people leave, or write in brackets, between the country code and the number."""
    for length in (1, 2, 3):
        if int(international[:length] or 0) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return international[:length] + international[length:].lstrip("0")
    return international


def _or_else(reading: _Reading | None, other: _Reading | None) -> _Reading | None:
    """The other reading only for what is no number, or is unassigned where the other can be texted.

    Dropping a 0 is such an other reading: Italy and a few more countries keep theirs."""
    if reading is None or (reading.quality == 0 and other is not None and other.quality == 2):
        return other
    return reading


def _read_without_plus(digits: str, country: int) -> _Reading | None:
    """Dialled with an exit code, local, or with a country code that lost its + (in this order, but what
    can be texted goes before what cannot). North America's exit code is written the world over."""
    region = phonenumbers.region_code_for_country_code(country)
    abroad = _better(_after_exit(digits, "00"), _after_exit(digits, _exit_code(region)))
    home = _better(_local(digits, region, country), _bare_abroad(digits, region, country))
    return _or_else(_better(abroad, home), _after_exit(digits, "011"))


def _better(first: _Reading | None, second: _Reading | None) -> _Reading | None:
    if first is None or second is None:
        return first or second
    return second if second.quality == 2 and first.quality < 2 else first


def _exit_code(region: str) -> str:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    return (metadata.international_prefix if metadata else None) or "00"


def _after_exit(digits: str, exit_code: str) -> _Reading | None:
    dialled = re.match(exit_code, digits)
    return _read_international(digits[dialled.end() :], "idd") if dialled else None


def _bare(digits: str) -> _Reading | None:
    return None if digits.startswith("0") else _international(digits, "bare country code")


def _bare_abroad(digits: str, region: str, country: int) -> _Reading | None:
    """A local number with one digit too many must not become a landline of another country."""
    reading = _bare(digits)
    if reading is None or reading.quality == 2 or digits.startswith(str(country)):
        return reading
    return reading if len(digits) >= _longest_local(region) + 2 else None


def _longest_local(region: str) -> int:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    return max(metadata.general_desc.possible_length) if metadata and metadata.general_desc else 0


def _local(digits: str, region: str, country: int) -> _Reading | None:
    if country == _MEXICO:
        digits = re.sub(r"^(?:01|04[45])(?=[0-9]{10}$)", "", digits)
    zeros = len(digits) - len(digits.lstrip("0"))
    dropped = _at_home(digits[zeros:], region, "prefix, stray 0 dropped") if zeros else None
    return _or_else(_at_home(digits, region, "prefix"), dropped)


def _at_home(digits: str, region: str, how: str) -> _Reading | None:
    """The number as dialled inside the region; if it turns out to begin with its country code, that is how."""
    number = _parse(digits, region)
    if number is None or number.country_code_source == CountryCodeSource.FROM_NUMBER_WITH_IDD:
        return None
    reading, bare = _judge(number, how), _bare(digits)
    return bare if reading and bare and reading.number.e164 == bare.number.e164 else reading


def _international(digits: str, how: str) -> _Reading | None:
    if not digits or digits.startswith("0"):
        return None
    number = _parse(canonical(f"+{digits}") if digits.startswith("521") else f"+{digits}", None)
    return _judge(number, how) if number else None


def _parse(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return None


def _judge(number: phonenumbers.PhoneNumber, how: str) -> _Reading | None:
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if e164.startswith(_BRAZIL) and canonical(e164) != e164:
        e164 = canonical(e164)
        number = phonenumbers.parse(e164)
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    if not phonenumbers.is_valid_number(number):
        return _Reading(Number(e164, how), 0)
    return _Reading(Number(e164, how), 2 if phonenumbers.number_type(number) in _TEXTABLE else 1)
