"""The documents say what is so: their rules, commands, variables, links and the names they use are held to the code."""

import json
import re
from pathlib import Path

import click
import pytest
from flask import Flask

import rules
from flexie import cli, performing
from flexie.demo import files
from rules import syntax
from rules.__main__ import CLEAN, main
from rules.syntax import Condition, Step, Trigger

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
DEMO_SCHEMA = files.HERE / "schema.json"
APP = Flask("documents")
cli.register(APP)
COMMANDS = APP.cli.commands
OTHERS = {"db"}  # Flask-Migrate's


def name_of(path):
    return str(path.relative_to(ROOT))


def fenced(kind, text):
    return re.findall(rf"^ *```{kind}\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)


def read(name):
    return (ROOT / name).read_text("utf-8")


EXAMPLES = [(name_of(path), text) for path in DOCUMENTS for text in fenced("rules", path.read_text("utf-8"))]


def test_there_are_examples_to_check():
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_examples_of_rules_are_clean_and_the_engine_can_carry_them_out(name, text):
    schema = rules.Schema.from_json(json.loads(DEMO_SCHEMA.read_text("utf-8")))
    assert [found.render(text) for found in rules.check(rules.parse(text, name), schema, performing.SUPPORTED)] == []


def test_the_command_line_finds_nothing_in_them_either(tmp_path):
    paths = [tmp_path / f"{number}.rules" for number in range(len(EXAMPLES))]
    for path, (_, text) in zip(paths, EXAMPLES, strict=True):
        path.write_text(text, "utf-8")
    assert main(["check", "--schema", str(DEMO_SCHEMA), *map(str, paths)]) == CLEAN


def test_the_engine_carries_out_the_whole_language():
    judged = {name: kind for name, kind in vars(syntax).items() if isinstance(kind, type)}
    constructs = {name for name, kind in judged.items() if issubclass(kind, Step | Trigger | Condition)}
    assert constructs - performing.SUPPORTED - {"Step", "Trigger", "TextTrigger", "Condition"} == set()


def test_the_finding_in_the_guide_is_what_the_checker_says():
    text = 'version 1\n\nrule "Appointment: YES confirms":\n  for contact\n  when incoming sms matches "YES*"\n\n'
    text += '  set apointment_status to "Confirmed"\n'
    schema = rules.Schema.from_json(json.loads(DEMO_SCHEMA.read_text("utf-8")))
    (finding,) = rules.check(rules.parse(text, "appointments.rules"), schema)
    shown = next(block for block in fenced("text", read("docs/rules.md")) if block.startswith("Error"))
    assert [line.split() for line in finding.render(text).splitlines()] == [line.split() for line in shown.splitlines()]


def test_the_table_of_the_environment_holds_what_the_configuration_reads():
    read_by_code = set(re.findall(r'environ\.get\(\s*"([A-Z_]+)"', read("flexie/config.py")))
    section = read("docs/deploying.md").partition("## Environment")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE)) == read_by_code


def written_commands():
    for path in DOCUMENTS:
        for block in fenced("sh", path.read_text("utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                if found := re.search(r"bin/flask (.+)", line.partition(" #")[0]):
                    yield name_of(path), found[1].split()


@pytest.mark.parametrize(("name", "words"), list(written_commands()))
def test_commands_and_their_options_exist(name, words):
    if words[0] in OTHERS:
        return
    command = COMMANDS[words[0]]
    if isinstance(command, click.Group):
        command = command.commands[words[1]]
    known = {option for parameter in command.params for option in parameter.opts if isinstance(parameter, click.Option)}
    assert {word for word in words if word.startswith("--")} <= known


def links():
    for path in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            if not target.startswith(("http://", "https://", "mailto:")):
                yield name_of(path), target


@pytest.mark.parametrize(("name", "target"), sorted(set(links())))
def test_links_lead_somewhere(name, target):
    assert ((ROOT / name).parent / target).exists()


def test_files_that_contributors_are_sent_to_exist():
    named = re.findall(r"`((?:flexie|rules|tests|docs)/[\w./]*)`", read("CONTRIBUTING.md"))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_first_five_minutes_speak_of_the_demo_as_it_is():
    readme = " ".join(read("README.md").split())
    contacts = files.load("records.json")["contact"]
    for key in ("grace", "aisha"):
        assert f"{contacts[key]['first_name']} {contacts[key]['last_name']}" in readme
        assert contacts[key]["appointment_status"] == "Proposed"
    appointments = dict(files.rule_files())["appointments"]
    for words in ("Thanks {{ first_name }}, see you on", "Please come ten minutes early, {{ first_name }}, and bring"):
        assert words in appointments
        assert words.replace("{{ first_name }}", "Grace") in readme
