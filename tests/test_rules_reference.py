"""The reference of the language leaves nothing out, and every form that it shows can be read."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lark import Lark, Token

import rules
from flexie import consent, schedules, starting
from flexie.models import Settings
from rules import allowlist, checker, indenter, parser, patterns, sandbox, templates, twig
from rules.checks import data, flow
from rules.indenter import RulesIndenter
from rules.reader import STARTS
from rules.tree import values
from rules.words import grammar

PAGE = (Path(__file__).parents[1] / "docs" / "rules-reference.md").read_text("utf-8")
SECTIONS = {
    part.partition("\n")[0].lstrip("# "): part.partition("\n")[2] for part in re.split(r"^##+ ", PAGE, flags=re.M)
}
RULE = 'rule "A":\n  for contact\n  when created\n'
LAYOUT = {"_NL", "_INDENT", "_DEDENT"}
STANDS_FOR = {
    "NAME": ['"Ana"'],
    "LINE": ['"Main"'],
    "RULE": ['"A"'],
    "TEXT": ['"Hello"'],
    "TAG": ['"vip"'],
    "PATTERN": ['"YES*"'],
    "FIELD": ["city", "invoices[0].name", "record.status"],
    "KIND": ["contact", "lead", "account", "deal", "case"],
    "NUMBER": ["5"],
    "TIME": ["09:00"],
    "DATE": ["2026-12-24"],
    "DAY": ["monday", "weekday"],
    "LENGTH": ["10 minutes", "1 hour 30 minutes"],
    "WORD": ["words"],
}
TABLES = ("VALUE", "AHEAD", "SOMEBODY")
BELOW = {
    "send": "| Hello",
    "notify": "| Hello",
    "create": 'set city to "x"',
    "wait": "on no reply:\n      stop",
    "given": 'city is "x"',
}


def rows(section):
    """The cells of the rows of a section's tables, without their heads."""
    for line in SECTIONS[section].splitlines():
        if line.startswith("| ") and not re.match(r"\| ?-", line):
            yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def shown(section):
    """What stands in code in the first column."""
    return [cells[0].strip("`") for cells in rows(section) if cells[0].startswith("`")]


