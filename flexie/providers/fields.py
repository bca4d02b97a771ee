"""The fields of a webhook, whether it comes as a form, as the query of a GET, or as a JSON object."""

import re
from collections import defaultdict

from flexie.providers.events import storable
from flexie.providers.json_body import NotReadable, read_object
from flexie.providers.request import OUR_ID, MalformedRequest, RawRequest

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class Fields:
    """Names with their values, in the order in which they came; what we put into the address ourselves left out."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self._values[name].append(storable(value))

    def one(self, name: str) -> str:
        """The value of a name, blank when it is missing. Raises MalformedRequest where it says two things."""
        values = set(self._values.get(name, ()))
        if len(values) > 1:
            raise MalformedRequest(f"{storable(name)} comes twice with different values.")
        return next(iter(values), "")

    def all(self, name: str) -> list[str]:
        """Every value of a name."""
        return list(self._values.get(name, ()))

    def numbered(self, name: str) -> list[str]:
        """The values of a name followed by a number (Media0, Media1), by that number."""
        form = re.compile(re.escape(name) + r"([0-9]{1,3})")
        found = sorted((int(match[1]), known) for known in self._values if (match := form.fullmatch(known)))
        return [self.one(known) for _, known in found]

    def count(self, name: str) -> int | None:
        """A count of one or more in digits; None for anything else."""
        digits = self.one(name)
        return (int(digits) or None) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None

    def __contains__(self, name: str) -> bool:
        return name in self._values


def read_fields(request: RawRequest) -> Fields:
    """The fields of a verified request. Raises MalformedRequest when it is none of the three."""
    try:
        if request.method == "GET":
            return Fields([pair for pair in request.query if pair[0] != OUR_ID])
        if request.content_type == JSON:
            return Fields(_flat(read_object(request.body)))
        if request.content_type == FORM:
            return Fields(request.form)
    except (ValueError, NotReadable) as error:
        raise MalformedRequest(
            str(error) if isinstance(error, NotReadable) else "There are too many fields."
        ) from error
    raise MalformedRequest("The request is neither a form nor JSON.")


def _flat(found: dict[str, object]) -> list[tuple[str, str]]:
    """Texts, numbers and lists of them as pairs; whatever else stands in an object is no field."""
    return [
        (name, value if isinstance(value, str) else str(value))
        for name, given in found.items()
        for value in (given if isinstance(given, list) else [given])
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    ]
