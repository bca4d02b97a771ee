"""Phone numbers as people like to read them."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat

from flexie.phones.spellings import is_e164


@lru_cache(maxsize=8192)
def for_people(e164: str, prefix: str | None = None) -> str:
    """A number for the page: as at home when its country is the account's (`prefix`), else with its country code.

    A short code or the name of a sender is shown as it is.
    """
    if not is_e164(e164):
        return e164
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    at_home = str(number.country_code) == re.sub(r"[^0-9]", "", prefix or "")
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)
