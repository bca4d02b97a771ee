"""What people get wrong about whole lines: unknown steps, lines in the wrong part, words of later versions."""

from __future__ import annotations

import re

from rules.errors.finding import Mistake
from rules.errors.situation import (
    Situation,
    first_word,
    head_words,
    indent_of,
    script_words,
    setting_words,
    step_words,
)
from rules.errors.spelling import nearest

# Words of other tools, and what does the same here.
_HERE_WRITTEN = {
    word: written
    for written, words in {
        'send sms "..."': "text sms message reply respond answer",
        "wait 10 minutes": "sleep delay pause",
        "wait until ...": "until",
        "set FIELD to ...": "update",
        'remember NAME as "..."': "store let var",
        'add tag "..."': "tag label",
        'remove tag "..."': "untag delete",
        'create case "..."': "new open",
        'assign to group "..."': "escalate",
        'notify group "..." "..."': "alert tell email inform",
        "stop": "exit end quit return break finish",
        "do nothing": "skip nothing pass",
        "set allow_sms to no": "unsubscribe opt optout mute block",
        "else if ...:": "elif elsif elseif",
        "else:": "otherwise",
        "if not ...:": "unless",
        "when ...": "trigger",
        'start rule "..."': "run",
        'call webhook "..."': "webhook post",
        'about "..."': "description",
        "at most once per 1 day": "limit",
        "only if ...": "condition where and",
    }.items()
    for word in words.split()
}
_LOOPS = {"loop", "repeat", "while", "foreach", "goto"}
_RESERVED = re.compile(
    r"cancel\s+rule|ask\s+again|wait\s+for\s+delivery|if\s+already\s+running\s*,\s*queue|active\s+from"
    r"|when\s+(?:tag\b.*\bis\s+(?:added|removed)|tag\s+\")|send\s+(?:whatsapp|e-?mail|template)",
    re.IGNORECASE,
)


_LATE = re.compile(r"if already running|send only")
_TESTS_WRITTEN = {
    "wait": "after 10 minutes",
    "sleep": "after 10 minutes",
    "receive": 'incoming sms "..."',
    "reply": 'incoming sms "..."',
    "text": 'incoming sms "..."',
    "send": 'incoming sms "..."',
    "set": "change FIELD to ...",
    "update": "change FIELD to ...",
    "assert": "expect ...",
    "check": "expect ...",
    "then": "expect ...",
    "when": 'incoming sms "..."',
    "time": "clock is 2030-01-07 at 10:00",
    "now": "clock is 2030-01-07 at 10:00",
}
_SETTINGS_WRITTEN = {
    "timezone": 'time zone "Europe/London"',
    "tz": 'time zone "Europe/London"',
    "zone": 'time zone "Europe/London"',
    "line": 'from line "..."',
    "sender": 'from line "..."',
    "phone": "mobile field ...",
}


def reserved(at: Situation) -> Mistake | None:
    """A statement whose words are kept for a later version."""
    found = _RESERVED.match(at.text.strip())
    if found is None:
        return None
    words = found[0].removesuffix('"').strip()
    return at.line_mistake(
        "R026",
        f'"{words}" is not available yet in this version.',
        "Its words are kept for a later version; leave the line out for now.",
        len(words),
    )


def head_line_late(at: Situation) -> Mistake | None:
    """A line of the head below the first step."""
    late = _LATE.match(at.statement) if at.before.lower() in ("send", "if already") else None
    word = late[0] if late else first_word(at.text).lower()
    shown = "at most" if at.statement.startswith("at most") else word
    if at.start != "rule" or at.expects(*(f"_{name.upper()}" for name in head_words())):
        return None
    if not (late or (at.begins_line and word in head_words())):
        return None
    return at.line_mistake(
        "R012",
        f'"{shown}" stands among the steps. It belongs at the top of the rule.',
        "A rule first says when it runs (about, for, when, only if, at most ...), then what it does.",
        len(shown),
    )


def message_first(at: Situation) -> Mistake | None:
    """`send sms to mobile "Hello"`: the text stands behind where it goes."""
    moved = re.match(r"(send\s+sms)\s+((?:to|from\s+line)\s+.*)$", at.before, re.IGNORECASE)
    if at.kind != "STRING" or moved is None:
        return None
    return at.mistake(
        "R024",
        "The message comes first, then where it goes.",
        f"Write:  send sms {at.word} {moved[2]}",
    )


