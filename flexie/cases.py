"""Case references: the `[FX-AB12CD34]` that keeps a conversation with one case."""

import re
import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from flexie.db import db
from flexie.models import Message, Record

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read for something else: no 0, 1, I, O
LENGTH = 8
_QUOTED = re.compile(r"\[\s*FX\s*-\s*([0-9A-Z]{8})\s*\]", re.IGNORECASE)


def new_reference() -> str:
    """Eight random characters, 40 bits: short enough for a text, and not to be counted through."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def mark(reference: str) -> str:
    """The reference as it stands in a text."""
    return f"[FX-{reference}]"


def with_reference(text: str, case: Record | None) -> str:
    """A text about a case ends with its reference, unless the author already wrote it. Others stay as they are."""
    if case is None or case.reference is None or case.reference in quoted(text):
        return text
    return f"{text} {mark(case.reference)}".strip()


def quoted(text: str) -> list[str]:
    """The references in a text, in order, in upper case. Customers type blanks and small letters into them."""
    return [reference.upper() for reference in _QUOTED.findall(text)]


def for_texts(texts: Sequence[tuple[int, str, str]]) -> dict[int, int]:
    """Thread inbound texts, each (message id, remote number, text), to cases: message id → case id.

    A quoted reference wins; else the open case that most recently sent this number a text with its reference.
    """
    by_reference = _cases_quoted(reference for _, _, text in texts for reference in quoted(text))
    result: dict[int, int] = {}
    unquoted: list[tuple[int, str]] = []
    for message_id, number, text in texts:
        found = next((by_reference[reference] for reference in quoted(text) if reference in by_reference), None)
        if found is not None:
            result[message_id] = found
        else:
            unquoted.append((message_id, number))
    latest = _latest_open_cases(number for _, number in unquoted)
    return result | {message_id: latest[number] for message_id, number in unquoted if number in latest}


def _cases_quoted(references: Iterable[str]) -> dict[str, int]:
    wanted = set(references)
    if not wanted:
        return {}
    rows = db.session.execute(select(Record.reference, Record.id).where(Record.reference.in_(wanted)))
    return {reference: case_id for reference, case_id in rows if reference}


def _latest_open_cases(numbers: Iterable[str]) -> dict[str, int]:
    wanted = set(numbers)
    if not wanted:
        return {}
    last_texts = (
        select(Message.to_number, Message.case_id, func.max(Message.id).label("last"))
        .where(Message.direction == "out", Message.case_id.is_not(None), Message.to_number.in_(wanted))
        .where(Message.status.not_in(("suppressed", "cancelled")))
        .group_by(Message.to_number, Message.case_id)
        .subquery()
    )
    query = select(last_texts.c.to_number, Record).join(Record, Record.id == last_texts.c.case_id)
    latest: dict[str, int] = {}
    for number, case in db.session.execute(query.order_by(last_texts.c.last)):
        if case.is_open_case:
            latest[number] = case.id
    return latest
