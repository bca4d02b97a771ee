"""The one place that decides between a whole page and the part of it that changes."""

from typing import Any

from flask import Response, make_response, redirect, render_template
from htmx_flask import request


def wants_fragment() -> bool:
    """Whether htmx asks for a part. Boosted links and restored history want the whole page."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def answer(page: str, fragment: str, *, status: int = 200, **context: Any) -> Response:
    """The page's template, or the fragment's, with the same context. Caches must keep the two apart."""
    template = fragment if wants_fragment() else page
    return _vary(make_response(render_template(template, **context), status))


def part(fragment: str, *, status: int = 200, **context: Any) -> Response:
    """A fragment that is no page in any case."""
    return _vary(make_response(render_template(fragment, **context), status))


def unchanged() -> Response:
    """Nothing new: htmx leaves everything as it is."""
    return _vary(Response(status=204))


def go(address: str) -> Response:
    """On to another page, with or without htmx."""
    if wants_fragment():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)  # type: ignore[return-value]


def _vary(response: Response) -> Response:
    response.vary.add("HX-Request")
    return response
