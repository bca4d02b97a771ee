"""Phone numbers in the API's filters: any spelling that people use, for any number that texts come from."""

from flexie import phones
from flexie.models import Settings
from flexie.web.api.schema import text

FILTER = text("Only those of this number, in any spelling; a short code or a sender's name too.", longest=100)


def meant(given: str) -> str:
    """The one spelling that stands for a number. What is no phone number is taken as the sender's name that it is.

    A `+` that was not escaped arrives as a blank.
    """
    written = f"+{given[1:]}" if given[:1] == " " and given[1:2].isdigit() else given
    try:
        return phones.canonical(phones.normalise(written, Settings.get().prefix).e164)
    except phones.PhoneError:
        return phones.canonical(phones.sender(written))
