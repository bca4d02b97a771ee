"""Random files of rules, made from the grammar itself: valid ones in any layout, and damaged ones.

Everything is decided by the `random.Random` that is passed, so that a seed gives the same file again.
"""

import random
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rules.reader import _lark

DEEPEST = 9
"""Below so many rules of the grammar inside each other, the shortest way to an end is taken."""

ONCE_IN_A_HEAD = ("about", "only_while", "at_most", "already", "send_only")
NAMES = ("first_name", "Status", "x", "invoices[0].name", "record.if", "record.To", "__data.reply.text", "a_1", "Line2")
ODD_NAMES = ("line", "Tag", "to", "IF", "record.new", "days", "Monday", "sms", "Rule", "is")
TEXTS = ("x", "Hi {{ first_name }}", "a # b", r"\" \\ \n", '{{ x | default("c: D") }}', "{% if X %}, (y) {% endif %}",
         "  two  blanks ", "9:00 and 1 Days", "Grüße 👍 да", "| bar", "'", "{ 5%", "a\u2028b\x0b")  # fmt: skip
PATTERNS = ("YES*", "?", r"5\*", r"\\x\?", r"\"q\"", "[a]{b}", "  A  B ", "# no")
BARS = (
    "",
    " ",
    " Hi {{ first_name }},",
    "close",
    "   inset",
    " end  ",
    " # no comment",
    ' "quoted" \\',
    "\ttab",
    " a\u2028b",
)
COMMENTS = (
    "",
    " x",
    "x",
    "   inset",
    "## ruler",
    " allow R301",
    ' "open',
    " | bar",
    ' rule "A":',
    "\tt  ",
    "é\x0c",
    "  stop",
)
DATES = ("2026-12-24", "2028-02-29", "2030-01-07")
LINE_ENDS = ("\n", "\n", "\r\n", "\r")
GLUED = {"_COLON", "_COMMA", "_LPAR", "_RPAR", "COMPARE"}


class Word(NamedTuple):
    """A terminal of the grammar with its text."""

    kind: str
    text: str


@lru_cache(maxsize=1)
def expansions():
    """For each rule of the grammar the sequences that it stands for."""
    found = defaultdict(list)
    for rule in _lark().rules:
        found[rule.origin.name].append(tuple(symbol.name for symbol in rule.expansion))
    return dict(found)


@lru_cache(maxsize=1)
def heights():
    """For each rule of the grammar how many rules stand inside each other in its lowest tree."""
    known = {}
    while len(known) < len(expansions()):
        for name, choices in expansions().items():
            reached = [height(choice, known) for choice in choices if all(known_or_terminal(s, known) for s in choice)]
            if reached and name not in known:
                known[name] = min(reached) + 1
    return known


def known_or_terminal(symbol, known):
    return symbol not in expansions() or symbol in known


def height(choice, known):
    return max((known.get(symbol, 0) for symbol in choice), default=0)


def random_words(rng, items=3):
    """The terminals of a valid file with up to so many items besides `version` and `settings`."""
    words = list(derive("version", rng)) if rng.random() < 0.7 else []
    parts = [settings(rng)] if rng.random() < 0.3 else []
    for number in range(rng.randint(1, items)):
        parts.append(rule(f"R{number}", rng) if rng.random() < 0.7 else list(derive("test", rng)))
    rng.shuffle(parts)
    return words + [word for part in parts for word in part]


def settings(rng):
    """The terminals of a block of settings: each line at most once, in any order."""
    lines = rng.sample(expansions()["setting"], rng.randint(1, 3))
    inner = [list(derive(part, rng, parent="setting")) for line in lines for part in line]
    opened = [Word("_SETTINGS", "settings"), Word("_COLON", ":"), Word("_NL", ""), Word("_INDENT", "")]
    return [*opened, *(word for part in inner for word in part), Word("_DEDENT", "")]


def rule(name, rng):
    """The terminals of a rule with this name; its head is in any order."""
    head = [list(derive("for_kinds", rng))]
    head += [list(derive(rng.choice(("trigger", "trigger", "every")), rng)) for _ in range(rng.randint(1, 3))]
    head += [list(derive("only_if", rng)) for _ in range(rng.choice((0, 0, 1, 2)))]
    head += [list(derive(line, rng)) for line in ONCE_IN_A_HEAD if rng.random() < 0.3]
    rng.shuffle(head)
    steps = [list(derive("step", rng)) for _ in range(rng.randint(1, 4))]
    optional = [list(derive(part, rng)) for part in ("formerly", "off") if rng.random() < 0.2]
    return [
        *(Word("_RULE", "rule"), Word("STRING", f'"{name} {rng.choice(TEXTS)}"')),
        *(word for part in optional for word in part),
        *(Word("_COLON", ":"), Word("_NL", ""), Word("_INDENT", "")),
        *(word for line in head + steps for word in line),
        Word("_DEDENT", ""),
    ]


def derive(symbol, rng, depth=0, parent="", before=""):
    """The terminals of one random sentence for a symbol of the grammar."""
    if symbol not in expansions():
        yield Word(symbol, terminal(symbol, rng, parent, before))
        return
    if symbol.startswith("__duration"):
        yield from duration(rng)
        return
    choices = expansions()[symbol]
    if symbol == "kind" and parent in ("create", "create_with", "given"):
        choices = [choice for choice in choices if choice[0] != "_UNKNOWN"]
    if depth > DEEPEST:
        choices = [choice for choice in choices if height(choice, heights()) == heights()[symbol] - 1]
    last = ""
    for part in rng.choice(choices):
        inner = parent if symbol.startswith("__") else symbol
        # A field right behind `set` or `change` may have any name: nothing else can stand there.
        yield from derive(part, rng, depth + 1, f"{last}_field" if part == "field" and last == "_SET" else inner, last)
        last = part


