"""From the place where reading stopped to a sentence that says what to write."""

from __future__ import annotations

from collections.abc import Callable

from rules.errors import blocks, comparisons, leftovers, marks, order, spoken, statements, texts, times
from rules.errors.finding import Mistake
from rules.errors.situation import Situation
from rules.reader import Trouble

# The first that knows the mistake explains it; so the more special comes first.
HABITS: tuple[Callable[[Situation], Mistake | None], ...] = (
    statements.reserved,
    order.denied,
    texts.open_placeholder,
    texts.open_quote,
    texts.other_quotes,
    texts.stray_quote,
    texts.bar_outside,
    texts.bar_missing,
    texts.template_outside,
    blocks.block_empty,
    blocks.at_margin,
    blocks.too_deep,
    marks.comment,
    marks.list_mark,
    marks.version_colon,
    marks.behind_colon,
    leftovers.doubled,
    statements.loop,
    statements.head_line_late,
    statements.message_first,
    order.turned,
    order.schedule,
    statements.sms_missing,
    statements.somebody_first,
    blocks.no_up_to,
    spoken.time_of_day,
    times.moment,
    times.calendar,
    times.clock,
    times.wait_for,
    times.day_of_month,
    times.duration,
    comparisons.mixed,
    comparisons.bracket_open,
    marks.thousands,
    marks.joined_text,
    marks.joined_list,
    spoken.field_trigger,
    spoken.several_values,
    spoken.between_values,
    spoken.weekend,
    spoken.next_day,
    spoken.how_often,
    comparisons.sign,
    comparisons.phrase,
    comparisons.value_repeated,
    spoken.value,
    blocks.colon_missing,
    blocks.colon_surplus,
    statements.test_text,
    statements.unknown_line,
    statements.wrong_part,
    leftovers.other_word,
    leftovers.misspelled,
    leftovers.misspelled_before,
    leftovers.mark_missing,
    leftovers.word_missing,
    marks.before_colon,
    texts.text_missing,
    leftovers.ends_early,
    leftovers.left_over,
)


def explain(trouble: Trouble, lines: list[str], start: str) -> Mistake:
    """The mistake behind a trouble in an item that begins with the word `start`."""
    at = Situation(lines, start, trouble)
    for habit in HABITS:
        mistake = habit(at)
        if mistake is not None:
            return mistake
    return leftovers.unknown(at)
