"""`send sms`."""

from sqlalchemy import func, select

from flexie import clock, facts, outbox, questions
from flexie.db import db
from flexie.models import Line
from flexie.performing import cases
from flexie.performing.doing import Doing, StepFailed
from rules import effects, interpreter


def send(effect: effects.SendSms, doing: Doing) -> str | None:
    """Queue the text. Without a number, or stopped by the gate, it is skipped and the run goes on.

    A `wait for reply` ahead listens from now on.
    """
    run = doing.run
    question = interpreter.question_ahead(doing.rule, doing.behind)
    path = effect.to or facts.mobile_field(doing.defaults)
    number = facts.number_for(run.record, doing.conversation, path)
    if number is None:
        if question is not None:
            questions.open_question(run, question, None, clock.now())
        return f"not sent: {path} holds no number that can be texted"
    draft = outbox.Draft(
        line=_line(effect.from_line, doing),
        number=number,
        text=effect.text,
        intent=f"run:{doing.mark}",
        records=(run.record,) if run.record else (),
        case=cases.in_scope(doing),
        run=run,
    )
    try:
        message = outbox.queue(draft)
    except outbox.OutboxError as problem:
        raise StepFailed(str(problem)) from None
    reason = outbox.suppressed_now(message, draft.records)
    if question is not None:
        questions.open_question(run, question, message, clock.now())
    return f"not sent: {reason}" if reason else None


def _line(name: str | None, doing: Doing) -> Line:
    """The line a step names; else the one that the run's text came in on; else the file's; else the first."""
    if name is None and doing.conversation is not None:
        return doing.conversation.line
    name = name or (doing.defaults.line.value if doing.defaults.line else None)
    bound = doing.bound("line", name) if name else None
    query = select(Line).order_by(Line.id).limit(1)
    if bound is not None:
        query = query.where(Line.id == bound)
    elif name is not None:
        query = query.where(func.lower(Line.name) == func.lower(name))
    line = db.session.scalar(query)
    if line is None:
        raise StepFailed(f'There is no line "{name}" any more.' if name else "There is no line to send from.")
    return line
