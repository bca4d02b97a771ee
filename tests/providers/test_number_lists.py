"""What providers list as an account's numbers is asked for with its credentials, and read page by page."""

import json

import pytest

from flexie.providers import AccountProblem, adapter
from tests.providers import cases_infobip, cases_plivo, cases_telnyx, cases_vonage_sms

LISTS = {
    "telnyx": (
        cases_telnyx.CREDENTIALS,
        "/v2/phone_numbers?page%5Bnumber%5D=1&page%5Bsize%5D=100",
        {
            "data": [{"id": "1", "phone_number": "+12025550111", "connection_name": "Desk"}],
            "meta": {"page_number": 1, "total_pages": 2},
        },
        ("+12025550111", "Desk", "1"),
        "page%5Bnumber%5D=2",
    ),
    "plivo": (
        cases_plivo.CREDENTIALS,
        f"/v1/Account/{cases_plivo.CREDENTIALS['auth_id']}/Number/?limit=20",
        {
            "objects": [
                {"number": "12025550111", "alias": "Desk", "sms_enabled": True},
                {"number": "12025550112", "sms_enabled": False},
            ],
            "meta": {"next": "/v1/Account/MA/Number/?limit=20&offset=20"},
        },
        ("+12025550111", "Desk", "12025550111"),
        "offset=20",
    ),
    "infobip": (
        cases_infobip.CREDENTIALS,
        "/numbers/1/numbers?limit=100",
        {
            "numbers": [
                {"number": "447700900123", "numberKey": "K", "numberName": "Desk", "capabilities": ["SMS", "VOICE"]},
                {"number": "447700900124", "capabilities": ["VOICE"]},
            ]
        },
        ("+447700900123", "Desk", "K"),
        None,
    ),
    "vonage_sms": (
        cases_vonage_sms.CREDENTIALS,
        "/account/numbers?size=100",
        {"count": 1, "numbers": [{"msisdn": "447700900123", "country": "GB", "features": ["VOICE", "SMS"]}]},
        ("+447700900123", "", "447700900123"),
        None,
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_numbers_that_can_text_are_read(name):
    credentials, address, answer, own, following = LISTS[name]
    directory = adapter(name).directory
    asked = directory.numbers_request(credentials, "https://api.example", None)
    assert asked.url == f"https://api.example{address}"
    assert asked.headers["Authorization"]
    assert all(secret not in asked.url for secret in adapter(name).secrets(credentials))
    page = directory.read_numbers(200, json.dumps(answer).encode())
    assert [(each.number, each.name, each.reference) for each in page.numbers] == [own]
    if following is None:
        assert page.next is None
    else:
        assert following in directory.numbers_request(credentials, "https://api.example", page.next).url


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("status", "body", "is_ours"),
    [
        (401, b"{}", True),
        (403, b'{"message":"no"}', True),
        (500, b"", False),
        (200, b"<html>", False),
        (429, b"", False),
    ],
)
def test_what_is_no_list_is_a_problem_in_words(name, status, body, is_ours):
    with pytest.raises(AccountProblem) as problem:
        adapter(name).directory.read_numbers(status, body)
    assert problem.value.credentials is is_ours


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "body", [b'{"data":1,"objects":2,"numbers":3}', b'{"data":[1],"numbers":["x"],"objects":[[]]}']
)
def test_odd_lists_hold_nothing(name, body):
    assert adapter(name).directory.read_numbers(200, body).numbers == ()


def test_a_next_page_of_another_host_is_not_followed():
    body = {"objects": [{"number": "12025550111"}], "meta": {"next": "https://evil.example/v1/"}}
    assert adapter("plivo").directory.read_numbers(200, json.dumps(body).encode()).next is None
