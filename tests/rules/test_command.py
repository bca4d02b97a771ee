"""The command `python -m rules`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rules.__main__ import main

HERE = Path(__file__).parent
SCHEMA = str(HERE / "examples/schema.json")
GOOD = str(HERE / "examples/00_one_page.rules")
BAD = HERE / "examples/bad/e05_unknown_field.rules"


def test_a_clean_file_says_nothing(capsys):
    assert main(["check", "--schema", SCHEMA, GOOD]) == 0
    assert capsys.readouterr().out == ""


def test_findings_are_shown_for_people(capsys):
    assert main(["check", "--schema", SCHEMA, GOOD, str(BAD)]) == 1
    shown = capsys.readouterr().out.replace(str(BAD), BAD.name)
    assert shown == BAD.with_suffix(".expected").read_text(encoding="utf-8")


def test_findings_are_shown_for_github(capsys):
    assert main(["check", "--format", "github", "--schema", SCHEMA, str(BAD)]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"::error file={BAD},line=7,col=7,endColumn=23,title=R101::Contacts have no field")
    assert "%0ADid you mean" in line


def test_findings_are_shown_as_json(capsys):
    assert main(["check", "--format", "json", "--schema", SCHEMA, str(BAD)]) == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["level"], finding["code"], finding["line"], finding["column"]) == ("Error", "R101", 7, 7)


def test_without_a_schema_no_name_is_unknown():
    assert main(["check", str(BAD)]) == 0


def test_warnings_count_as_findings(capsys):
    assert main(["check", str(HERE / "examples/bad/e19_carrier_word.rules")]) == 1
    assert capsys.readouterr().out.startswith("Warning R401")


def test_a_file_that_is_not_utf_8_is_a_finding(tmp_path, capsys):
    path = tmp_path / "latin.rules"
    path.write_bytes("version 1\n# Grüße\n".encode("latin-1"))
    assert main(["check", str(path)]) == 1
    assert "UTF-8" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "no such file.rules"],
        ["check", "--schema", "no such schema.json", GOOD],
        ["check", "--schema", GOOD, GOOD],
        ["fmt", GOOD],
        ["test", GOOD],
    ],
)
def test_what_cannot_run_ends_with_2_and_says_why(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip()


def test_it_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "rules", "check", str(BAD), GOOD], cwd=HERE.parents[1], check=False)
    assert done.returncode == 0
    assert subprocess.run([sys.executable, "-m", "rules"], capture_output=True, check=False).returncode == 2
