"""Pictures and other files that came with texts."""

from typing import Any

from flask import Response, current_app, url_for
from sqlalchemy import select

from flexie.db import db
from flexie.models import MediaFile, Message
from flexie.web import access
from flexie.web.api.asking import Asked, Parameter
from flexie.web.api.operations import ANY, by_id, operation
from flexie.web.api.problems import Problem
from flexie.web.api.schema import Schema, maybe, named, public_id, text, thing, whole
from flexie.web.media import answer

STATES = ("waiting", "kept", "gone")

MEDIA = named(
    "Media",
    thing(
        {
            "id": public_id("The file's id."),
            "url": text("Where it is to be had, with a token, once it is kept."),
            "state": text("Waiting: it is still being fetched from the provider. Gone: that failed.", choices=STATES),
            "content_type": maybe(text("What it is, by its bytes; null while it is not kept.")),
            "size": maybe(whole("Bytes.", 0)),
            "error": maybe(text("Why it is not here.")),
        },
        "A picture or another file.",
    ),
)
BYTES: Schema = {"type": "string", "format": "binary", "description": "The file."}
ITS_ID = Parameter("media", "path", public_id("The id of the file."))


@operation(
    "GET",
    "/messages/{id}/media/{media}",
    "A file that came with a message",
    {200: BYTES},
    answer_type=ANY,
    parameters=(*by_id("message"), ITS_ID),
    problems=(404,),
    scope="messages:read",
)
def get_media(asked: Asked) -> Response:
    """The file; 404 while it is not here."""
    query = select(MediaFile).join(Message, Message.id == MediaFile.message_id).where(access.messages(asked.user))
    query = query.where(Message.public_id == asked.path["id"], MediaFile.public_id == asked.path["media"])
    found = db.session.scalar(query.where(MediaFile.state == "kept"))
    if found is None:
        raise Problem(404)
    return answer(found)


def described(file: MediaFile) -> dict[str, Any]:
    """A file as the API shows it."""
    place = url_for("api.get_media", id=file.message.public_id, media=file.public_id)
    return {
        "id": file.public_id,
        "url": current_app.config["PUBLIC_URL"] + place,
        "state": file.state,
        "content_type": file.content_type,
        "size": file.size,
        "error": file.error,
    }
