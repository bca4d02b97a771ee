"""What stands beside a conversation, once more when it changed; and cancelling a rule that waits there."""

from flask import Response, abort, flash, request, url_for

from flexie import handling
from flexie.db import db, reading
from flexie.web import access, beside, htmx, people
from flexie.web.conversation import load
from flexie.web.login import me, pages

bp = pages("facts")
OF_TALK = "/inbox/<string(length=32):public_id>"


@bp.get(f"{OF_TALK}/facts")
def facts(public_id: str) -> Response:
    """What stands beside the conversation, or nothing when it is as `seen`."""
    conversation = load(public_id)
    shown = beside.shown(conversation, people.known_in([conversation]), me())
    if request.args.get("seen") == shown["facts_seen"]:
        return htmx.unchanged()
    return htmx.part("conversation/_facts.html", **shown)


@bp.post(f"{OF_TALK}/runs/<string(length=32):run_id>/cancel")
def cancel_run(public_id: str, run_id: str) -> Response:
    """End a run that waits, of one of the conversation's records."""
    conversation = load(public_id)
    run = handling.run_beside(conversation, run_id, access.runs(me())) or abort(404)
    said, is_problem = f"“{run.rule.name}” was cancelled.", False
    try:
        handling.cancel_run(conversation, run, me())
    except handling.CannotCancel as problem:
        db.session.rollback()
        said, is_problem = str(problem), True
    db.session.commit()
    if not htmx.wants_fragment():
        flash(said)
        return htmx.go(url_for("conversation.page", public_id=public_id))
    with reading():
        conversation = load(public_id)
        shown = beside.shown(conversation, people.known_in([conversation]), me())
        return htmx.part("conversation/_facts.html", **shown, said=said, is_problem=is_problem)
