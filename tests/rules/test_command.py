"""The command `python -m rules`."""

import json
import os
import stat
import subprocess
import sys
import threading
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
        ["fmt", "no such file.rules"],
        ["fmt", str(HERE)],
        ["test", "no such file.rules"],
        ["test", "--schema", GOOD, GOOD],
    ],
)
def test_what_cannot_run_ends_with_2_and_says_why(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip()


def test_it_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "rules", "check", str(BAD), GOOD], cwd=HERE.parents[1], check=False)
    assert done.returncode == 0
    assert subprocess.run([sys.executable, "-m", "rules"], capture_output=True, check=False).returncode == 2


MESSY = b'\xef\xbb\xbfRULE "A":\r\n\tfor contact\r\n\twhen created\r\n\tstop # x'
TIDY = b'version 1\n\nrule "A":\n  for contact\n  when created\n\n  stop  # x\n'
WRONG = b'version 1\nrule "A":\r\n    stp\r\n'


@pytest.fixture
def messy(tmp_path):
    path = tmp_path / "messy.rules"
    path.write_bytes(MESSY)
    return path


def test_fmt_rewrites_a_file_and_says_so(messy, capsys):
    messy.chmod(0o640)
    assert main(["fmt", GOOD, str(messy)]) == 0
    assert messy.read_bytes() == TIDY
    assert stat.S_IMODE(messy.stat().st_mode) == 0o640
    assert capsys.readouterr().out == f"{messy} formatted\n"
    assert os.listdir(messy.parent) == [messy.name]
    assert main(["fmt", str(messy)]) == 0
    assert capsys.readouterr().out == ""


def test_fmt_follows_a_link(messy):
    link = messy.with_name("link.rules")
    link.symlink_to(messy.name)
    assert main(["fmt", str(link)]) == 0
    assert link.is_symlink()
    assert messy.read_bytes() == TIDY


def test_fmt_check_only_lists_what_would_change(messy, capsys):
    assert main(["fmt", "--check", GOOD, str(messy)]) == 1
    assert capsys.readouterr().out == f"{messy} would change\n"
    assert messy.read_bytes() == MESSY
    assert main(["fmt", "--check", GOOD]) == 0


def test_fmt_leaves_a_file_with_mistakes_alone_and_says_what_check_says(messy, capsys):
    wrong = messy.with_name("wrong.rules")
    wrong.write_bytes(WRONG)
    assert main(["fmt", str(wrong), str(messy)]) == 1
    shown = capsys.readouterr().out
    assert (wrong.read_bytes(), messy.read_bytes()) == (WRONG, TIDY)
    main(["check", str(wrong)])
    assert shown == f"{messy} formatted\n{capsys.readouterr().out}"


def test_fmt_writes_nothing_if_one_file_cannot_be_read(messy):
    assert main(["fmt", str(messy), "no such file.rules"]) == 2
    assert messy.read_bytes() == MESSY


def test_fmt_puts_no_file_in_the_place_of_something_else(tmp_path, capsys):
    pipe = tmp_path / "pipe.rules"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(MESSY,))
    writer.start()
    assert main(["fmt", str(pipe)]) == 2
    writer.join()
    assert pipe.is_fifo()
    assert "not a plain file" in capsys.readouterr().err


def test_fmt_that_cannot_write_leaves_the_file_whole(messy, monkeypatch, capsys):
    monkeypatch.setattr(os, "replace", fail)
    assert main(["fmt", str(messy)]) == 2
    assert messy.read_bytes() == MESSY
    assert os.listdir(messy.parent) == [messy.name]
    assert "No space left" in capsys.readouterr().err


def fail(*_paths):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("given", "arguments", "code", "out", "err"),
    [
        (MESSY, [], 0, TIDY, b""),
        (MESSY, ["--check"], 1, b"standard input would change\n", b""),
        (WRONG, [], 1, WRONG, b"Error R017  standard input, line 3, column 5"),
        (b"\xff", [], 1, b"\xff", b"Error R001  standard input"),
        (b"\xff", ["--check"], 1, b"Error R001  standard input", b""),
    ],
)
def test_fmt_works_as_a_filter(given, arguments, code, out, err):
    command = [sys.executable, "-X", "utf8", "-m", "rules", "fmt", *arguments, "-"]
    done = subprocess.run(command, input=given, capture_output=True, cwd=HERE.parents[1], check=False)
    assert done.returncode == code
    assert done.stdout.startswith(out)
    assert done.stderr.startswith(err)
    assert out not in (TIDY, WRONG) or done.stdout == out
    assert err or not done.stderr
