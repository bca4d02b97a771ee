"""The Simulator's account: the lines that its pretend network knows, and where it posts their texts."""

import json

from flexie.phones import sender
from flexie.providers.base import Credentials
from flexie.providers.directory import Directory, NumbersPage, OwnNumber, read_answer
from flexie.providers.json_body import text_of
from flexie.providers.sending import HttpRequest


def headers(credentials: Credentials) -> dict[str, str]:
    """The bearer key, and JSON both ways."""
    return {
        "Authorization": f"Bearer {credentials.get('api_key', '').strip()}",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }


class SimulatorDirectory(Directory):
    """`/v1/lines`: any number can become a line of the pretend network."""

    sets_webhooks = True
    gives_any_number = True

    def numbers_request(self, credentials: Credentials, base_url: str, page: str | None) -> HttpRequest:
        """All lines of the account: they fit on one page."""
        del page
        return HttpRequest("GET", f"{base_url}/v1/lines", headers(credentials), b"")

    def read_numbers(self, status: int, body: bytes) -> NumbersPage:
        """The lines and where their texts are posted."""
        lines = read_answer(status, body).get("lines")
        entries = [entry for entry in lines if isinstance(entry, dict)] if isinstance(lines, list) else []
        return NumbersPage(
            tuple(
                OwnNumber(sender(text_of(entry, "number")), inbound_url=text_of(entry, "inbound_url"))
                for entry in entries
                if text_of(entry, "number")
            )
        )

    def webhook_request(self, own: OwnNumber, inbound_url: str, credentials: Credentials, base_url: str) -> HttpRequest:
        """Make the number a line of the network, with this address."""
        body = json.dumps({"number": own.number, "inbound_url": inbound_url}).encode()
        return HttpRequest("PUT", f"{base_url}/v1/lines", headers(credentials), body)
