"""What an answer to a send means, for the providers that answer in JSON and use HTTP's statuses as they are meant.

A 429 was not sent, a 2xx was, another 4xx never will be; whatever else comes leaves it open.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from flexie.providers.base import Adapter
from flexie.providers.json_body import NotReadable, read_object
from flexie.providers.sending import Accepted, Rejected, Throttled, Unknown, pause


class AnswersInJson(Adapter):
    """An adapter whose provider's answers differ in the names of their fields and in their codes alone."""

    throttled_codes: ClassVar[frozenset[str]] = frozenset()
    """Codes of requests that were not processed because there were too many."""
    opted_out_codes: ClassVar[frozenset[str]] = frozenset()
    invalid_number_codes: ClassVar[frozenset[str]] = frozenset()
    bad_credentials_codes: ClassVar[frozenset[str]] = frozenset()
    advices: ClassVar[Mapping[str, str]] = {}
    """What a person can do about a code."""

    @abstractmethod
    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """The code and the words of the provider in a refusal; blank where it says none. Never raises."""

    @abstractmethod
    def read_accepted(self, found: dict[str, Any]) -> Accepted | Rejected | Throttled | Unknown:
        """What a successful answer means. Never raises."""

    def read_send(
        self, status: int, headers: Mapping[str, str], body: bytes
    ) -> Accepted | Rejected | Throttled | Unknown:
        """By HTTP status, then by what the provider says."""
        try:
            found = read_object(body)
        except NotReadable:
            found = {}
        if status == 429:
            return pause(headers)
        if 200 <= status < 300:
            return self.read_accepted(found)
        if 400 <= status < 500 and status != 408:
            code, words = self.read_error(found)
            if code in self.throttled_codes:
                return pause(headers)
            words = words or f"{self.label} refused the message with HTTP {status}."
            return self.rejected(code or f"HTTP {status}", words, unauthorized=status in (401, 403))
        return Unknown(f"{self.label} answered with HTTP {status}")

    def rejected(self, code: str, words: str, *, unauthorized: bool = False) -> Rejected:
        """A refusal, with what its code means. `unauthorized`: the HTTP status blames the credentials."""
        known = code in self.opted_out_codes or code in self.invalid_number_codes
        return Rejected(
            code,
            words,
            opted_out=code in self.opted_out_codes,
            invalid_number=code in self.invalid_number_codes,
            bad_credentials=code in self.bad_credentials_codes or (unauthorized and not known),
        )

    def unreadable(self) -> Unknown:
        """A success that names no message."""
        return Unknown(f"{self.label} accepted the request, but its answer cannot be read")

    def advice(self, code: str) -> str:
        """What to do about one of the provider's codes."""
        return self.advices.get(code, "")
