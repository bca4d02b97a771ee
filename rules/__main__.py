"""The command line: `python -m rules check|fmt|test FILE...`. Exit codes: 0 clean, 1 findings, 2 could not run."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path

from rules import Finding, Level, Schema, check, parse
from rules.rewriting import STANDARD_INPUT, FileProblem, format_files, read_source
from rules.testing import guessed

CLEAN, FINDINGS, COULD_NOT_RUN = 0, 1, 2
_GITHUB_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.HINT: "notice"}


class CommandProblem(Exception):
    """The command could not be carried out; the message says why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Carries out the command and gives its exit code."""
    try:
        return _run(_parser().parse_args(arguments))
    except (CommandProblem, FileProblem) as problem:
        print(problem, file=sys.stderr)
        return COULD_NOT_RUN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rules", description="Tools for files of rules.")
    commands = parser.add_subparsers(dest="command", required=True)
    check_command = commands.add_parser("check", help="look for mistakes")
    check_command.add_argument("--format", choices=tuple(_FORMATS), default="text", help="how findings are written")
    check_command.add_argument("--schema", metavar="FILE", help="the account as JSON; without it names are not checked")
    check_command.add_argument("files", nargs="+", metavar="FILE")
    fmt_command = commands.add_parser("fmt", help="bring files into canonical form")
    fmt_command.add_argument("--check", action="store_true", help="only list the files that would change")
    fmt_command.add_argument(
        "files", nargs="+", metavar="FILE", help="- reads standard input and writes standard output"
    )
    test_command = commands.add_parser("test", help="run the tests in files of rules")
    test_command.add_argument("--format", choices=("text", "json"), default="text", help="how results are written")
    test_command.add_argument(
        "--schema", metavar="FILE", help="the account as JSON; without it, one that fits each file is made up"
    )
    test_command.add_argument("files", nargs="+", metavar="FILE")
    return parser


def _run(asked: argparse.Namespace) -> int:
    if asked.command == "fmt":
        return _format(asked.files, only_look=asked.check)
    schema = _schema(asked.schema) if asked.schema else None
    sources = {name: read_source(name) for name in asked.files}
    if asked.command == "test":
        return _test(sources, schema, asked.format)
    schema = schema or Schema(anything=True)
    findings = [finding for name, source in sources.items() for finding in check(parse(source, name), schema)]
    print(_FORMATS[asked.format](findings, sources), end="")
    return FINDINGS if findings else CLEAN


def _format(names: list[str], *, only_look: bool) -> int:
    # Standard output is for the text itself where that is asked for.
    out = sys.stderr if STANDARD_INPUT in names and not only_look else sys.stdout
    findings: list[Finding] = []
    sources: dict[str, str] = {}
    differed = False
    for name, sources[name], formatted in format_files(names, only_look=only_look):
        findings.extend(formatted.findings)
        differed = differed or formatted.changed
        if formatted.changed and only_look:
            print(f"{name} would change")
        elif formatted.changed and name in names:
            print(f"{name} formatted", file=out)
    print(_text(findings, sources), end="", file=out)
    return FINDINGS if findings or (only_look and differed) else CLEAN


def _test(sources: dict[str, str], schema: Schema | None, form: str) -> int:
    # The application rehearses the tests. It is loaded here only: the language itself stands without it.
    rehearsal = importlib.import_module("flexie.rehearsal")
    rehearsed = {
        name: rehearsal.rehearse(source, name, rehearsal.of_schema(schema or guessed(parse(source, name).file)))
        for name, source in sources.items()
    }
    print(rehearsal.report(rehearsed, sources, form), end="")
    return CLEAN if all(one.passed for one in rehearsed.values()) else FINDINGS


def _schema(name: str) -> Schema:
    try:
        return Schema.from_json(json.loads(Path(name).read_text(encoding="utf-8")))
    except OSError as error:
        raise CommandProblem(f"{name} cannot be read: {error.strerror}. Look at the name of the file.") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise CommandProblem(f"{name} does not describe an account: {error}. It has to be JSON with fields.") from error


def _text(findings: list[Finding], sources: dict[str, str]) -> str:
    return "\n".join(finding.render(sources[finding.file]) for finding in findings)


def _github(findings: list[Finding], _sources: dict[str, str]) -> str:
    return "".join(_annotation(finding) for finding in findings)


def _annotation(finding: Finding) -> str:
    """One workflow command; see "Workflow commands for GitHub Actions" in GitHub's documentation."""
    end = finding.column + finding.length - 1
    where = f"file={finding.file},line={finding.line},col={finding.column},endColumn={end},title={finding.code}"
    words = f"{finding.message}\n{finding.advice}".replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{_GITHUB_LEVELS[finding.level]} {where}::{words}\n"


def _json(findings: list[Finding], _sources: dict[str, str]) -> str:
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1) + "\n"


_FORMATS: dict[str, Callable[[list[Finding], dict[str, str]], str]] = {"text": _text, "github": _github, "json": _json}

if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        # A finding shows its line, also one that standard output cannot write.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
