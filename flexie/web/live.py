"""What keeps open pages up to date: a stream of news, and who else is here."""

import hashlib
import time
from collections.abc import Iterator

from flask import Response, request

from flexie import config, inbox, live, presence
from flexie.web import conversation, htmx, reading
from flexie.web.login import me, pages

bp = pages("live")
STREAM_SECONDS = 300.0  # then the browser comes again, and what it may see is looked up anew
QUIET_SECONDS = 20.0  # something is said at least so often: proxies and browsers hang up on silence
HELLO = "retry: 1500\nevent: look\ndata:\n\n"


@bp.get("/live")
def stream() -> Response:
    """News as server-sent events: "look" when something changed on a line, "people" with a conversation's id, and
    "facts" with the marks of what changed beside conversations.

    503 when there is no Redis, or when too many listen already: then the page looks by itself.
    """
    lines = None if me().is_admin else {line.id for line in inbox.lines(me())}
    ear = live.of_app()
    listener = ear.listen(lines) if ear.count() < config.MOST_STREAMS else None
    if listener is None:
        return Response("No news just now. Look again.", 503, {"Retry-After": "10"}, mimetype="text/plain")
    response = Response(_events(listener), mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    response.call_on_close(lambda: ear.leave(listener))
    return response


def _events(listener: live.Listener) -> Iterator[str]:
    """It begins with a look: whatever happened before this stream is seen then."""
    yield HELLO
    ends = time.monotonic() + STREAM_SECONDS
    while not listener.is_cut and time.monotonic() < ends:
        told = listener.wait(QUIET_SECONDS)
        marks = sorted(each.removeprefix(live.ABOUT_FACTS) for each in told if each.startswith(live.ABOUT_FACTS))
        if not told:
            yield ":\n\n"
        for talk in sorted(each for each in told if not each.startswith(live.ABOUT_FACTS)):
            yield f"event: people\ndata: {talk}\n\n" if talk else "event: look\ndata:\n\n"
        if marks:
            yield f"event: facts\ndata: {' '.join(marks)}\n\n"


@bp.post("/inbox/<string(length=32):public_id>/here")
@reading.only_reads
def here(public_id: str) -> Response:
    """The person has this conversation open (`typing` 1: and writes), or leaves it (`gone` 1)."""
    talk = conversation.load(public_id)
    if request.form.get("gone") == "1":
        presence.gone(talk, me())
    else:
        presence.here(talk, me(), is_typing=request.form.get("typing") == "1")
    return htmx.unchanged()


@bp.get("/inbox/<string(length=32):public_id>/people")
def people(public_id: str) -> Response:
    """Who else is here, or nothing when it is as `seen`."""
    talk = conversation.load(public_id)
    present = presence.others(talk, me())
    mark = hashlib.sha256(repr([(each.user.id, each.is_typing) for each in present]).encode()).hexdigest()[:12]
    if request.args.get("seen") == mark:
        return htmx.unchanged()
    return htmx.part("conversation/_people.html", conversation=talk, present=present, people_seen=mark)
