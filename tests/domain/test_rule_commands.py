"""The commands for rule files and their runs: what they do, what they print, and how they exit."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from flexie.db import db
from flexie.models import Record
from tests.domain.rulefiles import NEW, reasons, rule, text, versions, waiting_run
from tests.house import ANA, House

OLD = text(rule())
BAD = OLD.replace("for contact", "for contct")
BY_HAND = OLD.replace('incoming sms matches "go"', "started")


def flask(house: House, *arguments: object) -> Result:
    """`flask rules …`, in a process's stead."""
    with house.app.app_context():
        return house.app.test_cli_runner().invoke(args=["rules", *map(str, arguments)])


def answer(house: House, *arguments: object, code: int = 0) -> dict[str, Any]:
    """What the command prints with --json."""
    result = flask(house, *arguments, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.output)


def written(folder: Path, content: str, name: str = "test.rules") -> Path:
    path = folder / name
    path.write_text(content)
    return path


@pytest.mark.parametrize(("choice", "states"), [("finish", ["waiting"]), ("end", ["cancelled"])])
def test_put_saves_and_does_with_waiting_runs_what_one_chooses(
    house: House, tmp_path: Path, choice: str, states: list[str]
) -> None:
    waiting_run(house)
    (file,) = answer(house, "put", written(tmp_path, NEW), "--waiting", choice)["files"]
    assert (file["name"], file["in_force"], file["version"]) == ("test", True, 2)
    assert file["changes"] == [{"rule": "R", "what": "changed", "waiting": {"1": 1}}]
    assert [run.state for run in house.runs()] == states


def test_put_tells_people_in_words(house: House, tmp_path: Path) -> None:
    waiting_run(house)
    result = flask(house, "put", written(tmp_path, NEW), "--waiting", "restart")
    assert "test: in force\n  R: changed; runs that waited: 1 on version 1" in result.output
    assert [run.state for run in house.runs()] == ["cancelled", "ready"]


def test_put_keeps_mistakes_as_a_draft_and_exits_with_1(house: House, tmp_path: Path) -> None:
    result = flask(house, "put", written(tmp_path, BAD))
    assert result.exit_code == 1
    assert "contct" in result.output
    assert "kept as a draft" in result.output


def test_check_saves_nothing(house: House, tmp_path: Path) -> None:
    assert answer(house, "check", written(tmp_path, OLD))["files"] == [{"name": "test", "errors": 0, "findings": []}]
    (bad,) = answer(house, "check", written(tmp_path, BAD), code=1)["files"]
    assert bad["errors"] == 1
    assert "no findings" in flask(house, "check", written(tmp_path, OLD)).output
    assert versions(house) == {}


@pytest.mark.parametrize("command", ["put", "check", "import"])
def test_what_cannot_be_read_exits_with_2(house: House, tmp_path: Path, command: str) -> None:
    odd = tmp_path / "odd.rules"
    odd.write_bytes(b"\xff\xfe")
    assert flask(house, command, odd).exit_code == 2
    assert flask(house, command, tmp_path / "nowhere.rules").exit_code == 2


def test_a_save_that_cannot_be_exits_with_2(house: House, tmp_path: Path) -> None:
    flask(house, "put", written(tmp_path, OLD))
    result = flask(house, "put", written(tmp_path, OLD, "other.rules"))
    assert (result.exit_code, "another file" in result.output) == (2, True)


def test_list_says_state_version_and_how_many_wait(house: House) -> None:
    assert "There are no rules" in flask(house, "list").output
    waiting_run(house)
    assert answer(house, "list")["rules"] == [
        {"name": "R", "file": "test", "state": "on", "version": 1, "waiting": 1},
    ]  # fmt: skip
    assert flask(house, "list").output == "R  (test, version 1): on, 1 waiting\n"


def test_runs_are_listed_by_rule_and_state(house: House) -> None:
    waiting_run(house)
    (run,) = answer(house, "runs", "--rule", "R", "--state", "waiting")["runs"]
    assert (run["rule"], run["version"], run["state"], run["title"]) == ("R", 1, "waiting", "Ana")
    assert answer(house, "runs", "--state", "done")["runs"] == []
    assert "waiting  R for Ana  until" in flask(house, "runs").output
    assert flask(house, "runs", "--rule", "Nothing").exit_code == 2


def test_stop_ends_a_rules_runs_or_one(house: House) -> None:
    waiting_run(house)
    assert answer(house, "stop", house.runs()[0].public_id) == {"ended": 1}
    assert answer(house, "stop", "R") == {"ended": 0}
    assert reasons(house) == ["A command stopped it."]
    assert flask(house, "stop", "Nothing").exit_code == 2


def test_stop_by_name_ends_all(house: House) -> None:
    waiting_run(house)
    assert answer(house, "stop", "R") == {"ended": 1}
    assert reasons(house) == ["A command stopped all runs of this rule."]


def test_start_starts_a_rule_for_a_record(house: House, tmp_path: Path) -> None:
    ana = house.record(first_name="Ana", mobile=ANA)
    flask(house, "put", written(tmp_path, BY_HAND))
    with house.app.app_context():
        public_id = db.session.get_one(Record, ana).public_id
    started = answer(house, "start", "R", "--record", public_id)
    assert started["run"] == house.runs()[0].public_id
    again = answer(house, "start", "R", "--record", public_id, code=1)
    assert "still going on" in again["reason"]
    assert flask(house, "start", "R", "--record", "nobody").exit_code == 2


def test_an_export_comes_back_by_its_texts_and_by_its_trees(house: House, tmp_path: Path) -> None:
    flask(house, "put", written(tmp_path, OLD), written(tmp_path, "# kept\n" + NEW.replace('"R"', '"S"'), "two.rules"))
    export = answer(house, "export")
    assert [file["name"] for file in export["files"]] == ["test", "two"]
    assert "# test\nversion 1" in flask(house, "export").output
    before = versions(house)

    for file in export["files"]:
        file.pop("text")
    path = written(tmp_path, json.dumps(export), "export.json")
    brought = answer(house, "import", path)
    assert [file["in_force"] for file in brought["files"]] == [True, True]
    assert versions(house) == before


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"files": 5}', '{"files": [{"name": "a"}]}', '{"files": [{"name": "a", "tree": {"node": "X"}}]}',
     '{"files": [{"name": "a", "tree": {"node": "Stop"}}]}', '{"files": [{"name": "a", "text": 5}]}',
     '{"files": [{"name": "a", "tree": {"node": "File", "items": [{"node": "Stop"}]}}]}', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_export_is_refused(house: House, tmp_path: Path, content: str) -> None:
    result = flask(house, "import", written(tmp_path, content, "export.json"))
    assert result.exit_code == 2, result.output
    assert "not an export of rules" in result.output
    assert versions(house) == {}