def table_of(word):
    """The forms in the table whose head begins with this word."""
    table = re.search(rf"^\| {word} \|.*\n\|.*\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return re.findall(r"^\| `(.*?)` \|", table[1], re.MULTILINE)


def written(form):
    """The form written out: with and without what may be left out, with one and more, with all that words stand for."""
    optional = re.search(r" \[([^\[\]]*)\]", form)
    if optional and not optional[1].isdigit():
        before, after = form[: optional.start()], form[optional.end() :]
        return written(before + after) + written(f"{before} {optional[1]}{after}")
    if more := re.search(r"(\w+), \.\.\.", form):
        return written(form.replace(more[0], more[1])) + written(form.replace(more[0], f"{more[1]}, {more[1]}"))
    if found := re.search(r"\b(CONDITION|MOMENT|" + "|".join([*STANDS_FOR, *TABLES]) + r")\b", form):
        return [
            text
            for meant in meanings(found[1])
            for text in written(form[: found.start()] + meant + form[found.end() :])
        ]
    return [form]


def meanings(word):
    if word == "CONDITION":
        return ["city is empty"]
    if word == "MOMENT":
        return table_of("VALUE")[-6:]
    return STANDS_FOR.get(word) or [text for form in table_of(word) for text in written(form)]


def below(text):
    """A line of a rule or test, with what has to stand below it."""
    if not text.endswith(":"):
        return f"  {text}\n"
    block = f"  {text}\n    {BELOW.get(text.split()[0], 'stop')}\n"
    return f"  if city is empty:\n    stop\n{block}" if text.startswith("else") else block


def item(text):
    if text.startswith(("version", "#")):
        return f"{text}\n"
    within = {
        "rule": "  for contact\n  when created\n  stop\n",
        "test": "  sms delivered\n",
        "settings:": "  mobile field m\n",
    }
    return f"{text}\n{within[text.split()[0]]}"


def head(text):
    others = "" if text.startswith("for ") else "  for contact\n"
    return f'rule "A":\n{others}  when created\n  {text}\n  stop\n'


def question(text):
    return f"{RULE}  wait for reply up to 1 day:\n    {text}\n      stop\n"


def script(text):
    if re.match(r"(FIELD|city|invoices|record|has tag)\b", text):
        return f'test "T":\n  given contact:\n    {text}\n'
    return f'test "T":\n{below(text)}'


WHERE = {
    "File": item,
    "Settings": lambda text: f"settings:\n  {text}\n",
    "Head of a rule": head,
    "Triggers": lambda text: f'rule "A":\n  for contact\n  {text}\n  stop\n',
    "Conditions": lambda text: head(f"only if {text}"),
    "Steps": lambda text: RULE + below(text),
    "Questions": question,
    "Lines of tests": script,
}
STEP_FORMS = [form for form in shown("Steps") if form not in table_of("SOMEBODY")]
FORMS = [(section, form) for section in WHERE for form in (STEP_FORMS if section == "Steps" else shown(section))]


def files(section, form):
    return [("" if text.startswith("version") else "version 1\n") + WHERE[section](text) for text in written(form)]


def errors(text):
    return [found.render(text) for found in rules.parse(text).findings]


@pytest.mark.parametrize(("section", "form"), FORMS)
def test_every_form_can_be_read(section, form):
    assert [found for text in files(section, form) for found in errors(text)] == []


@cache
def reader():
    """The grammar without a tree builder: it tells which of its lines were used."""
    how = {"parser": "lalr", "lexer": "contextual", "keep_all_tokens": True, "maybe_placeholders": False}
    return Lark(grammar(), postlex=RulesIndenter(), start=list(STARTS), propagate_positions=True, **how)


def lines_of_the_grammar():
    """Each way to write each construct: its name, and the words and parts that it must have."""
    inlined = {line.origin.name for line in reader().rules if line.options.expand1 or line.origin.name[0] == "_"}
    for line in reader().rules:
        name = line.alias or line.origin.name
        if name[0] != "_" and (line.alias or not line.options.expand1):
            words = {part.name for part in line.expansion if part.is_term} - LAYOUT
            others = {part.name for part in line.expansion if not part.is_term} - inlined
            yield name, frozenset(words | others if words else ())


def lines_used():
    """The same for what the forms of the page are, without the files around them."""
    for section, form in FORMS:
        for text in written(form):
            around = WHERE[section](text)
            start = re.match(r"\w*", around)[0]
            if start:
                row = around[: around.index(text)].count("\n") + 1
                column = around.index(text) - (around.rfind("\n", 0, around.index(text)) + 1) + 1
                for part in reader().parse(around, start=start).iter_subtrees():
                    if part.meta.line == row and part.meta.column >= column:
                        yield part.data, {one.type if isinstance(one, Token) else one.data for one in part.children}


def test_no_line_of_the_grammar_is_left_out():
    used = {}
    for name, parts in lines_used():
        used.setdefault(str(name), []).append(parts)
    missing = [
        (name, sorted(need))
        for name, need in lines_of_the_grammar()
        if not any(need <= has for has in used.get(name, []))
    ]
    assert missing == []


def test_comparisons_and_kinds_and_units_are_all_there():
    assert set(re.findall(r"[` ]([<>]=?)[` ]", SECTIONS["Conditions"])) == {"<", "<=", ">", ">="}
    assert "seconds, minutes, hours, days, weeks, months" in PAGE
    assert set(STANDS_FOR["KIND"]) == set(
        re.findall(r"`(\w+)`", next(line for line in PAGE.splitlines() if "| KIND |" in line))
    )


@pytest.mark.parametrize("cells", [row for row in rows("Patterns") if row[3].startswith("`")])
def test_patterns_match_what_the_table_says(cells):
    pattern, matching, other = (cell.strip("`") for cell in cells[2:])
    assert patterns.matches(pattern, matching)
    assert not patterns.matches(pattern, other)
    assert errors(f'version 1\nrule "A":\n  for contact\n  when incoming sms matches "{pattern}"\n  stop\n') == []


def test_the_names_of_data_are_those_that_the_checker_knows():
    told = {name.removeprefix("__data."): set(re.findall(r"`(\w+)`", holds)) for name, holds in
            ((cells[0].strip("`"), cells[2]) for cells in rows("Variables") if cells[0].startswith("`"))}  # fmt: skip
    known = {name: set(keys or ()) for name, keys in flow._STARTED_BY.values()}
    known |= {"reply": set(flow.INCOMING), "created": {"id"}, "__entity_inserted_id": set(), "WORD": set()}
    assert told == known
    assert set(data._FILLED_BY) == set(known) - {"WORD"}


NOW = datetime(2030, 1, 7, 10, 5, 9, tzinfo=UTC)
RECORD = {"first_name": "Ana", "nickname": None, "invoices": [{"name": "INV-1"}, {"name": "INV-2"}]}


@pytest.mark.parametrize(
    ("example", "prints"),
    [
        cells[1:]
        for section in ("Filters", "Tests", "Signs and blocks")
        for cells in rows(section)
        if cells[1][0] == "`"
    ],
)
def test_placeholders_print_what_the_tables_say(example, prints):
    assert templates.render(example.strip("`"), RECORD, now=NOW, zone=ZoneInfo("UTC")).strip() == prints


def test_no_filter_test_function_or_fact_of_a_loop_is_left_out():
    assert shown("Filters") == list(twig.FILTERS)
    assert {form.removeprefix("is ") for form in shown("Tests")} == {"defined", *twig.TESTS}
    assert {form.partition("(")[0] for form in shown("Functions")} == set(allowlist.FUNCTIONS)
    assert set(re.findall(r"`loop\.(\w+)`", SECTIONS["Signs and blocks"])) == sandbox._LOOP_FACTS


def test_no_part_that_a_placeholder_may_have_is_left_out():
    examples = " ".join(
        cells[1].strip("`") for name in ("Filters", "Tests", "Signs and blocks") for cells in rows(name)
    )
    tree = templates._SANDBOX.parse(examples)
    seen = {type(part) for part in (tree, *tree.find_all(object))}
    assert {*allowlist._HARMLESS, *allowlist._SPECIAL} - seen == set()


@pytest.mark.parametrize("form", shown("Functions"))
def test_functions_can_be_called_as_shown(form):
    assert templates.problem(f"{{{{ {form.replace('FIELD', 'birthday')} }}}}") is None


def test_letters_of_dates_write_what_the_table_says():
    told = {cells[0].strip("`"): cells[2] for cells in rows("Letters of dates") if cells[0].startswith("`")}
    assert told == {letter: twig.formatted(NOW, letter, ZoneInfo("UTC")) for letter in twig._LETTERS}


def test_signs_of_the_table_are_those_that_texts_take():
    assert errors(f'version 1\n{RULE}  send sms "a\\"b\\\\c\\nd {{# e #}}"\n') == []
    assert shown("Texts") == ['"..."', "| ...", "{{ ... }}", "{% ... %}", "{# ... #}"]


def test_the_limits_are_those_of_the_code():
    columns = Settings.__table__.columns
    burst, a_day = columns.most_of_rule.default.arg, columns.most_to_number.default.arg
    periods = (consent.caps.RULE_PERIOD.seconds, consent.caps.NUMBER_PERIOD.days, starting.BRAKE_PERIOD.seconds)
    assert periods == (600, 1, 600)
    assert [tuple(cells) for cells in rows("Limits")][1:] == [
        ("a file", f"{parser.LARGEST // 1024} KB"),
        ("a line", f"{parser.LONGEST_LINE:,} characters"),
        ("a text, filled in", f"{templates.LONGEST_TEXT:,} characters"),
        ("a text, as written", f"{templates.LONGEST_SOURCE:,} characters"),
        ("a pattern", f"{patterns.LONGEST_PATTERN} characters"),
        ("placeholders in a file", f"{checker.MOST_PLACEHOLDERS:,}"),
        ("blocks, brackets and `not`s inside each other", f"{indenter.DEEPEST}"),
        ("each part of a length of time", f"{values._LONGEST_AMOUNT:,}"),
        ("what one filter prints", f"{twig.LONGEST_VALUE:,} characters"),
        ("findings shown of a file", f"{checker.MOST_FINDINGS}"),
        ("texts from one rule to one number in 10 minutes", f"{burst}"),
        ("automatic texts to one number in a day", f"{a_day}"),
        ("the same words to one number by rules", f"once in {consent.SAME_TEXT.seconds} seconds"),
        ("events caused by rules, one after the other", f"{starting.DEEPEST_CHAIN}"),
        ("event starts of one rule in 10 minutes, before it pauses", f"{columns.starts_before_pause.default.arg}"),
        ("starts an hour of one schedule", f"{columns.starts_per_hour.default.arg:,}"),
        ("lateness of a moment or a schedule", f"{schedules.TOO_LATE.seconds // 3600} hour"),
    ]
