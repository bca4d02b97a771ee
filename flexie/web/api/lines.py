"""Lines: those that the token's owner may use, how one is doing, and how a request names one."""

from typing import Any

from flexie import linehealth, phones
from flexie.db import db
from flexie.models import Line, Settings, User
from flexie.web.api import paging
from flexie.web.api.asking import Asked
from flexie.web.api.moments import written_if
from flexie.web.api.operations import Reply, by_id, operation
from flexie.web.api.problems import Problem, invalid
from flexie.web.api.schema import items, maybe, moment, named, public_id, share, text, thing, whole

PARTS = {
    "id": public_id("The line's id."),
    "name": text("What people call it."),
    "number": text("Its number in E.164, or its short code."),
    "provider": text("The provider that connects it."),
}
LINE = named("Line", thing(PARTS, "A connected number."))
REASON = thing({"words": text("What is wrong, and what to do."), "count": whole("How many.", 1)}, "A reason.")
HEALTH = thing(
    {
        "last_inbound_at": maybe(moment("When its webhooks last brought a text.")),
        "last_receipt_at": maybe(moment("When they last brought a receipt.")),
        "waiting": whole("How many texts are due and not handed over yet.", 0),
        "waiting_since": maybe(moment("Since when the oldest of them waits.")),
        "latest": whole("How many of its latest texts the following tells of.", 0, linehealth.LATEST),
        "failed": whole("How many of those came to nothing.", 0),
        "in_doubt": whole("How many of those have an outcome that nobody knows.", 0),
        "failed_share": maybe(share("Which part of them came to nothing; null before the first.")),
        "reasons": items(REASON, "The most frequent reasons of failures, up to three."),
        "refused": whole("How many calls of its webhooks were refused, since somebody counted anew.", 0),
        "refused_reason": maybe(text("Why the latest of them was.")),
    },
    "How it is doing; null for whoever is no administrator.",
)
LINE_IN_FULL = named("LineInFull", thing({**PARTS, "health": maybe(HEALTH)}, "A connected number, and its health."))
NAMED = text("A line by its name, its number or its id.", shortest=1, longest=200, example="Main line")


@operation(
    "GET",
    "/lines",
    "Lines that you may use",
    {200: paging.of(LINE)},
    parameters=paging.PARAMETERS,
    scope="messages:read",
)
def list_lines(asked: Asked) -> Reply:
    """The lines, newest first."""
    rows, following = paging.newest_first(asked, Line.visible_to(asked.user).order_by(None), Line)
    return paging.reply([_described(row) for row in rows], following)


@operation(
    "GET",
    "/lines/{id}",
    "One line, and how it is doing",
    {200: LINE_IN_FULL},
    parameters=by_id("line"),
    problems=(404,),
    scope="messages:read",
)
def get_line(asked: Asked) -> Reply:
    """A line that one may use; its health is for administrators, as its page is."""
    line = db.session.scalar(Line.visible_to(asked.user).where(Line.public_id == asked.path["id"]))
    if line is None:
        raise Problem(404)
    return Reply({**_described(line), "health": _healthy(line) if asked.user.is_admin else None})


def meant(user: User, given: str) -> Line:
    """The line of this name, number or id, if the user may use it. Raises 422."""
    found = list(db.session.scalars(Line.visible_to(user)))
    number = _number(given)
    for fits in (
        lambda line: given in (line.public_id, line.name),
        lambda line: line.name.casefold() == given.strip().casefold(),
        lambda line: line.number in (given.strip(), number),
    ):
        for line in filter(fits, found):
            return line
    raise invalid({"line": f'You have no line "{given}". GET /api/v1/lines has those that you may use.'})


def _number(given: str) -> str | None:
    try:
        return phones.normalise(given, Settings.get().prefix).e164
    except phones.PhoneError:
        return None


def _described(line: Line) -> dict[str, Any]:
    return {"id": line.public_id, "name": line.name, "number": line.number, "provider": line.connection.provider}


def _healthy(line: Line) -> dict[str, Any]:
    health = linehealth.of(line)
    return {
        "last_inbound_at": written_if(line.last_inbound_at),
        "last_receipt_at": written_if(line.last_receipt_at),
        "waiting": health.waiting,
        "waiting_since": written_if(health.waiting_since),
        "latest": health.sent,
        "failed": health.failed,
        "in_doubt": health.doubtful,
        "failed_share": health.failed / health.sent if health.sent else None,
        "reasons": [{"words": words, "count": count} for words, count in health.reasons],
        "refused": line.refused_count,
        "refused_reason": line.refused_reason,
    }
