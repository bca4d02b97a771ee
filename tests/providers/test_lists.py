"""Webhooks that are lists: Bandwidth's and Infobip's, with good entries and bad ones."""

import base64
from dataclasses import replace

import pytest

from flexie.providers import InboundEvent, Malformed, Media, Refused, StatusEvent, adapter
from tests.providers import cases_bandwidth, cases_infobip

bandwidth, infobip = adapter("bandwidth"), adapter("infobip")
BOTH = [(bandwidth, cases_bandwidth), (infobip, cases_infobip)]


def entries(cases, *found):
    return cases.signed(list(found)) if cases is cases_bandwidth else cases.results(*found)


def good(cases):
    if cases is cases_bandwidth:
        return cases.received(), cases.reported()
    return cases.TEXT, cases.reported()


@pytest.mark.parametrize(("provider", "cases"), BOTH)
def test_a_bad_entry_harms_no_other(provider, cases):
    text, report = good(cases)
    found = provider.parse(entries(cases, text, None, {"type": "x"}, report, 7), "inbound")
    assert [type(event) for event in found] == [InboundEvent, Malformed, Malformed, StatusEvent, Malformed]
    assert found[2].content == '{"type": "x"}'


@pytest.mark.parametrize(("provider", "cases"), BOTH)
def test_an_empty_list_says_nothing(provider, cases):
    assert provider.parse(entries(cases), "inbound") == []


@pytest.mark.parametrize(("provider", "cases"), BOTH)
@pytest.mark.parametrize("header", [
    "", "Basic", "Basic ", "Basic !!", "Bearer aG9va3VzZXI6aG9va3Bhc3M=", "Basic aG9va3VzZXI=",
    "Basic " + base64.b64encode(b"hookuser:wrong").decode(), "Basic " + base64.b64encode(b"\xff").decode(),
])  # fmt: skip
def test_another_name_or_password_is_refused(provider, cases, header):
    request = cases.inbound()
    with pytest.raises(Refused):
        provider.verify(replace(request, headers={"Authorization": header}), cases.CREDENTIALS, cases.NOW)


@pytest.mark.parametrize(("provider", "cases"), BOTH)
def test_the_scheme_is_read_in_any_case_and_the_password_may_hold_a_colon(provider, cases):
    header = "bASIC " + base64.b64encode("hookuser:a:é".encode()).decode()
    credentials = cases.CREDENTIALS | {"password": "a:é"}
    provider.verify(replace(cases.inbound(), headers={"Authorization": header}), credentials, cases.NOW)


@pytest.mark.parametrize(("said", "status", "final"), [
    ("message-sending", "sent", False), ("message-sent", "sent", False), ("message-delivered", "delivered", True),
    ("message-failed", "failed", True),
])  # fmt: skip
def test_statuses_of_bandwidth(said, status, final):
    (event,) = bandwidth.parse(cases_bandwidth.receipt(said=said), "inbound")
    assert (event.provider_status, event.status, event.final, event.segments) == (said, status, final, 2)


@pytest.mark.parametrize("changes", [{"id": None}, {"from": None}, {"text": None, "media": [1, ""]}])
def test_texts_of_bandwidth_that_lack_what_matters_are_malformed(changes):
    (event,) = bandwidth.parse(cases_bandwidth.inbound(**changes), "inbound")
    assert isinstance(event, Malformed)


def test_a_text_to_a_group_came_to_the_number_that_bandwidth_names():
    (event,) = bandwidth.parse(cases_bandwidth.inbound(to=["+12025550199", cases_bandwidth.LINE]), "inbound")
    assert event.to == cases_bandwidth.LINE


@pytest.mark.parametrize(("group", "name", "status", "final"), [
    ("ACCEPTED", "MESSAGE_ACCEPTED", "queued", False), ("PENDING", "PENDING_ACCEPTED", "queued", False),
    ("PENDING", "PENDING_ENROUTE", "sent", False), ("DELIVERED", "DELIVERED_TO_OPERATOR", "sent", False),
    ("DELIVERED", "DELIVERED_TO_HANDSET", "delivered", True), ("EXPIRED", "EXPIRED_EXPIRED", "failed", True),
    ("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", "failed", True), ("rejected", "REJECTED_NETWORK", "failed", True),
])  # fmt: skip
def test_statuses_of_infobip(group, name, status, final):
    said = {"groupName": group, "name": name}
    (event,) = infobip.parse(cases_infobip.receipt(status=said, error={"id": 6}), "inbound")
    assert (event.provider_status, event.status, event.final, event.error_code) == (name, status, final, "6")


@pytest.mark.parametrize("changes", [{"messageId": None}, {"status": {"groupName": "ODD"}}, {"status": None}])
def test_receipts_of_infobip_that_say_nothing_known_are_malformed(changes):
    (event,) = infobip.parse(cases_infobip.receipt(**changes), "inbound")
    assert isinstance(event, Malformed)


def test_a_text_of_infobip_with_pictures():
    parts = [
        {"contentType": "text/plain", "value": "one"}, {"contentType": "image/png", "url": "https://m.example/1"},
        {"contentType": "text/plain", "value": "two"}, "odd",
    ]  # fmt: skip
    (event,) = infobip.parse(cases_infobip.inbound(text=None, message=parts), "inbound")
    assert (event.text, event.media) == ("one\ntwo", (Media("https://m.example/1", "image/png"),))


@pytest.mark.parametrize("host", ["", "infobip.com.evil.example", "evil.example/.api.infobip.com", "127.0.0.1", "a b"])
def test_the_key_goes_to_no_other_host(host):
    credentials = cases_infobip.CREDENTIALS | {"api_host": host}
    assert "ends with .infobip.com" in infobip.complaint(credentials)
    assert infobip.base_url(credentials) == "https://api.infobip.com"


def test_the_address_of_the_api_may_be_pasted_with_its_scheme():
    credentials = {"api_host": " https://XYZ1.api.infobip.com/ "}
    assert (infobip.complaint(credentials), infobip.base_url(credentials)) == ("", "https://xyz1.api.infobip.com")


def test_pictures_cannot_go_by_infobips_interface_for_texts(text):
    with pytest.raises(ValueError, match="no pictures"):
        infobip.build_send(replace(text, media_urls=("https://a.example/1",)), cases_infobip.CREDENTIALS, "")


@pytest.mark.parametrize("provider", ["bandwidth"], indirect=True)
def test_what_only_says_how_pictures_are_laid_out_is_not_kept_with_the_text(connected):
    media = ["https://messaging.bandwidth.com/x/0/a.jpg", "https://messaging.bandwidth.com/x/1/b.SMIL"]
    request = cases_bandwidth.inbound(media=media)
    path = connected.provider.addresses["inbound"].removeprefix(connected.app.config["PUBLIC_URL"])
    assert connected.client.post(path, data=request.body, headers=dict(request.headers)).status_code == 200
    (message,) = connected.messages("in")
    assert [item["url"] for item in message.media] == media[:1]
