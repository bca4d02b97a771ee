"""The adapter against the Simulator itself: both were written to one protocol."""

from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from flexie.providers import Accepted, InboundEvent, RawRequest, Rejected, StatusEvent, adapter, post
from flexie.simulator.app import create_app
from flexie.simulator.behaviour import Behaviour
from flexie.simulator.courier import Courier
from flexie.simulator.network import Network
from flexie.simulator.texting import text_a_line
from tests.providers import cases_simulator as cases

NOW = datetime(2026, 1, 1, tzinfo=UTC)
simulator = adapter("simulator")


@pytest.fixture
def network(tmp_path):
    network = Network(tmp_path / "simulator.sqlite", clock=NOW.timestamp)
    account = network.add_account(cases.CREDENTIALS["api_key"], cases.CREDENTIALS["webhook_secret"])
    network.set_line(account, cases.LINE, "https://sms.example.test/inbound")
    yield network
    network.close()


def send(network, message, **credentials):
    with httpx.Client(transport=httpx.WSGITransport(create_app(network)), base_url="http://sim") as client:
        given = cases.CREDENTIALS | credentials
        return post(simulator, message, given, "http://sim/simulator", client=client, timeout=2)


def webhooks(network):
    """What the simulator posts until an hour from now, as it would reach us."""
    heard = []

    def receive(request):
        heard.append(RawRequest(request.method, str(request.url), request.headers, request.content))
        return httpx.Response(200)

    with httpx.Client(transport=httpx.MockTransport(receive)) as client:
        Courier(network, client=client).deliver_due(NOW.timestamp() + 3600)
    return heard


def test_a_message_is_accepted_and_its_receipts_find_it(network, text):
    outcome = send(network, replace(text, status_callback_url="https://sms.example.test/status"))
    assert isinstance(outcome, Accepted)
    assert (outcome.status, outcome.segments) == ("queued", 1)
    events = []
    for request in webhooks(network):
        simulator.verify(request, cases.CREDENTIALS, NOW.replace(hour=1))
        events += simulator.parse(request, "status")
    assert all(isinstance(event, StatusEvent) and event.our_id == text.public_id for event in events)
    assert events[-1].status == "delivered"


def test_a_text_from_a_phone_is_read(network):
    network.add_phone(cases.PHONE)
    text_a_line(network, cases.PHONE, cases.LINE, "Hello é 😀", ["https://m.example/1.png"])
    (request,) = webhooks(network)
    simulator.verify(request, cases.CREDENTIALS, NOW.replace(hour=1))
    (event,) = simulator.parse(request, "inbound")
    assert isinstance(event, InboundEvent)
    assert (event.sender, event.to, event.text) == (cases.PHONE, cases.LINE, "Hello é 😀")
    assert [media.url for media in event.media] == ["https://m.example/1.png"]
    assert event.received_at == NOW


def test_refusals_keep_their_meaning(network, text):
    assert send(network, text, api_key="other").bad_credentials
    network.add_phone(text.to)
    network.set_behaviour(text.to, Behaviour("opted_out"), False, None)
    assert send(network, text).opted_out
    network.set_behaviour(text.to, Behaviour("refuse"), False, None)
    refused = send(network, text)
    assert isinstance(refused, Rejected)
    assert refused.invalid_number
