"""The canonical form: what is laid out how, what is left alone, and that nothing is lost."""

import time
from pathlib import Path

import pytest

from rules import format_source, parse
from rules.parser import LARGEST, LONGEST_LINE

HERE = Path(__file__).parent
EXAMPLES = sorted(HERE.glob("examples/*.rules"))
CANONICAL = [path for path in EXAMPLES if path.stem != "09_lexical"]
HEAD = 'version 1\n\nrule "A":\n  for contact\n  when created\n\n'


def source(path):
    return path.read_text(encoding="utf-8")


def tidy(text):
    """The text in canonical form; its tree has to stay, and doing it again may change nothing."""
    done = format_source(text)
    assert done.findings == ()
    assert done.changed == (done.text != text)
    assert parse(done.text).findings == ()
    assert format_source(done.text).text == done.text
    return done.text


def body(*lines):
    """The canonical form of a rule's steps, without the indentation that all have."""
    text = tidy(HEAD + "".join(f"  {line}\n" for line in lines))
    assert text.startswith(HEAD)
    return [line.removeprefix("  ") for line in text.removeprefix(HEAD).split("\n")[:-1]]


@pytest.mark.parametrize("path", CANONICAL, ids=lambda path: path.stem)
def test_an_example_in_canonical_form_stays_as_it_is(path):
    assert not format_source(source(path)).changed


@pytest.mark.parametrize("path", [*EXAMPLES, HERE / "everything.rules"], ids=lambda path: path.stem)
def test_the_tree_of_an_example_stays(path):
    assert parse(tidy(source(path))).file == parse(source(path)).file


@pytest.mark.parametrize("path", sorted(HERE.glob("examples/bad/*.rules")), ids=lambda path: path.stem)
def test_a_file_with_mistakes_is_left_alone_and_they_are_said(path):
    text = source(path).replace("\n", " \r\n")
    errors = [finding for finding in parse(text).findings if finding.level == "Error"]
    done = format_source(text)
    assert list(done.findings) == errors
    assert done.changed == (not errors)
    assert errors == [] or done.text == text


def test_line_ends_blanks_and_the_version():
    text = '\ufeff\r\n\r\nRULE   "A" :\r\n   for contact \t\r\n   when created\r   stop'
    assert tidy(text) == HEAD + "  stop\n"


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n", "version 1", "  \n\t\nVERSION  1 \n\n"])
def test_a_file_of_nothing_has_its_version(text):
    assert tidy(text) == "version 1\n"


def test_words_in_lower_case_names_and_texts_as_they_are():
    lines = ['Set Line TO "A  B"', "SET To to NOW", 'If Record.If IS Not EMPTY AND Has Tag "X":', "  Stop"]
    assert body(*lines) == [
        'set Line to "A  B"',
        "set To to now",
        'if Record.If is not empty and has tag "X":',
        "  stop",
    ]


def test_blanks_between_words():
    assert body('if( a<5 and\tnot(b  is any of"x" ,"y" )  )  :', "    stop") == [
        'if (a < 5 and not (b is any of "x", "y")):',
        "  stop",
    ]


def test_clocks_and_units():
    assert body("wait 1 days 2 HOUR", "wait 01 hours", "wait 2.5 hour", "wait until Monday at 9:05") == [
        "wait 1 day 2 hours",
        "wait 01 hour",
        "wait 2.5 hours",
        "wait until monday at 09:05",
    ]


def test_the_head_in_its_order_with_the_comments_above_each_line():
    text = (
        'version 1\n\nrule "A":\n  # window\n  send only during business hours  # w\n\n  if already running, ignore\n'
        "  at most once per record\n  only while a is 1\n  only if b is 1\n"
        "\n  # first\n\n  # of two\n  every day at 9:00\n"
        '  only if a is 1\n  when created\n  for contact\n  about "x"\n  # step\n  send sms "x"\n'
    )
    assert tidy(text) == (
        'version 1\n\nrule "A":\n  about "x"\n  for contact\n  # first\n  # of two\n'
        "  every day at 09:00\n  when created\n"
        "  only if b is 1\n  only if a is 1\n  only while a is 1\n  at most once per record\n"
        "  if already running, ignore\n  # window\n  send only during business hours  # w\n\n"
        '  # step\n  send sms "x"\n'
    )


