"""The tests of rule files: the language's own examples pass, and damaged ones fail with words that help."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flexie import rehearsal
from rules import Schema, check, parse
from rules.__main__ import main
from rules.testing import guessed
from rules.testing.quoting import beside, quoted

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE / "examples").glob("*.rules"))
PASSING = [*EXAMPLES, *sorted((HERE / "passing").glob("*.rules"))]
FAILING = sorted((HERE / "failing").glob("*.rules"))
SCHEMA = str(HERE / "examples/schema.json")
_STORY = re.compile(r"\n  What rules did until then:\n(    .*\n)+")


@pytest.mark.parametrize("path", PASSING, ids=lambda path: path.stem)
def test_every_example_passes_its_own_tests(path, capsys):
    code = main(["test", "--schema", SCHEMA, str(path)])
    assert code == 0, capsys.readouterr().out


@pytest.mark.parametrize("path", PASSING, ids=lambda path: path.stem)
def test_every_expectation_of_the_examples_fails_when_it_is_turned_round(path):
    """Each becomes a test of its own, which ends at that line and must fail there."""
    source = path.read_text(encoding="utf-8")
    rules, tests = _apart(source)
    damaged = [one for lines in tests for one in _damaged(lines)]
    text = rules + "\n".join(f'test "{number}":\n' + "\n".join(lines) for number, lines in enumerate(damaged))
    account = rehearsal.of_schema(Schema.from_json(json.loads(Path(SCHEMA).read_text(encoding="utf-8"))))
    came = rehearsal.rehearse(text, path.name, account)
    assert not came.findings
    shown = [text.split("\n")[one.failure.place.line - 1] if one.failure else None for one in came.results]
    assert shown == [lines[-1] for lines in damaged]


def test_the_tests_in_the_guide_pass():
    guide = (HERE.parents[1] / "docs/rule-tests.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```rules\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    came = rehearsal.rehearse(text, "guide", rehearsal.of_schema(guessed(parse(text).file)))
    assert [result.failure for result in came.results] == [None, None]


def _apart(source):
    """The text above the first test, and the lines of each test."""
    head, *bodies = re.split(r'^test ".*":\n', source, flags=re.MULTILINE)
    return head, [body.rstrip().split("\n") for body in bodies]


def _damaged(lines):
    for number, line in enumerate(lines):
        if line.startswith("  expect "):
            yield [*lines[:number], f"  expect {_turned_round(line.removeprefix('  expect '))}"]


def _turned_round(expected):
    """Something that cannot hold where what was expected does."""
    if expected == "no sms":
        return 'sms matches "*"'
    if expected.startswith("sms skipped"):
        return 'sms skipped because "no such reason"'
    if expected.startswith("sms"):
        return "no sms"
    if expected.startswith("notify"):
        return expected.partition(" matches ")[0] + ' matches "no such notice"'
    if expected.startswith("rule"):
        name, _, state = expected.rpartition('" ')
        return f'{name}" {"finished" if state != "finished" else "not started"}'
    return f"not ({expected})"


@pytest.mark.parametrize("path", FAILING, ids=lambda path: path.stem)
def test_a_failure_says_what_was_expected_and_what_there_was(path, capsys):
    assert main(["test", "--schema", SCHEMA, str(path)]) == 1
    shown = _STORY.sub("", capsys.readouterr().out).replace(str(path), path.name)
    shown = re.sub(r"\(\d+\.\d s\)", "(0.0 s)", shown)
    assert shown == path.with_suffix(".expected").read_text(encoding="utf-8")


def test_a_failure_tells_what_rules_did_until_then(capsys):
    main(["test", "--schema", SCHEMA, str(HERE / "failing/others.rules")])
    shown = capsys.readouterr().out
    assert "    Monday 2030-01-07 10:00  Ask\n      not started: only if: city is Durres, not Tirana\n" in shown
    assert "      failed: score could not be set: Write a number, such as 5 or 12.50.\n" in shown
    assert "    nothing: no rule started\n" in shown


def test_results_are_written_for_programs(capsys):
    assert main(["test", "--format", "json", "--schema", SCHEMA, str(HERE / "failing/texts.rules")]) == 1
    (file,) = json.loads(capsys.readouterr().out)["files"]
    first = file["tests"][0]
    assert (file["passed"], first["name"], first["passed"], first["line"]) == (False, "One word is another", False, 25)
    assert first["failure"]["expected"] == "We are open from 8 to 17, Ana."
    assert first["failure"]["sent"] == "We are open from 9 to 17, Ana."
    assert first["failure"]["clock"] == "2030-01-07T10:00+01:00"
    assert first["failure"]["source"] == 'expect sms "We are open from 8 to 17, Ana."'
    assert [line["step"] for line in first["failure"]["story"]] == ["start", "send sms", "wait"]


def test_a_file_with_errors_has_findings_and_runs_no_test(capsys):
    path = HERE / "examples/bad/e05_unknown_field.rules"
    assert main(["test", "--schema", SCHEMA, str(path)]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("Error R101")
    assert "no test of it ran" in shown


def test_warnings_keep_no_test_from_running(tmp_path, capsys):
    path = tmp_path / "warned.rules"
    path.write_text(
        'version 1\n\nrule "R":\n  for contact\n  when incoming sms matches "go", "CANCEL"\n\n  send sms "ok"\n\n'
        'test "Goes":\n  incoming sms "go"\n  expect sms "ok"\n'
    )
    assert main(["check", str(path)]) == 1
    assert main(["test", str(path)]) == 0
    assert "passed  Goes" in capsys.readouterr().out


def test_a_file_without_tests_passes_and_says_so(tmp_path, capsys):
    path = tmp_path / "none.rules"
    path.write_text("version 1\n")
    assert main(["test", str(path)]) == 0
    assert "has no tests" in capsys.readouterr().out


@pytest.mark.parametrize("path", FAILING, ids=lambda path: path.stem)
def test_without_a_schema_the_account_is_one_that_fits(path, capsys):
    assert main(["test", str(path)]) == 1
    assert "Error" not in capsys.readouterr().out


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_made_up_account_has_every_name_of_the_file(path):
    parsed = parse(path.read_text(encoding="utf-8"))
    unknown = [one for one in check(parsed, guessed(parsed.file)) if one.code in ("R101", "R102", "R104", "R108")]
    assert unknown == []


def test_the_command_needs_no_server_and_writes_only_its_results(tmp_path):
    command = [sys.executable, "-m", "rules", "test", "--schema", SCHEMA, str(HERE / "examples/09_lexical.rules")]
    environment = {"FLEXIE_DATA": str(tmp_path / "none"), "REDIS_URL": "redis://127.0.0.1:1", "PATH": "/usr/bin"}
    done = subprocess.run(command, cwd=HERE.parents[1], env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode in (0, 1)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("expected", "sent", "marked"),
    [
        ("one two three", "one six three", "six"),
        ("one two", "one twofold", 'twofold"'),
        ("one  two", "one two", 'two"'),
        ("", "one", '"one"'),
        ("one two", "one", '"'),
        ("a\nb", "a\nc", '"a\\nc"'),
    ],
)
def test_the_first_word_that_differs_is_marked(expected, sent, marked):
    rows = beside(expected, sent)
    assert rows[0] == f"expected: {quoted(expected)}"
    assert rows[1] == f"sent:     {quoted(sent)}"
    start = rows[2].index("^")
    assert rows[1][start : start + rows[2].count("^")] == marked


def test_long_texts_stand_in_rows_that_lose_nothing():
    text = "word " * 100
    rows = [row for row in beside(text, text + "more") if row.strip("^ ")]
    assert all(len(row) <= 110 for row in rows)
    assert " ".join(" ".join(rows).split()).count("word") == 200
