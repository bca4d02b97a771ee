"""Pictures and other files that came with texts, for those who may see the conversation."""

from flask import Flask, Response, abort, flash, request, url_for

from flexie import bell, media
from flexie.db import db, reading
from flexie.models import MediaFile
from flexie.web import files, htmx, thread
from flexie.web.conversation import load
from flexie.web.login import pages

bp = pages("media")
OF_TALK = "/inbox/<string(length=32):public_id>/media/<string(length=32):media_id>"
WORDS = {"image": "Picture", "video": "Video", "audio": "Sound", "text/vcard": "Contact card", "application/pdf": "PDF"}
"""What a file is called, by its media type or the first part of it."""


def init_app(app: Flask) -> None:
    """Let templates name the files of messages."""
    app.jinja_env.globals["media_word"] = word


def word(file: MediaFile) -> str:
    """What a file is, in a word: by its bytes; while they are not here, by what the provider says."""
    kind = file.content_type or file.declared or "image"
    return WORDS.get(kind) or WORDS.get(kind.partition("/")[0]) or "File"


@bp.get(OF_TALK)
def file(public_id: str, media_id: str) -> Response:
    """The file: a picture to look at, anything else to download. Whether one may is asked each time."""
    made = answer(_load(public_id, media_id))
    made.make_conditional(request)
    return made


@bp.post(f"{OF_TALK}/again")
def fetch_again(public_id: str, media_id: str) -> Response:
    """Ask the provider once more for a file that was given up."""
    try:
        media.fetch_again(_load(public_id, media_id))
    except media.CannotFetch as problem:
        db.session.rollback()
        flash(str(problem))
    db.session.commit()
    bell.ring("media")
    if not htmx.wants_fragment():
        return htmx.go(url_for("conversation.page", public_id=public_id))
    with reading():
        return htmx.part("conversation/_thread.html", **thread.shown(load(public_id)))


def answer(found: MediaFile) -> Response:
    """The bytes of a file; 404 while they are not here."""
    data = media.bytes_of(found)
    if data is None:
        abort(404)
    name = f"{word(found)}-{found.message.created_at:%Y-%m-%d}-{found.position + 1}".lower()
    ending, is_download = found.ending or "bin", not found.is_picture
    made = files.guarded(data, found.content_type or "", name, ending, is_download=is_download)
    made.headers["Cache-Control"] = "private, no-cache"
    made.set_etag(found.public_id)
    return made


def _load(public_id: str, media_id: str) -> MediaFile:
    return media.in_conversation(load(public_id), media_id) or abort(404)