def duration(rng):
    for _ in range(rng.choice((1, 1, 1, 2))):
        unit = rng.choice(("second", "minute", "hour", "day", "week", "month"))
        amounts = ("1", "2", "30", "01", "0") + (("2.5", "1.0") if unit in ("second", "minute", "hour") else ())
        yield Word("NUMBER", rng.choice(amounts))
        yield Word("UNIT", unit + rng.choice(("", "s")))


def terminal(symbol, rng, parent, before):
    """The text of a terminal, by the rule of the grammar that it stands in and the symbol before it."""
    if symbol.startswith("_"):
        marks = {"_COLON": ":", "_COMMA": ",", "_LPAR": "(", "_RPAR": ")", "_NL": "", "_INDENT": "", "_DEDENT": ""}
        return marks.get(symbol, symbol[1:].lower())
    if symbol == "NUMBER":
        numbers = {"version": ("1",), "how_often": ("1", "3", "12"), "monthly": ("1", "31")}
        return rng.choice(numbers.get(parent, ("5", "2.5", "007", "0")))
    if symbol == "PATH":
        names = {"remember": ("x", "Reply", "to"), "field": NAMES}
        return rng.choice(ODD_NAMES if parent == "set" or before == "_SET" else names.get(parent, NAMES + ODD_NAMES))
    if symbol == "STRING":
        return f'"{rng.choice(PATTERNS if parent == "pattern" else TEXTS)}"'
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekday")
    others = {
        "DATE": DATES,
        "CLOCK": ("9:00", "09:30", "23:59", "0:05"),
        "COMPARE": ("<", "<=", ">", ">="),
        "DAY": days,
    }
    return f"|{rng.choice(BARS)}" if symbol == "BAR" else rng.choice(others[symbol])


def lay_out(words, rng, *, remarks=True, line_end="\n", tabs=False):
    """A text of these terminals in a random layout; with remarks there are comments and empty lines as well."""
    rows, columns, line = [], [0], []
    for word in words:
        if word.kind == "_INDENT":
            columns.append(columns[-1] + (1 if tabs else rng.randint(1, 5)))
        elif word.kind == "_DEDENT":
            columns.pop()
        elif word.kind == "_NL":
            if remarks:
                rows.extend(rows_above(rng, tabs))
            rows.append(("\t" if tabs else " ") * columns[-1] + row(line, rng, remarks))
            line = []
        else:
            line.append(word)
    rows.extend(rows_above(rng, tabs) if remarks else [])
    return line_end.join(rows) + rng.choice(("", line_end))


def rows_above(rng, tabs):
    while rng.random() < 0.2:
        if rng.random() < 0.5:
            yield rng.choice(("", "", "  ", "\t"))
        else:
            yield ("\t" if tabs else " ") * rng.choice((0, 0, 1, 2, 3, 4, 9)) + "#" + rng.choice(COMMENTS)


def row(words, rng, remarks):
    if words[0].kind == "BAR":
        return words[0].text
    parts = [in_any_case(words[0], rng)]
    for before, word in pairwise(words):
        tight = before.kind in GLUED or word.kind in GLUED
        parts.append(rng.choice(("", " ", "  ") if tight else (" ", " ", "   ", "\t ")))
        parts.append(in_any_case(word, rng))
    if remarks and rng.random() < 0.1:
        parts.append(rng.choice(("", " ", "\t")) + "#" + rng.choice(COMMENTS))
    return "".join(parts) + rng.choice(("", "", "  ", "\t"))


def in_any_case(word, rng):
    if word.kind.startswith("_") or word.kind in ("DAY", "UNIT"):
        return rng.choice((word.text, word.text, word.text.upper(), word.text.title()))
    return word.text


def random_file(rng, items=3):
    """A valid file in a random layout. In one of eight, lines are indented with tabs, which Format repairs."""
    text = lay_out(random_words(rng, items), rng, line_end=rng.choice(LINE_ENDS), tabs=rng.random() < 0.125)
    return rng.choice(("", "", "\ufeff")) + text


def damaged(text, rng):
    """The text with some characters and lines missing, doubled, swapped or put in."""
    for _ in range(rng.randint(1, 4)):
        pieces = list(text) if rng.random() < 0.6 else text.splitlines(keepends=True)
        if pieces:
            harm(pieces, rng)
        text = "".join(pieces)
    return text


def harm(pieces, rng):
    first, second = rng.randrange(len(pieces)), rng.randrange(len(pieces))
    kind = rng.choice(("drop", "double", "swap", "put in", "cut"))
    if kind == "drop":
        del pieces[first]
    elif kind == "double":
        pieces.insert(second, pieces[first])
    elif kind == "swap":
        pieces[first], pieces[second] = pieces[second], pieces[first]
    elif kind == "put in":
        pieces.insert(
            first, rng.choice(('"', ":", "|", "#", "\t", "\n", " ", "{{", "}}", "(", "\\", "\0", "\ufeff", "1", "not "))
        )
    elif len(pieces) > 4:
        del pieces[min(first, second) : min(first, second) + 3]


def random_text(rng, length=400):
    """Any characters, mostly such as rules are made of."""
    signs = 'aeix _.:,()"|#{}%\\\n\n  \t09<=>[]*?é\u2028\0\r😀'
    words = (
        'rule "A":\n',
        "  for contact\n",
        "  when created\n",
        "  send sms ",
        "if ",
        " is ",
        "not ",
        "{{ ",
        " }}",
        '"',
    )
    return "".join(rng.choice(words) if rng.random() < 0.2 else rng.choice(signs) for _ in range(rng.randrange(length)))


def seeded(seed):
    """A source of randomness for this seed."""
    return random.Random(seed)
