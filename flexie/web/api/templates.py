"""The library of templates: read, and filled in for whoever a message is sent to."""

from typing import Any

from sqlalchemy import select

from flexie import library, phones, records
from flexie.db import db
from flexie.models import Conversation, Line, Record, TextTemplate
from flexie.web import people
from flexie.web.api import paging
from flexie.web.api.asking import Asked
from flexie.web.api.moments import written
from flexie.web.api.operations import Reply, by_id, operation, query
from flexie.web.api.problems import Problem, invalid
from flexie.web.api.schema import maybe, moment, named, public_id, text, thing

TEMPLATE = named(
    "Template",
    thing(
        {
            "id": public_id("The template's id."),
            "name": text("What it is called."),
            "folder": maybe(text("The folder that it is in.")),
            "text": text("The text, with {{ fields }} as they were written."),
            "updated_at": moment("When it was last changed."),
        },
        "A text that people send again and again.",
    ),
)
FILTERS = query(
    q=text("Only those that hold each of these words in folder, name or text.", longest=200),
    folder=text("Only those in the folder of this name.", longest=library.LONGEST_NAME),
)


@operation(
    "GET",
    "/templates",
    "Templates, newest first",
    {200: paging.of(TEMPLATE)},
    parameters=FILTERS + paging.PARAMETERS,
    scope="templates:read",
)
def list_templates(asked: Asked) -> Reply:
    """A page of the library."""
    rows = library.holding(asked.query.get("q", ""))
    if "folder" in asked.query:
        rows = rows.where(TextTemplate.folder == asked.query["folder"])
    found, following = paging.newest_first(asked, rows, TextTemplate)
    return paging.reply([_described(template) for template in found], following)


@operation(
    "GET",
    "/templates/{id}",
    "One template",
    {200: TEMPLATE},
    parameters=by_id("template"),
    problems=(404,),
    scope="templates:read",
)
def get_template(asked: Asked) -> Reply:
    """One template."""
    template = library.load(asked.path["id"])
    if template is None:
        raise Problem(404)
    return Reply(_described(template))


def filled(public_id: str, line: Line, number: str, record: Record | None) -> str:
    """A template as this recipient gets it: the record, else the first of their conversation, else of their number.

    Raises:
        Problem: 422, where there is no such template, or something that it names is empty.
    """
    template = library.load(public_id)
    if template is None:
        raise invalid({"template": "There is no template with this id."})
    mine = (Conversation.line_id == line.id, Conversation.number == phones.canonical(number))
    conversation = db.session.scalar(select(Conversation).where(*mine))
    whom = library.Recipient(record or _recipient(number, conversation), conversation)
    found = whom.fill(template.text)
    if found.problem:
        raise invalid({"template": found.problem})
    if found.empty:
        missing = ", ".join(found.empty)
        raise invalid({"template": f"Empty for whoever gets this: {missing}. Fill that in, or send a text."})
    return found.text


def _recipient(number: str, conversation: Conversation | None) -> Record | None:
    known = people.records_of([conversation])[conversation.id] if conversation else []
    return next(iter(known), None) or records.first_with_number(number)


def _described(template: TextTemplate) -> dict[str, Any]:
    return {
        "id": template.public_id,
        "name": template.name,
        "folder": template.folder or None,
        "text": template.text,
        "updated_at": written(template.updated_at),
    }
