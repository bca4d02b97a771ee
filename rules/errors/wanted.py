"""What would have fitted, in words: never the name of a terminal."""

from __future__ import annotations

_FORMS = {
    "STRING": "a text in quotes",
    "PATH": "a field",
    "NUMBER": "a number",
    "CLOCK": "a time such as 09:00",
    "DATE": "a date such as 2026-12-24",
    "DAY": "a day such as monday",
    "UNIT": "minutes, hours, days, weeks or months",
    "COMPARE": "<, <=, > or >=",
    "BAR": "a line that begins with a bar",
    "_COLON": "a colon",
    "_COMMA": "a comma",
    "_LPAR": "an opening bracket",
    "_RPAR": "a closing bracket",
    "_NL": "the end of the line",
}
_SILENT = {"_INDENT", "_DEDENT", "$END"}
_VALUE = {"STRING", "NUMBER", "DATE", "_YES", "_NOTHING"}
_MOST = 6


def expected_words(expected: frozenset[str]) -> list[str]:
    """The words of the language among the terminals."""
    return sorted(name[1:].lower() for name in expected - _SILENT if name not in _FORMS)


def expected_phrase(expected: frozenset[str]) -> str:
    """What fits, as a list for a sentence; empty if there is nothing to say or too much."""
    if expected >= _VALUE:
        return "a value: a text in quotes, a number, yes, no, nothing, now, today or a date"
    forms = [_FORMS[name] for name in _FORMS if name in expected]
    phrases = forms + [f'"{word}"' for word in expected_words(expected)]
    if not phrases or len(phrases) > _MOST:
        return ""
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} or {phrases[-1]}"
