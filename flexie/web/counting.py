"""How long a text will be as it goes over the air, and what makes it cost more than it need."""

from dataclasses import dataclass

from flask import Flask

from flexie import outbox, segments, writing
from flexie.models import Conversation, Record


@dataclass(frozen=True)
class Count:
    """The count of what will really be sent for what stands in a box.

    `plain` is the box's text in plain writing, where that makes it go as GSM-7; else None.
    """

    length: int
    cut: segments.Segments
    foreign: list[segments.Foreign]
    reference: str | None
    plain: str | None

    @property
    def told(self) -> list[segments.Foreign]:
        """The characters that a person hears of: first those that have no plain writing, as they decide."""
        return sorted(self.foreign, key=lambda each: each.plain is not None) if self.plain is None else self.foreign

    @property
    def replacements(self) -> dict[str, str]:
        """Plain writings by the characters that they stand for."""
        return {each.char: each.plain for each in self.foreign if each.plain is not None}


def init_app(app: Flask) -> None:
    """Give templates the count of an answer, for boxes that come back with words in them."""
    app.jinja_env.globals.update(count_of=of, count_of_answer=of_answer)


def of(text: str, case: Record | None = None) -> Count:
    """The count of a text, about a case perhaps."""
    sent = outbox.as_sent(text, case)
    plain = segments.plain(text)
    helps = plain != text and segments.count(outbox.as_sent(plain, case)).encoding == "GSM-7"
    return Count(
        length=len(sent),
        cut=segments.count(sent),
        foreign=segments.foreign(sent),
        reference=case.reference if case is not None and sent != text.strip() else None,
        plain=plain if helps else None,
    )


def of_answer(text: str, conversation: Conversation) -> Count:
    """The count of an answer in a conversation, with the reference of the case that it would get."""
    return of(text, writing.case_in_scope(conversation))


def one_line_ends(text: str) -> str:
    """A text as it was typed: browsers post line ends as two characters, and each of them would be billed."""
    return text.replace("\r\n", "\n")
