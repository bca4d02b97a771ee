"""Lines: those that the token's owner may use, and how a request names one."""

from typing import Any

from flexie import phones
from flexie.db import db
from flexie.models import Line, Settings, User
from flexie.web.api import paging
from flexie.web.api.asking import Asked
from flexie.web.api.operations import Reply, operation
from flexie.web.api.problems import invalid
from flexie.web.api.schema import named, public_id, text, thing

LINE = named(
    "Line",
    thing(
        {
            "id": public_id("The line's id."),
            "name": text("What people call it."),
            "number": text("Its number in E.164, or its short code."),
            "provider": text("The provider that connects it."),
        },
        "A connected number.",
    ),
)
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
