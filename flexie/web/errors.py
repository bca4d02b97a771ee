"""What went wrong, in words: a page, or one sentence for a page that is open already."""

from flask import Flask, Response, make_response, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from flexie.web import htmx

WORDS: dict[int, tuple[str, str]] = {
    400: ("That request makes no sense to us", "Go back, load the page again, and try once more."),
    403: ("Not allowed", "You have no right to do this. Ask an administrator if you need it."),
    404: ("Nothing here", "It does not exist, or it is not yours to see."),
    405: ("Not that way", "This address cannot be used like this. Go back and use the buttons of the page."),
    413: ("Too large", "That is more than we take in one go. Make it shorter and send it again."),
    429: ("Too many tries", "Wait a minute, then try again."),
    500: ("Something broke", "It is our fault, not yours. Nothing was half done. Try again in a moment."),
}
OLD_PAGE = ("This page is too old", "It was opened before you last signed in. Load it again, then repeat what you did.")


def init_app(app: Flask) -> None:
    """Answer every error in words."""
    app.register_error_handler(CSRFError, lambda _problem: _answer(403, OLD_PAGE))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, lambda _problem: _answer(500, WORDS[500]))


def _http(problem: HTTPException) -> Response:
    code = problem.code or 500
    if code < 400 or problem.response is not None:
        return problem.get_response()  # type: ignore[return-value]
    return _answer(code, WORDS.get(code, (problem.name, "Go back and try something else.")))


def _answer(code: int, words: tuple[str, str]) -> Response:
    title, advice = words
    if htmx.wants_fragment():
        return Response(f"{title}. {advice}", code, content_type="text/plain; charset=utf-8")
    return make_response(render_template("errors/page.html", title=title, advice=advice, code=code), code)
