"""The inbox: the list of conversations, which looks after itself."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, abort, redirect, request, url_for

from flexie import channels, inbox, seeking
from flexie.models import Conversation, Line
from flexie.web import htmx, paging, people, showing
from flexie.web.login import me, pages

bp = pages("inbox")
LONGEST_SEARCH = 200  # characters


@bp.get("/")
def home() -> Response:
    """The inbox is where the day begins."""
    return redirect(url_for("inbox.page"))  # type: ignore[return-value]


@bp.get("/inbox")
def page() -> Response:
    """The list, and room for a conversation. With `before`, for htmx: only the rows that follow."""
    if htmx.wants_fragment() and "before" in request.args:
        return htmx.part("inbox/_rows.html", **listed())
    return htmx.answer("inbox/page.html", "inbox/_list.html", **listed())


@bp.get("/inbox/list")
def listing() -> Response:
    """The list once more, or nothing when it is as `seen`."""
    shown = listed()
    if request.args.get("seen") == shown["list_seen"]:
        return htmx.unchanged()
    return htmx.part("inbox/_list.html", **shown)


def listed(current: Conversation | None = None) -> dict[str, Any]:
    """What the list shows for this request's filters; `current` is the conversation that is open."""
    lines = inbox.lines(me())
    view = _view(request.args, lines)
    if current is None and (opened := request.args.get("open")):
        current = inbox.conversation(me(), opened)
    sought = _sought()
    found = seeking.conversations(me(), sought, view.line, lines, view.channel) if sought else None
    rows, older = _found_rows(found) if found else _rows(view, current)
    known = people.known_in(rows if current is None or current in rows else [*rows, current])
    shown: dict[str, Any] = {
        "view": view,
        "lines": lines,
        "channels": channels.CHANNELS,
        "lines_of_channel": _of_channel(lines, view.channel),
        "rows": rows,
        "older": older,
        "sought": sought,
        "hits": found,
        "records": known.records,
        "by_hand": known.by_hand,
        "troubled": inbox.troubled(rows),
        "counts": showing.inbox_counts(me(), view),
        "current": current,
        "filters": {
            "show": None if view.show == "all" or sought else view.show,
            "line": view.line and view.line.public_id,
            "channel": view.channel and view.channel.name,
            "q": sought or None,
        },
    }
    return shown | {"list_seen": _fingerprint(shown)}


def _view(wanted: Mapping[str, str], lines: Sequence[Line]) -> inbox.View:
    show: inbox.Show = next((each for each in inbox.SHOWS if each == wanted.get("show")), "all")
    named = {line.public_id: line for line in lines}
    line = named.get(wanted["line"]) or abort(404) if wanted.get("line") else None
    channel = channels.named(wanted["channel"]) or abort(404) if wanted.get("channel") else None
    return inbox.View(show, line, wanted.get("before"), paging.rows_wanted(), lines, channel)


def _of_channel(lines: Sequence[Line], channel: channels.Channel | None) -> list[Line]:
    names = channels.narrowed_to(channel)
    return [line for line in lines if names is None or line.connection.provider in names]


def _sought() -> str:
    return request.args.get("q", "").strip()[:LONGEST_SEARCH]


def _found_rows(found: seeking.Found) -> tuple[list[Conversation], None]:
    return [hit.conversation for hit in [*found.people, *found.texts]], None


def _rows(view: inbox.View, current: Conversation | None) -> tuple[list[Conversation], str | None]:
    found = inbox.conversations(me(), view)
    return (_with(found, current) if view.before is None else found.rows), found.older


def _with(found: inbox.Page[Conversation], current: Conversation | None) -> list[Conversation]:
    """The open conversation keeps its place in the list although, being read, it left the filter."""
    if current is None or current in found.rows:
        return found.rows
    place = (current.last_at, current.id)
    if found.older and found.rows and place < (found.rows[-1].last_at, found.rows[-1].id):
        return found.rows
    return sorted([*found.rows, current], key=lambda row: (row.last_at, row.id), reverse=True)


def _fingerprint(shown: Mapping[str, Any]) -> str:
    """Changes whenever the list would look different."""
    names = shown["records"]
    parts = [
        (row.id, row.last_at, row.last_text, row.unread, row.id in shown["troubled"], [r.title for r in names[row.id]])
        for row in shown["rows"]
    ]
    opened = shown["current"] and shown["current"].id
    return hashlib.sha256(repr((parts, shown["counts"], opened, shown["filters"])).encode()).hexdigest()[:20]
