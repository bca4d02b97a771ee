"""The audit log: who changed what, and when."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from flask import Response, request
from sqlalchemy import select

from flexie import auditlog
from flexie.db import db
from flexie.models import SUBJECTS, User
from flexie.web import files, htmx
from flexie.web.settings.frame import administered

bp = administered("auditing")
PAGE = 50  # entries that one look brings
SYSTEM = "system"


class Kind(NamedTuple):
    """What one of a kind of things is called, and many of them."""

    one: str
    many: str


KINDS = {
    "account": Kind("Account", "Account"),
    "person": Kind("Person", "People"),
    "group": Kind("Group", "Groups"),
    "token": Kind("API token", "API tokens"),
    "connection": Kind("Connection", "Connections"),
    "line": Kind("Line", "Lines"),
    "field": Kind("Field", "Fields"),
    "template": Kind("Template", "Templates"),
    "rules": Kind("Rule file", "Rule files"),
    "rule": Kind("Rule", "Rules"),
    "webhook": Kind("Webhook", "Webhooks"),
    "consent": Kind("Consent", "Consent"),
    "message": Kind("Message", "Messages"),
    "record": Kind("Record", "Records"),
    "conversation": Kind("Conversation", "Conversations"),
}
"""What the kinds of things are called on pages, in the order of a list."""


@bp.get("/settings/audit")
def listing() -> Response:
    """Entries, newest first: those that fit what is asked for. What makes no sense is taken for not asked."""
    sought = _sought(request.args)
    before = request.args.get("before", "")
    found = auditlog.page(sought, int(before) if before.isdecimal() and len(before) < 19 else None, PAGE)
    shown: dict[str, Any] = {"found": found, "sought": sought, "asked": _asked(sought), "kinds": KINDS}
    shown["words_of"] = auditlog.words
    if htmx.wants_fragment():
        return htmx.part("settings/audit/_found.html", is_further="before" in request.args, **shown)
    return htmx.answer("settings/audit/list.html", "", people=auditlog.people(), **shown)


@bp.post("/settings/audit/export")
def export() -> Response:
    """The entries that fit, as a CSV file; that somebody took them out is an entry, too."""
    sought = _sought(request.form)
    person = db.session.get(User, sought.user_id) if sought.user_id else None
    auditlog.note_export(sought, person.name if person else SYSTEM if sought.user_id == 0 else None)
    db.session.commit()
    return files.csv(auditlog.lines(sought), "audit-log.csv")


def _sought(given: Mapping[str, str]) -> auditlog.Sought:
    kind = given.get("kind", "")
    return auditlog.Sought(
        _user_id(given.get("who", "")),
        kind if kind in SUBJECTS else "",
        _day(given.get("since", "")),
        _day(given.get("until", "")),
    )


def _user_id(written: str) -> int | None:
    if written == SYSTEM:
        return 0
    return db.session.scalar(select(User.id).where(User.public_id == written)) if written else None


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 1970 <= day.year < 9_999 else None


def _asked(sought: auditlog.Sought) -> dict[str, str]:
    """What is asked for, as it stands in an address; what is not asked is left out."""
    person = db.session.get(User, sought.user_id) if sought.user_id else None
    written = {
        "who": SYSTEM if sought.user_id == 0 else person.public_id if person else "",
        "kind": sought.subject,
        "since": sought.since.isoformat() if sought.since else "",
        "until": sought.until.isoformat() if sought.until else "",
    }
    return {name: value for name, value in written.items() if value}
