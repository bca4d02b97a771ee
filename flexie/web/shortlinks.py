"""What a customer sees who opens a short link: a page for a phone, and the PDF. Nobody signs in here."""

import re

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from flexie import documents
from flexie.db import db
from flexie.documents import links
from flexie.models import Document, ShortLink
from flexie.web import files, limits, reading

bp = Blueprint("shortlinks", __name__)
TO_LOOK_AT = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'; form-action 'none'"
)
"""For files that a browser shows. In a sandbox, Safari, the browser of iPhones, shows no PDF
(github.com/go-gitea/gitea/pull/20455), and some of its versions take it for an object. Scripts have no source all the
same, and what is kept holds none."""

MACHINES = re.compile(
    r"bot|crawl|spider|preview|facebookexternalhit|whatsapp|telegram|slack|skype|discord|curl|wget|python|java/|okhttp"
    r"|go-http|headless|scan|monitor|fetch|embed",
    re.IGNORECASE,
)
"""What programs that look at links before people do call themselves."""


@bp.get("/d/<token>")
@limits.seeks
def page(token: str) -> Response:
    """What the document is, and its PDF to view and to download."""
    link = _link(token)
    if not links.is_open(link):
        abort(410)
    has_file = documents.file_of(link.document) is not None
    shown = make_response(
        render_template("documents/link.html", document=link.document, token=token, has_file=has_file)
    )
    if _is_a_look():
        link_id = link.id
        reading.end()
        links.opened(link_id)
        db.session.commit()
    return _private(shown)


@bp.get("/d/<token>/<any(view, download):how>")
@limits.seeks
def file(token: str, how: str) -> Response:
    """The PDF."""
    link = _link(token)
    if not links.is_open(link):
        abort(410)
    return _private(answer_file(link.document, is_download=how == "download"))


@bp.errorhandler(404)
@bp.errorhandler(410)
def gone(problem: HTTPException) -> Response:
    """What a customer reads whose link opens nothing, in place of a page for colleagues."""
    return _private(make_response(render_template("documents/gone.html"), problem.code))


def answer_file(document: Document, *, is_download: bool) -> Response:
    """The PDF of a document under a name of ours, so that no browser takes it for anything else; else 404."""
    kept = documents.file_of(document) or abort(404)
    name = f"{document.kind}-{document.number}"
    policy = files.SANDBOX if is_download else TO_LOOK_AT
    return files.guarded(kept.data, "application/pdf", name, "pdf", is_download=is_download, policy=policy)


def _link(token: str) -> ShortLink:
    return links.find(token) or abort(404)


def _is_a_look() -> bool:
    """Whether a customer looks: no program that looks before people do, and no colleague who is signed in."""
    purpose = f"{request.headers.get('Purpose', '')} {request.headers.get('Sec-Purpose', '')}".lower()
    agent = request.headers.get("User-Agent", "")
    is_early = "prefetch" in purpose or "preview" in purpose or request.headers.get("X-Purpose") == "preview"
    return request.method == "GET" and bool(agent) and not MACHINES.search(agent) and not is_early and not current_user


def _private(answer: Response) -> Response:
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
