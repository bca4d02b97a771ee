"""Starting a rule for a record."""

import json

from sqlalchemy import select

from flexie import bell, byhand, events
from flexie.db import db
from flexie.models import Record, Rule
from flexie.web.api import runs
from flexie.web.api.asking import Asked, Parameter
from flexie.web.api.operations import Reply, operation
from flexie.web.api.problems import Problem, invalid
from flexie.web.api.schema import mapping, public_id, text, thing

LONGEST_DATA = 20_000  # characters of JSON that a start may bring along
NAME = (Parameter("name", "path", text("The rule's name, percent-encoded.", shortest=1, longest=500)),)
START = thing(
    {
        "record": public_id("The record to start it for."),
        "data": mapping({}, "What the rule finds in `__data.start`: any JSON object of up to 20,000 characters."),
    },
    "For which record, and with what.",
    optional=("data",),
)


@operation(
    "POST",
    "/rules/{name}/start",
    "Start a rule for a record",
    {201: runs.RUN},
    parameters=NAME,
    body=START,
    problems=(404,),
    scope="rules:start",
)
def start_rule(asked: Asked) -> Reply:
    """For everybody who may see the record. The rule needs `when started`; its conditions and limits still hold: when
    they say no, 422 with the reason."""
    if db.session.scalar(select(Rule.id).where(Rule.name == asked.path["name"])) is None:
        raise Problem(404)
    record = db.session.scalar(select(Record).where(Record.public_id == asked.body["record"]))
    if record is None:
        raise invalid({"record": "There is no record with this id."})
    data = asked.body.get("data") or None
    if len(json.dumps(data)) > LONGEST_DATA:
        raise invalid({"data": f"This is longer than {LONGEST_DATA:,} characters of JSON."})
    try:
        run = byhand.start(asked.path["name"], record, data, asked.user)
    except events.CannotStart as reason:
        db.session.commit()
        raise Problem(422, str(reason)) from None
    db.session.commit()
    reply = Reply(runs.described([run], asked.user)[0], 201)
    bell.ring("runs")
    return reply
