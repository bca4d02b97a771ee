"""Rules by API: saved, put into force or kept as a draft, and listed."""

import runpy
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from flexie.models import RuleFile
from rules.parser import LARGEST
from tests.api.office import Caller, Office

ROOT = Path(__file__).parents[2]
THANK = """version 1

rule "Thank for a YES":
  for contact
  when incoming sms matches "YES*"

  send sms "Thank you!"
"""
BROKEN = THANK.replace("send sms", "sned sms")


def _put(caller: Caller, text: str | bytes, name: str = "shop", content_type: str = "text/plain") -> TestResponse:
    return caller("PUT", f"/rules/{name}", data=text, content_type=content_type)


def test_a_file_comes_into_force(office: Office) -> None:
    answer = _put(office.writer, THANK)
    assert answer.status_code == 201
    assert (answer.json["name"], answer.json["in_force"], answer.json["rules"]) == ("shop", True, ["Thank for a YES"])
    (rule,) = office.agent.get("/rules").json["items"]
    assert (rule["name"], rule["file"], rule["is_on"], rule["version"]) == ("Thank for a YES", "shop", True, 1)
    file = office.agent.get("/rules/shop").json
    assert (file["text"], file["state"], file["version"], file["rules"]) == (THANK, "in force", 1, ["Thank for a YES"])


def test_saved_again_it_is_a_new_version_only_where_it_changed(office: Office) -> None:
    _put(office.admin, THANK)
    assert _put(office.admin, THANK.replace("you!", "you, Ana!").replace("\n", "\r\n")).status_code == 200
    assert office.admin.get("/rules").json["items"][0]["version"] == 2
    assert _put(office.admin, THANK.replace("you!", "you, Ana!")).status_code == 200
    assert office.admin.get("/rules").json["items"][0]["version"] == 2


def test_mistakes_are_findings_and_what_was_in_force_stays(office: Office) -> None:
    _put(office.writer, THANK)
    answer = _put(office.writer, BROKEN)
    assert answer.status_code == 422
    finding = answer.get_json(force=True)["findings"][0]
    assert (finding["level"], finding["file"], finding["line"], finding["column"]) == ("error", "shop", 7, 3)
    assert finding["message"]
    file = office.writer.get("/rules/shop").json
    assert (file["text"], file["state"], file["rules"]) == (BROKEN, "draft", ["Thank for a YES"])
    assert office.writer.get("/rules").json["items"][0]["version"] == 1


def test_agents_read_rules_and_do_not_write_them(office: Office) -> None:
    assert _put(office.agent, THANK).status_code == 403
    assert office.count(RuleFile) == 0


def test_a_rule_stands_in_one_file_only(office: Office) -> None:
    _put(office.writer, THANK)
    answer = _put(office.writer, THANK, name="other")
    assert list(answer.get_json(force=True)["errors"]) == ["text"]
    assert office.count(RuleFile) == 1


@pytest.mark.parametrize("name", ["new", "check"])
def test_a_file_is_not_called_like_a_page(office: Office, name: str) -> None:
    assert list(_put(office.writer, THANK, name=name).get_json(force=True)["errors"]) == ["name"]


@pytest.mark.parametrize("name", ["%00", "%0A", "%20", "x" * 101, "nothing", "a%20", "%7F"])
def test_a_file_that_is_not_there_is_404(office: Office, name: str) -> None:
    assert office.writer.get(f"/rules/{name}").status_code == 404


def test_a_name_may_have_blanks_and_letters_of_any_alphabet(office: Office) -> None:
    assert _put(office.writer, THANK, name="Наши правила").status_code == 201
    assert office.writer.get("/rules/Наши правила").json["name"] == "Наши правила"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"\xff\xfe", "text/plain", 400),
        (b"version 1\n# \0", "text/plain", 422),
        (b"#" * (LARGEST + 1), "text/plain", 413),
        (b"#" * (4 * LARGEST + 1), "text/plain", 413),
        (b"{}", "application/json", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
    ],
)
def test_what_is_no_text_is_refused(office: Office, body: bytes, content_type: str, status: int) -> None:
    assert _put(office.writer, body, content_type=content_type).status_code == status
    assert office.count(RuleFile) == 0


def test_rules_come_by_name_a_page_at_a_time(office: Office) -> None:
    for number in range(3):
        _put(office.writer, THANK.replace("a YES", f"{number}").replace("YES*", f"Y{number}*"), name=f"file {number}")
    page = office.agent.get("/rules", limit=2).json
    rest = office.agent.get("/rules", limit=2, cursor=page["next"]).json
    names = [rule["name"] for rule in page["items"] + rest["items"]]
    assert names == ["Thank for 0", "Thank for 1", "Thank for 2"]
    assert rest["next"] is None


def test_the_longest_names_that_are_taken_fit_into_cursors_and_addresses(office: Office) -> None:
    longest = "😀" * 500
    for name in (longest, "😁"):
        _put(office.writer, THANK.replace("Thank for a YES", name), name=f"file of {name[0]}")
    page = office.agent.get("/rules", limit=1).json
    assert [rule["name"] for rule in page["items"]] == [longest]
    rest = office.agent.get("/rules", limit=1, cursor=page["next"])
    assert (rest.status_code, [rule["name"] for rule in rest.json["items"]]) == (200, ["😁"])
    most = runpy.run_path(str(ROOT / "bin/gunicorn.conf.py"))["limit_request_line"]
    assert len(f"POST /api/v1/rules/{quote(longest)}/start HTTP/1.1") < most
