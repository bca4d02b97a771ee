"""From a tree back to its text: nothing is lost on the way there and back."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Level, format_source, parse, syntax
from rules.writing import write_file, write_rule

from .random_files import random_file, seeded

HERE = Path(__file__).parent
FILES = [*sorted(HERE.glob("examples/*.rules")), HERE / "everything.rules"]


def read(text: str) -> syntax.File:
    parsed = parse(text)
    assert not [found for found in parsed.findings if found.level is Level.ERROR], text
    return parsed.file


def there_and_back(file: syntax.File) -> str:
    """Tree to JSON to tree to text to tree, each the same."""
    stored = json.loads(json.dumps(syntax.to_json(file)))
    written = write_file(syntax.from_json(stored))
    assert read(written).items == file.items
    assert format_source(written).text == written
    return written


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_examples_come_back(path: Path) -> None:
    """Every line comes back, but for comments and empty lines; the order of settings is not part of a tree."""
    canonical = format_source(path.read_text()).text
    lines = [line.partition("  #")[0] for line in canonical.splitlines() if line and not line.lstrip().startswith("#")]
    assert sorted(filter(None, there_and_back(read(canonical)).splitlines())) == sorted(lines)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_any_file_comes_back(seed: int) -> None:
    source = format_source(random_file(seeded(seed), items=2))
    if not source.findings:
        there_and_back(read(source.text))


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "\\",
        "a\nb",
        '{{ x | default("a") }}',
        '\\{{ "q" }}"',
        "{# a \\ #}",
        "{{ open",
        "}}",
        "{% if x %}\\n{% endif %}",
    ],
)
@pytest.mark.parametrize("long", [False, True])
def test_odd_texts_come_back(words: str, long: bool) -> None:
    steps = (syntax.SendSms(syntax.Text(words, long)), syntax.SetField(syntax.Field("a"), syntax.Text(words)))
    rule = syntax.Rule("R", syntax.ForKinds(("contact",)), (syntax.Created(),), steps)
    (back,) = parse(write_rule(rule)).file.rules
    assert back == rule


@pytest.mark.parametrize("step", [syntax.Created(), syntax.Is(syntax.Field("a"), syntax.Now()), syntax.File()])
def test_what_stands_where_it_cannot_is_refused(step: syntax.Node) -> None:
    rule = syntax.Rule("R", syntax.ForKinds(("contact",)), (syntax.Created(),), (step,))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="no words"):
        write_rule(rule)
