"""What people get wrong about texts: quotes, bars and placeholders."""

from __future__ import annotations

import re

from rules.errors.finding import Mistake
from rules.errors.situation import Situation, indent_of
from rules.syntax import Place

_LONG_FORM = (
    'Close it with ", or, for a message of several lines, end the first line with a colon and\n'
    "begin each line of the message with a bar:\n\n"
    "    send sms:\n      | Hello {{ first_name }},\n      | see you soon."
)


def open_placeholder(at: Situation) -> Mistake | None:
    """A `{{` without `}}` in a text of this line: the text ended where nobody meant it to."""
    opened = at.text.rfind("{{", 0, at.column)
    if opened < 0 or '"' not in at.text[:opened] or "}}" in at.text[opened : at.column - 1]:
        return None
    if not at.word or (at.word.startswith('"') and "}}" not in at.text[opened:]):
        return None
    return Mistake(
        "R105",
        Place(at.trouble.line, opened + 1, 2),
        "This placeholder is not closed.",
        "Write it with two braces on both sides, for example {{ first_name }}.",
    )


def open_quote(at: Situation) -> Mistake | None:
    """A quote that nothing closes on its line."""
    if at.word.startswith('"') and at.kind != "STRING":
        return at.mistake("R005", "This text has no closing quote on its line.", _LONG_FORM, length=1)
    return None


def stray_quote(at: Situation) -> Mistake | None:
    """Something directly behind a text: a quote inside it that should have a backslash."""
    glued = at.text[at.column - 2 : at.column - 1] == '"' and at.trouble.before and at.trouble.before.type == "STRING"
    if glued and at.word and at.word not in ":,)" and at.text.count('"') % 2 == 0:
        return at.mistake(
            "R005",
            "The text ends at the quote before this word.",
            'A quote inside a text is written with a backslash:  \\"',
        )
    return None


def other_quotes(at: Situation) -> Mistake | None:
    """Curly or single quotes."""
    if at.kind or at.text[at.column - 1 : at.column] not in tuple("“”„‟«»‘’‚'`"):
        return None
    return at.mistake(
        "R005",
        "Texts stand between straight double quotes.",
        'Write "..." in place of these quotes.',
        length=1,
    )


def template_outside(at: Situation) -> Mistake | None:
    """A placeholder where no text is."""
    if at.kind or at.text[at.column - 1 : at.column] != "{":
        return None
    name = re.match(r"\{+\s*([\w.\[\]]*)", at.after)
    advice = f"Write the name alone:  {name[1]}" if name and name[1] else "Put it into a text in quotes."
    if at.expects("STRING") and not at.expects("PATH"):
        advice = f'Put it into quotes:  "{at.after.split("}}")[0]}}}}}"' if "}}" in at.after else advice
    return at.mistake("R021", "{{ }} is only read inside a text.", advice, length=2)


def bar_missing(at: Situation) -> Mistake | None:
    """A line of a long text without its bar."""
    if at.trouble.expected != {"BAR"} and not ("BAR" in at.trouble.expected and at.begins_line):
        return None
    return at.line_mistake(
        "R005",
        "Each line of a long text begins with a bar.",
        f"Write:  | {at.text.strip()}",
        len(at.text.strip()),
    )


def bar_outside(at: Situation) -> Mistake | None:
    """A bar where no long text was opened."""
    if at.kind != "BAR" and not (at.kind == "_INDENT" and at.after.startswith("|")):
        return None
    above = at.lines[at.above - 1].strip() if at.above else ""
    if above.startswith("|"):
        return at.line_mistake(
            "R004",
            "The lines of a long text stand one below the other.",
            f"Begin the bar as far from the left as in line {at.above}.",
            1,
        )
    if indent_of(at.text) > indent_of(at.lines[at.above - 1] if at.above else "") and not above.endswith(":"):
        line = at.lines[at.above - 1]
        return Mistake(
            "R014",
            Place(at.above, len(line.rstrip()) + 1, 1),
            "A colon is missing at the end of this line.",
            "A long text stands below a line such as  send sms:  and the colon says so.",
        )
    return at.line_mistake(
        "R004",
        "A line with a bar belongs to a long text, and no long text is open here.",
        "Put it below a line such as  send sms:  and indent it further than that line.",
    )


def text_missing(at: Situation) -> Mistake | None:
    """Words where a text in quotes has to stand."""
    if not at.expects("STRING") or not at.word or at.expects("PATH") or at.word[0] in '"|:,)':
        return None
    words = re.match(r"[^:\"]*", at.after)
    plain = (words[0] if words else at.word).strip()
    rest = at.after[len(words[0]) :] if words else ""
    if rest.startswith('"'):
        message = "The text in quotes stands directly here."
        return at.mistake("R025", message, f"Write:  {at.before} {rest}", length=len(plain) or 1)
    return at.mistake("R005", "A text stands in quotes.", f'Write:  "{plain}"', length=len(plain) or 1)
