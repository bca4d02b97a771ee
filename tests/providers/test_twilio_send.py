"""The request that sends through Twilio, against the one that the official client makes."""

from urllib.parse import parse_qsl

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from flexie.providers import OutboundText, adapter, post
from tests.providers import cases_twilio as cases
from tests.providers import vectors

CAPTURED = vectors.SDK_REQUESTS
SERVICE = "MG" + "c" * 32
CREDENTIALS = {"account_sid": cases.ACCOUNT, "auth_token": "tok"}
MEANINGFUL = ("authorization", "content-type", "accept")


def form(body):
    return sorted(parse_qsl(body, keep_blank_values=True))


class Loopback(TwilioHttpClient):
    """The official client's own transport, to the fault server instead of the internet."""

    def __init__(self, url):
        super().__init__()
        self.session.trust_env = False
        self.url = url

    def request(self, method, url, **arguments):
        return super().request(method, url.replace("https://api.twilio.com", self.url), **arguments)


def meaning(request):
    """What of a received request matters: its line, the headers that Twilio reads, its form in any order."""
    head, body = request
    lines = head.split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return lines[0], {name: headers[name] for name in MEANINGFUL}, form(body.decode())


MESSAGES = [
    OutboundText("m-1", cases.PHONE, cases.LINE, "hi & é 😀 +%", (), "https://x.example/s?a=1"),
    OutboundText("m-2", cases.PHONE, cases.LINE, "", ("https://a.example/1.png", "https://a.example/2.png"), None),
    OutboundText("m-3", cases.PHONE, "Acme", "line\nbreak  ", (), None),
]


@pytest.mark.parametrize("service", ["", SERVICE])
@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.public_id)
def test_our_request_means_what_the_official_clients_does(faults, client, message, service):
    faults.misbehave = faults.respond(201, b'{"sid":"SM1","status":"queued"}')
    credentials = CREDENTIALS | {"messaging_service_sid": service}
    post(adapter("twilio"), message, credentials, faults.url, client=client, timeout=2)
    wanted = {
        "to": message.to, "from_": message.sender_number, "body": message.text, "media_url": list(message.media_urls),
        "status_callback": message.callback, "messaging_service_sid": service,
    }  # fmt: skip
    official = Client(cases.ACCOUNT, "tok", http_client=Loopback(faults.url))
    official.messages.create(**{name: value for name, value in wanted.items() if value})
    assert meaning(faults.requests[0]) == meaning(faults.requests[1])


def test_our_request_means_what_was_captured_of_the_official_client():
    captured = CAPTURED[0]
    message = OutboundText(
        "1", cases.PHONE, cases.LINE, "hi & é 😀", ("https://a.example/1.png", "https://a.example/2.png"),
        "https://x.example/s?uuid=1",
    )  # fmt: skip
    wanted = adapter("twilio").build_send(message, CREDENTIALS, "https://api.twilio.com")
    ours = form(wanted.body.decode().replace("%26message%3D1", ""))
    assert (wanted.method, wanted.url) == (captured["method"], "https://api.twilio.com" + captured["path"])
    assert {name.lower(): value for name, value in wanted.headers.items()} == captured["headers"]
    assert ours == form(captured["body"])


def test_the_callback_carries_our_id_once():
    url = "https://x.example/s?message=m-1"
    assert OutboundText("m-1", "", "", "", (), url).callback == url
    assert OutboundText("m 1", "", "", "", (), "https://x.example/s").callback == "https://x.example/s?message=m%201"


def test_a_refusal_comes_with_advice():
    status, headers, body = cases.error(400, 21610)
    refused = adapter("twilio").read_send(status, headers, body.encode())
    assert "START" in adapter("twilio").advice(refused.code)
