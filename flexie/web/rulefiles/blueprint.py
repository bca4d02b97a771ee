"""The blueprint, and what its pages have in common."""

from flask import abort, request
from sqlalchemy import select

from flexie.db import db
from flexie.models import RuleFile
from flexie.web.login import me, pages

bp = pages("rulefiles")
LARGEST = 256 * 1024  # bytes of a rule file, by the language


def load(name: str) -> RuleFile:
    """A rule file by its name, or 404."""
    return db.session.scalar(select(RuleFile).where(RuleFile.name == name)) or abort(404)


def only_writers() -> None:
    """403 for people who do not write rules."""
    if not me().writes_rules:
        abort(403)


def sent_name() -> str:
    """The file's name as the form has it."""
    return request.form.get("name", "").strip()


def sent_text() -> str:
    """The editor's text with line breaks as the language writes them. 413 beyond the largest file."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if len(text.encode()) > LARGEST:
        abort(413)
    return text
