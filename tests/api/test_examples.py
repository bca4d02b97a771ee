"""The examples of docs/api.md do what they say."""

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests.api.office import Office
from tests.api.test_rules import THANK

DOCS = Path(__file__).parents[2] / "docs" / "api.md"
BASE = "http://localhost:8000/api/v1"
TEXT = DOCS.read_text("utf-8")
EXAMPLES = re.findall(r"```sh\n(curl .*?)```", TEXT, re.DOTALL)
FLAGS = {
    "-H": "header",
    "-d": "pair",
    "--data-urlencode": "pair",
    "--json": "json",
    "-X": "method",
    "--data-binary": "file",
}


def _call(office: Office, example: str) -> Any:
    """Carries out a curl command as an administrator."""
    words = iter(shlex.split(example.replace("\\\n", " "))[1:])
    given: dict[str, list[str]] = {name: [] for name in FLAGS.values()}
    path = ""
    for word in words:
        if word in FLAGS:
            given[FLAGS[word]].append(next(words))
        elif word != "-G":
            path = word.removeprefix(BASE)
    headers = dict(header.split(": ", 1) for header in given["header"])
    assert headers.pop("Authorization") == "Bearer $TOKEN"
    if given["json"]:
        return office.admin("POST", path, json=json.loads(given["json"][0]), headers=headers)
    if given["file"]:
        assert given["file"] == ["@shop.rules"]
        return office.admin(given["method"][0], path, data=THANK, headers=headers)
    query = "&".join(f"{name}={quote_plus(value)}" for name, value in (pair.split("=", 1) for pair in given["pair"]))
    return office.admin("GET", f"{path}?{query}" if query else path, headers=headers)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_it_is_answered(office: Office, example: str) -> None:
    record = office.record(name="Ana", mobile="(415) 555-2671")
    office.incoming()
    office.template("We open at 9.")
    answer = _call(office, example.replace("'$RECORD'", record))
    assert answer.status_code in (200, 201), answer.text
    if "/runs" not in example and "items" in answer.json:
        assert answer.json["items"]


def test_there_is_one_for_each_subject() -> None:
    subjects = {re.search(rf"{BASE}/([\w-]+)", example)[1] for example in EXAMPLES}  # type: ignore[index]
    assert subjects == {
        "messages", "records", "rules", "runs", "conversations", "lines", "opt-outs", "people", "templates",
        "documents",
    }  # fmt: skip


def test_the_problem_is_word_for_word(office: Office) -> None:
    shown = json.loads(re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)[1])  # type: ignore[index]
    assert office.admin.send(to="none", text="Hello").get_json(force=True) == shown
