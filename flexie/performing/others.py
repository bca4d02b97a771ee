"""`start rule` and `call webhook`."""

from sqlalchemy import func, select

from flexie import clock, events
from flexie.db import db
from flexie.models import Rule, WebhookAddress, WebhookCall
from flexie.performing.doing import Doing, StepFailed
from rules import effects


def start_rule(effect: effects.StartRule, doing: Doing) -> str | None:
    """Start another rule for the record. Its conditions and limits may say no: this run goes on."""
    bound = doing.bound("rule", effect.rule) or db.session.scalar(select(Rule.id).where(Rule.name == effect.rule))
    if bound is None:
        raise StepFailed(f'There is no rule "{effect.rule}" any more.')
    try:
        events.start_rule(bound, doing.run.record, event=f"rule:{doing.mark}", data={}, depth=doing.run.depth + 1)
    except events.CannotStart as problem:
        return f'the rule "{effect.rule}" did not start: {problem}'
    return None


def call_webhook(effect: effects.CallWebhook, doing: Doing) -> str | None:
    """Leave a call to be made outside this transaction; what becomes of it does not touch the run."""
    bound = doing.bound("webhook", effect.name)
    named = WebhookAddress.id == bound if bound else func.lower(WebhookAddress.name) == func.lower(effect.name)
    address = db.session.scalar(select(WebhookAddress).where(named))
    if address is None:
        raise StepFailed(f'There is no webhook "{effect.name}" any more. Register it, or change the rule.')
    run = doing.run
    body = {
        "rule": run.rule.name,
        "run": run.public_id,
        "record": run.record.public_id if run.record else None,
        "data": dict(run.data),
    }
    db.session.add(WebhookCall(address=address, run_id=run.id, body=body, due_at=clock.now()))
    return None
