"""Records from a file: upload, what each column is for, how far it is, and the rows that were left out."""

from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, abort, request, session, url_for
from sqlalchemy import select, true
from werkzeug.datastructures import FileStorage

from flexie import bell, csvcells, fields, importing
from flexie.db import db, reading
from flexie.importing import faults
from flexie.importing.reading import NAMES
from flexie.models import Import, User
from flexie.web import files, htmx, permits
from flexie.web.login import BROWSER, me, pages
from flexie.web.reading import only_reads
from flexie.web.recordnames import KIND, MANY, PLURALS

bp = pages("imports")
LARGEST_FILE = 50 * 1024 * 1024  # bytes
UPLOAD = "imports.upload"
SHOWN = 20  # imports of before, and rows that were left out
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def init_app(app: Flask) -> None:
    """Let uploads be larger than other requests. It comes before anything that reads a form."""
    app.before_request(_allow_large)


def _allow_large() -> None:
    if request.endpoint == UPLOAD and session.get(BROWSER):
        request.max_content_length = LARGEST_FILE + 64 * 1024


@bp.get(f"/records/{KIND}/import")
@permits.only(permits.moves_records)
def new(kind: str) -> Response:
    """The form for a file, and the imports of before."""
    return _new(kind)


@bp.post(f"/records/{KIND}/import")
@permits.only(permits.moves_records)
def upload(kind: str) -> Response:
    """Take a file in; its columns are chosen next."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise importing.ImportProblem("Choose a file first.")
        address = url_for(".page", public_id=_stored(kind, file).public_id)
    except importing.ImportProblem as problem:
        return _new(kind, str(problem))
    return htmx.go(address)


def _stored(kind: str, file: FileStorage) -> Import:
    return importing.store(me(), kind, file.filename or "", file.stream)


@bp.get("/imports/<string(length=32):public_id>")
@permits.only(permits.moves_records)
def page(public_id: str) -> Response:
    """What is to be chosen, or how far the import is."""
    one = load(public_id)
    if one.state == "mapping":
        return _mapping(one)
    return htmx.answer("imports/page.html", "imports/_progress.html", **_shown(one))


@bp.post("/imports/<string(length=32):public_id>")
@permits.only(permits.moves_records)
def choose(public_id: str) -> Response:
    """Keep what was chosen, and begin if that is what was asked for."""
    one = load(public_id)
    if one.state != "mapping":
        return htmx.go(url_for(".page", public_id=public_id))
    try:
        _choose(one)
    except importing.ImportProblem as problem:
        db.session.rollback()
        return _mapping(load(public_id), str(problem))
    begun = request.form.get("do") == "start" and importing.start(one)
    db.session.commit()
    if begun:
        bell.ring("imports")
    return htmx.go(url_for(".page", public_id=public_id))


@bp.post("/imports/<string(length=32):public_id>/preview")
@permits.only(permits.moves_records)
@only_reads
def preview(public_id: str) -> Response:
    """The first rows as they would be with these choices; nothing is kept."""
    one = load(public_id)
    problem = ""
    try:
        with db.session.no_autoflush:
            _choose(one)
            shown = _with_preview(one)
    except importing.ImportProblem as trouble:
        problem, shown = str(trouble), {**_shown(one), "seen": [], "used": []}
    answer = htmx.part("imports/_preview.html", problem=problem, **shown)
    db.session.rollback()
    return answer


@bp.post("/imports/<string(length=32):public_id>/stop")
@permits.only(permits.moves_records)
def stop(public_id: str) -> Response:
    """No further rows; an upload that has not begun is put away."""
    one = load(public_id)
    had_begun, kind = one.begun_at is not None, one.kind
    importing.stop(one)
    db.session.commit()
    return htmx.go(url_for(".page", public_id=public_id) if had_begun else url_for(".new", kind=kind))


@bp.get("/imports/<string(length=32):public_id>/left-out.csv")
@permits.only(permits.moves_records)
def left_out(public_id: str) -> Response:
    """The rows that were left out, each with its line and the reason, to be corrected and uploaded again."""
    one = load(public_id)
    name = f"left-out-{one.kind}-rows.csv"
    return files.csv(_left_out(one.id, ["Line", "Reason", *one.headings]), name)


def _left_out(import_id: int, headings: list[str]) -> Iterator[str]:
    yield csvcells.MARK + csvcells.line([csvcells.guarded(heading) for heading in headings])
    after: int | None = 0
    while after is not None:
        with reading():
            rows, after = faults.after(import_id, after)
            db.session.rollback()
        yield "".join(csvcells.line([str(line), reason, *map(csvcells.guarded, cells)]) for line, reason, cells in rows)


def load(public_id: str) -> Import:
    """An import of this person's, or for administrators any; else 404."""
    mine = true() if me().is_admin else Import.user_id == me().id
    query = select(Import).where(Import.public_id == public_id, Import.state != "reading", mine)
    return db.session.scalar(query) or abort(404)


def _choose(one: Import) -> None:
    given = request.form
    owner = db.session.scalar(select(User).where(User.public_id == given.get("owner", ""), User.is_active))
    columns = [given.get(f"column-{number}", "") for number in range(len(one.headings))]
    importing.choose(one, columns, given.get("match", ""), owner, starts_rules="starts_rules" in given)


def _new(kind: str, problem: str = "") -> Response:
    mine = true() if me().is_admin else Import.user_id == me().id
    query = select(Import).where(Import.kind == kind, Import.state != "reading", mine)
    before = db.session.scalars(query.order_by(Import.id.desc()).limit(SHOWN)).all()
    shown: dict[str, Any] = {"kind": kind, "before": before, "problem": problem, "most": LARGEST_FILE // 1024**2}
    status = 422 if problem else 200
    return htmx.answer("imports/new.html", "imports/new.html", status=status, plurals=PLURALS, many=MANY, **shown)


def _mapping(one: Import, problem: str = "") -> Response:
    people = db.session.scalars(select(User).where(User.is_active).order_by(User.name)).all()
    shown = {**_with_preview(one), "problem": problem, "people": people, "fields": fields.in_use(one.kind)}
    return htmx.answer("imports/mapping.html", "imports/mapping.html", status=422 if problem else 200, **shown)


def _with_preview(one: Import) -> dict[str, Any]:
    known = {each.name: each for each in fields.in_use(one.kind)}
    used = [known[name] for name in one.columns if name in known]
    return {**_shown(one), "seen": importing.preview(one), "used": used, "examples": importing.examples(one)}


def _shown(one: Import) -> dict[str, Any]:
    shown: dict[str, Any] = {"one": one, "plurals": PLURALS, "many": MANY, "encoding": NAMES.get(one.encoding, "")}
    left_out, _ = faults.after(one.id, 0, SHOWN) if one.failed else ([], None)
    return {**shown, "separator": SEPARATORS.get(one.delimiter, ""), "left_out": left_out}
