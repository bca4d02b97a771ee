"""Trying what stands in the editor: its tests, one text, and the texts of the last days. Nothing is sent or stored."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, request
from sqlalchemy import select

from flexie import backtest as backtests
from flexie import finding, outbox, rehearsal, trying
from flexie.db import db
from flexie.models import Line, Record
from flexie.web import access
from flexie.web.login import me
from flexie.web.rulefiles.blueprint import bp, only_writers
from flexie.web.rulefiles.editor import Draft, Tried, answer_beside, sent_draft
from rules import testing

DAYS = (1, 7, 30, 90)
USUAL_DAYS = 30
MOST_TEXTS = 300  # what a person waits for; the command takes as many as it is told to
SECONDS = 20.0
LIMITS = rehearsal.Limits(seconds_a_test=5.0, seconds_a_file=SECONDS)

_turn = threading.BoundedSemaphore(1)
"""A process tries one thing at a time: it takes a whole core for as long as it lasts."""


class NotNow(Exception):
    """It cannot be tried, with what to do."""


@bp.post("/rules/test")
def test() -> Response:
    """Run the tests in the text."""
    return _answer("rulefiles/_tests.html", _run_tests)


def _run_tests(draft: Draft) -> dict[str, Any]:
    account = rehearsal.of_this_one()
    db.session.rollback()  # no session stays open meanwhile
    rehearsed = rehearsal.rehearse(draft.text, draft.name or "rules", account, LIMITS)
    if rehearsed.findings:
        raise NotNow("The text has mistakes. Correct them first; then its tests can run.")
    results = [(one, testing.explained(one, draft.name or "rules", draft.text)) for one in rehearsed.results]
    return {"results": results, "failed": sum(not one.passed for one in rehearsed.results)}


@bp.post("/rules/try", endpoint="try")
def try_text() -> Response:
    """Let one text come in, if one is given already."""
    return _answer("rulefiles/_trial.html", _try)


def _try(draft: Draft) -> dict[str, Any]:
    lines = db.session.scalars(select(Line).where(Line.is_visible_to(me())).order_by(Line.id)).all()
    shown: dict[str, Any] = {"lines": [line.name for line in lines], "found": [], "trial": None, "problem": ""}
    given = {name: request.form.get(f"try_{name}", "").strip() for name in ("text", "from", "line", "record")}
    shown["given"] = given
    if not given["text"] or not given["from"]:
        shown["problem"] = "Write a text, and whose it is." if any(given[name] for name in ("text", "from")) else ""
        return shown
    number, found = _senders(given["from"], given["record"])
    shown["found"] = found if len(found) > 1 else []
    if number is None and len(found) != 1:
        shown["problem"] = "Choose one of them." if found else "Nobody here is called that. Write a number, or a name."
        return shown
    line = next((one for one in lines if one.name == given["line"]), lines[0] if lines else None)
    try:
        shown["trial"] = trying.try_text(
            given["text"],
            number=number,
            record=None if number else found[0],
            line=line,
            draft=(draft.name or "rules", draft.text),
        )
    except trying.CannotTry as problem:
        shown["problem"] = str(problem)
    return shown


def _senders(typed: str, chosen: str) -> tuple[str | None, Sequence[Record]]:
    """The number that was typed; else the records that it may mean: the chosen one, if one was."""
    if chosen:
        record = db.session.scalar(select(Record).where(Record.public_id == chosen))
        if record is not None and record in finding.records(typed):
            return None, [record]
    try:
        return outbox.number_typed(typed), []
    except outbox.OutboxError:
        return None, finding.records(typed)


@bp.post("/rules/backtest")
def backtest() -> Response:
    """Let the texts of the last days come in again."""
    return _answer("rulefiles/_backtest.html", _backtest)


def _backtest(draft: Draft) -> dict[str, Any]:
    days = request.form.get("backtest_days", USUAL_DAYS, type=int)
    visible = access.messages(me())
    name = draft.file.name if draft.file else draft.name or "rules"
    try:
        report = backtests.backtest(name, draft.text, days=days, most=MOST_TEXTS, seconds=SECONDS, visible=visible)
    except backtests.CannotBacktest as problem:
        raise NotNow(str(problem)) from None
    return {"report": report, "days": days, "choices": DAYS, "unknowns": backtests.unknowns(report)}


def _answer(template: str, attempt: Callable[[Draft], dict[str, Any]]) -> Response:
    only_writers()
    draft = sent_draft()
    if not _turn.acquire(blocking=False):
        return answer_beside(draft, Tried(template, {"refused": "Something is being tried already. Wait a moment."}))
    try:
        return answer_beside(draft, Tried(template, attempt(draft)))
    except NotNow as problem:
        return answer_beside(draft, Tried(template, {"refused": str(problem)}))
    finally:
        _turn.release()