def test_empty_lines():
    lines = [
        "",
        "wait 1 day",
        "",
        "",
        "if a is 1:",
        "",
        "  stop",
        "",
        "# other",
        "",
        "else:",
        "",
        "  # c",
        "",
        "  stop",
    ]
    assert body(*lines) == [
        *("wait 1 day", "", "if a is 1:", "  stop", "# other", "else:"),
        *("  # c", "", "  stop"),
    ]


def test_one_empty_line_between_items():
    text = (
        'version 1\nsettings:\n  from line "A"\n\n\n# B\n\n# B2\nrule "B":\n  for lead\n  when created\n  stop\n'
        'test "T":\n\n  expect no sms\n# end\n'
    )
    assert tidy(text) == (
        'version 1\n\nsettings:\n  from line "A"\n\n# B\n\n# B2\nrule "B":\n  for lead\n  when created\n\n  stop\n\n'
        'test "T":\n  expect no sms\n\n# end\n'
    )


def test_comments_before_the_version_come_below_it():
    text = '#!top\n\n# more\nversion 1 #v\n#below\nsettings:\n  from line "A"\n'
    assert tidy(text) == ('version 1  # v\n\n# !top\n\n# more\n\n# below\nsettings:\n  from line "A"\n')


def test_comments_stand_in_the_block_that_they_are_indented_into():
    lines = ["if a is 1:", "     #odd", "    stop", "   # deeper", "# like else", "else:", "   stop", "      # last"]
    assert body(*lines) == [
        *("if a is 1:", "  # odd", "  stop", "# deeper", "# like else", "else:", "  stop", "  # last"),
    ]
    assert body("if a is 1:", "  stop", "", "  # in it", "", "# out", "  # still out", "wait 1 day") == [
        *("if a is 1:", "  stop", "", "  # in it", "", "# out", "# still out", "wait 1 day"),
    ]


def test_no_empty_line_before_else_but_one_may_part_a_comment_from_the_block_above():
    lines = ["if a is 1:", "  stop", "", "  # of the block", "", "# of else", "", "else:", "  stop"]
    assert body(*lines) == [*lines[:4], "# of else", "else:", "  stop"]


def test_comments_are_written_with_one_blank():
    assert body("#x", "#", "", "##  y", "####", "stop#z   ", "#\tt") == [
        *("# x", "#", "", "## y", "####", "stop  # z", "# t"),
    ]


def test_steps_that_are_commented_out_keep_their_blocks():
    assert body("#if a is 1:", "#  stop", "#", "#else:", "stop") == [
        *("# if a is 1:", "#   stop", "#", "# else:", "stop"),
    ]


def test_a_comment_that_accepts_a_warning_stays_on_its_line():
    assert body('send sms "#x"# allow R301') == ['send sms "#x"  # allow R301']


def test_long_texts_keep_everything_behind_their_bars():
    lines = [
        "send sms to a :# c",
        "    |x # y",
        "    | ",
        "    |",
        "  ",
        "",
        "    # no text",
        "    |   z  ",
        "    |\tt",
    ]
    assert body(*lines) == [
        *("send sms to a:  # c", "  | x # y", "  |", "  |", "", "  # no text", "  |   z  ", "  | \tt"),
    ]


def test_texts_are_not_touched():
    text = r'send sms "a \"  b\" \\ # c {{ x | Default("D  E")  }}{% IF  x %}  {% endif %}"'
    assert body(text.replace("send sms", "SEND\tsms")) == [text]


def test_signs_that_other_programs_take_for_line_ends_are_none():
    text = 'send sms "a\u2028b\x85c\x0bd\x0ce\0"'
    assert body(text, "# x\u2028y\x0cz\0", "stop") == [text, "# x\u2028y\x0cz\0", "stop"]


