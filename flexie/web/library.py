"""The library of templates: its list, the form with a preview for a real record, and taking templates out."""

from itertools import groupby
from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy import select

from flexie import finding, library
from flexie.db import db
from flexie.models import Record, TextTemplate
from flexie.web import compose, htmx
from flexie.web.login import me, pages
from flexie.web.reading import only_reads

bp = pages("library")
ID = "<string(length=32):public_id>"
LONGEST_TYPED = 20_000  # characters of a text that are looked at while one types


@bp.get("/templates")
def listing() -> Response:
    """All templates by folder, or those that fit what is searched for."""
    sought = request.args.get("q", "").strip()[:200]
    found = library.find(sought)
    groups = [(folder, list(rows)) for folder, rows in groupby(found, key=lambda each: each.folder)]
    return htmx.answer("library/list.html", "library/_groups.html", groups=groups, q=sought)


@bp.get("/templates/new")
def new() -> Response:
    """An empty form; with `copy`, one that begins as that template is."""
    if copied := request.args.get("copy"):
        template = load(copied)
        return _form(None, {"folder": template.folder, "name": f"{template.name} (copy)", "text": template.text})
    return _form(None, {"folder": request.args.get("folder", "")})


@bp.post("/templates")
def create() -> Response:
    """Keep a new template."""
    try:
        made = library.create(me(), *_typed())
    except library.CannotKeep as problem:
        db.session.rollback()
        return _form(None, request.form.to_dict(), problem.errors)
    return _kept(made, "Saved")


@bp.get(f"/templates/{ID}")
def page(public_id: str) -> Response:
    """A template in its form; who may not change it reads it."""
    template = load(public_id)
    return _form(template, {"folder": template.folder, "name": template.name, "text": template.text})


@bp.post(f"/templates/{ID}")
def update(public_id: str) -> Response:
    """Change a template."""
    template = _mine(public_id)
    try:
        library.change(template, *_typed())
    except library.CannotKeep as problem:
        db.session.rollback()
        return _form(load(public_id), request.form.to_dict(), problem.errors)
    return _kept(template, "Saved")


@bp.get(f"/templates/{ID}/delete")
def ask(public_id: str) -> Response:
    """Asks before it is gone."""
    return htmx.answer("library/delete.html", "library/delete.html", template=_mine(public_id))


@bp.post(f"/templates/{ID}/delete")
def delete(public_id: str) -> Response:
    """Take a template out of the library."""
    template = _mine(public_id)
    library.delete(template)
    return _kept(template, "Deleted")


@bp.post("/templates/preview")
@only_reads
def preview() -> Response:
    """The text as it is typed, for somebody: with its mistakes, its segments and the fields that are empty."""
    if htmx.wants_fragment():
        return htmx.part("library/_preview.html", **_previewed(request.form.get("text", "")))
    template = load(request.form["template"]) if request.form.get("template") else None
    box = request.form.to_dict()
    if request.form.get("field") and "insert" in request.form:
        box["text"] = f"{box.get('text', '')}{{{{ {request.form['field']} }}}}"
    return _form(template, box)


@bp.post("/templates/people")
@only_reads
def people() -> Response:
    """Records that fit what is typed, to preview a text for."""
    return htmx.part("library/_people.html", found=finding.records(request.form.get("who", "")))


def load(public_id: str) -> TextTemplate:
    """A template, or 404."""
    return library.load(public_id) or abort(404)


def _mine(public_id: str) -> TextTemplate:
    template = load(public_id)
    if not library.may_change(template, me()):
        abort(403)
    return template


def _typed() -> tuple[str, str, str]:
    return request.form.get("folder", ""), request.form.get("name", ""), request.form.get("text", "")


def _kept(template: TextTemplate, what: str) -> Response:
    name = template.name
    db.session.commit()
    flash(f"{what}: {name}")
    return htmx.go(url_for(".listing"))


def _form(template: TextTemplate | None, box: dict[str, Any], errors: dict[str, str] | None = None) -> Response:
    shown: dict[str, Any] = {
        "template": template,
        "box": box,
        "errors": errors or {},
        "may_change": template is None or library.may_change(template, me()),
        "folders": library.folders(),
        "fields": {kind: [each for each in found if not each.is_retired] for kind, found in library.fields().items()},
    }
    shown |= _previewed(box.get("text", ""))
    return htmx.answer("library/form.html", "library/form.html", status=422 if errors else 200, **shown)


def _previewed(text: str) -> dict[str, Any]:
    text = text.replace("\r\n", "\n")[:LONGEST_TYPED]
    mistakes = library.mistakes(text)
    record = _record()
    return {
        "mistakes": mistakes,
        "record": record,
        "filled": library.Recipient(record).fill(text) if not mistakes else None,
    }


def _record() -> Record | None:
    """Whom the preview is for: who was chosen, else who fits what was typed, else the newest contact."""
    chosen = select(Record).where(Record.public_id == request.form.get("record", ""))
    if (record := db.session.scalar(chosen)) is not None:
        return record
    if found := finding.records(request.form.get("who", ""), limit=1):
        return found[0]
    people = select(Record).where(Record.kind.in_(compose.WRITABLE)).order_by(Record.id.desc())
    return db.session.scalar(people.where(Record.kind == "contact").limit(1)) or db.session.scalar(people.limit(1))