def sms_missing(at: Situation) -> Mistake | None:
    """`send "Hello"`."""
    if at.before.lower() != "send" or at.kind != "STRING":
        return None
    return at.mistake("R025", 'The word "sms" is missing here.', f"Write:  send sms {at.after}")


def test_text(at: Situation) -> Mistake | None:
    """`expect "Hello"` and `sms "Hello"` in a test."""
    written = {"expect": "expect sms", "sms": "incoming sms", "expect nothing": "expect no sms"}.get(at.before.lower())
    if at.start != "test" or written is None or at.kind not in ("STRING", "_NL"):
        return None
    if at.kind == "_NL" and written != "expect no sms":
        return None
    message = "This line of a test is not complete."
    return at.mistake("R025", message, f"Write:  {written} {at.after}".rstrip())


def somebody_first(at: Situation) -> Mistake | None:
    """`notify "Hello" ...`: who is told comes first."""
    if at.kind != "STRING" or not at.expects("_USER", "_GROUP", "_OWNER"):
        return None
    return at.mistake(
        "R024",
        "First comes who, then the text.",
        'Write  user "...", group "..."  or  owner  before it.',
    )


def loop(at: Situation) -> Mistake | None:
    """A word for doing things again."""
    word = first_word(at.text).lower()
    looping = at.begins_line and word in _LOOPS
    if at.start == "test" or not (looping or at.statement.startswith("for each")):
        return None
    return at.line_mistake(
        "R017",
        "There are no loops in the language: every rule ends by itself.",
        "Write the steps one below the other, or let a second rule run:  every day at 09:00",
    )


def unknown_line(at: Situation) -> Mistake | None:
    """The first word of a line is none that can begin a line here."""
    if not at.begins_line or at.kind in ("BAR", "STRING", "_INDENT") or not at.word[0].isalpha():
        return None
    known = _known(at)
    word = at.word.lower()
    if word in known:
        return None
    return at.mistake("R017", f'I do not know the {_thing(at)} "{at.shown}".', _advice(at, word, known))


def _known(at: Situation) -> frozenset[str]:
    if at.start == "test":
        return script_words()
    if at.start == "settings":
        return setting_words()
    return step_words() | (head_words() if at.expects("_ABOUT") else frozenset()) | {"else", "on"}


def _thing(at: Situation) -> str:
    if at.start == "test":
        return "test line"
    return "setting" if at.start == "settings" else "step"


def _advice(at: Situation, word: str, known: frozenset[str]) -> str:
    written = {"rule": _HERE_WRITTEN, "settings": _SETTINGS_WRITTEN, "test": _TESTS_WRITTEN}.get(at.start, {}).get(word)
    if written:
        return f"Here it is written:  {written}"
    meant = nearest(word, known)
    if meant:
        return f'Did you mean "{meant}"?'
    return f"A line here begins with: {', '.join(sorted(known))}."


def wrong_part(at: Situation) -> Mistake | None:
    """A line that begins with a word of the language, but of another part of it."""
    if not at.begins_line or at.kind in ("BAR", "STRING", "_INDENT"):
        return None
    word = at.word.lower()
    if word == "else":
        message, advice = (
            'There is no "if" at this depth for this "else".',
            "Begin else as far from the left as its if.",
        )
    elif word == "on":
        message = '"on" belongs below a question.'
        advice = "It stands indented below a line such as  wait for reply up to 1 day:"
    elif at.expects("_ON") and not at.expects("_SEND"):
        message = f'"{at.shown}" cannot stand directly below a wait for a reply.'
        advice = 'Below it stand only  on reply matches "...":,  on any other reply:  and  on no reply:'
    elif at.expects("_SET") and not at.expects("_SEND"):
        message, advice = (
            "Below create stand only lines that set a field.",
            'Write for example:  set priority to "High"',
        )
    elif indent_of(at.text) == 0:
        return None
    else:
        message = f'"{at.shown}" cannot begin a line at this place.'
        advice = f"A line here begins with: {', '.join(sorted(_known(at)))}."
    return at.line_mistake("R022", message, advice)