@pytest.mark.parametrize(
    "lines",
    [
        "\tfor contact\n\twhen created\n\tif a is 1:\n\t\tstop\n\telse:\n\t\twait 1 day\n",
        "  for contact\n\twhen created\n\tif a is 1:\n    stop\n  else:\n\t\twait 1 day\n",
        "    for contact\n\twhen created\n\tif a is 1:\n\t    stop\n\telse:\n\t\twait 1 day\n",
        "        for contact\n\twhen created\n    \tif a is 1:\n\t  stop\n        else:\n\t  wait 1 day\n",
    ],
)
def test_tabs_become_blanks(lines):
    assert tidy('rule "A":\n' + lines) == HEAD + "  if a is 1:\n    stop\n  else:\n    wait 1 day\n"


def test_a_tab_that_decides_the_block_is_not_guessed():
    text = HEAD + "  if a is 1:\n    stop\n\twait 1 day\n"
    done = format_source(text)
    assert (done.text, done.changed) == (text, False)
    assert [(finding.code, finding.line) for finding in done.findings] == [("R002", 9)]
    assert "how wide" in done.findings[0].message


def test_a_mistake_behind_a_tab_is_shown_where_it_was_written():
    text = HEAD + "\t\n\t# c\n  if a is 1:\n\t\tstp\n"
    done = format_source(text)
    assert done.text == text
    (finding,) = done.findings
    assert (finding.code, finding.line, finding.column) == ("R017", 10, 3)


def test_tabs_before_lines_that_belong_to_nothing_are_left_alone():
    text = "version 1\nthis\n  is\n\tnothing\n"
    done = format_source(text)
    assert done.text == text
    assert [(finding.code, finding.line) for finding in done.findings] == [("R022", 2)]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "  stop\n" + "#\n" * ((LARGEST - len(HEAD) - 8) // 2),
        HEAD + "  send sms:\n    |" + "x" * (LONGEST_LINE - 5) + "\n",
    ],
)
def test_a_file_that_would_grow_too_large_is_left_alone(text):
    larger = text.replace("#\n", "#x\n").replace("version 1\n", "")[: LARGEST - 1] + "\n"
    assert parse(larger).file.rules
    done = format_source(larger)
    assert (done.text, [finding.code for finding in done.findings]) == (larger, ["R001"])


LARGE = {
    "stops": lambda: filled(HEAD + "  stop\n", "  stop\n"),
    "long text": lambda: filled(HEAD + "  send sms:\n", "    |x\n"),
    "comments": lambda: filled(HEAD + "  stop\n", "    # x\n\n"),
    "tabs": lambda: filled('rule "A":\n\tfor contact\n\twhen created\n', "\tif a is 1:\n\t\t#\n\t\tstop\n"),
    "doubtful tabs": lambda: filled('rule "A":\n\tfor contact\n  when created\n', "\tstop\n  stop\n"),
}
MOST = 12
"""How many times as long as for 300 rules the largest file may take; the worst of these takes 4 times as long."""


def many_rules(number):
    rule = source(HERE / "examples/00_one_page.rules").partition('days before":')[2].partition("test")[0]
    return "version 1\n" + "".join(f'rule "R{index}":{rule}' for index in range(number))


def filled(head, line):
    """A file as large as it can be without growing too large when formatted."""
    return head + line * int((LARGEST * 0.75 - len(head)) // len(line))


@pytest.mark.parametrize("name", LARGE)
def test_the_largest_files_are_formatted_in_time(name):
    text, usual = LARGE[name](), many_rules(300)
    # Both in turn, the best of a few: the machine that tests has other work as well.
    assert any(seconds_to_format(text) < MOST * seconds_to_format(usual) for _ in range(3))


def seconds_to_format(text):
    began = time.process_time()
    assert format_source(text).findings == ()
    return time.process_time() - began
