"""What went wrong, as RFC 9457 problem details: `application/problem+json`."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from flexie.web.api.schema import items, mapping, named, text, thing, whole

FINDING = named(
    "Finding",
    thing(
        {
            "level": text("How much it weighs.", choices=("error", "warning", "hint")),
            "code": text("What kind of finding it is."),
            "file": text("The file's name."),
            "line": whole("The line, from 1."),
            "column": whole("The column, from 1."),
            "message": text("What is wrong."),
            "advice": text("What to write instead; may be empty."),
        },
        "What a check says about a place in a rule file.",
    ),
)
PROBLEM = named(
    "Problem",
    thing(
        {
            "type": text("A name for the kind of problem; about:blank says no more than the status."),
            "title": text("The status in words."),
            "status": whole("The HTTP status."),
            "detail": text("What is wrong and what to do, in a sentence."),
            "errors": mapping(text("What is wrong with it."), "What to correct: a sentence for each field."),
            "findings": items(FINDING, "What is wrong in the rules that were sent."),
        },
        "What went wrong (RFC 9457).",
        optional=("errors", "findings"),
    ),
)
WORDS = {
    400: "This cannot be read: send one JSON object in UTF-8, each key once.",
    401: "Send a token as Authorization: Bearer <token>. An administrator makes one under Settings, API tokens.",
    403: "The owner of this token may not do this.",
    404: "It does not exist, or it is not yours to see.",
    405: "This address cannot be used with this method.",
    413: "This is more than we take in one go.",
    429: "This token asked for too much in a short time. Wait as many seconds as Retry-After says, then go on.",
    500: "Something broke on our side. Nothing was half done: try again in a moment.",
}


class Problem(Exception):
    """A request that cannot be done: its status, a sentence, and what more the answer says."""

    def __init__(
        self, status: int, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(detail or WORDS[status])
        self.status = status
        self.headers = dict(headers or {})
        self.more = more


def invalid(errors: Mapping[str, str]) -> Problem:
    """422: what was sent is understood and does not fit, field by field."""
    return Problem(422, "Correct what is named under errors and send it again.", errors=dict(errors))


def answer(problem: Problem) -> Response:
    """The problem as a response."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": str(problem),
        **problem.more,
    }
    headers = {**problem.headers, "Content-Type": "application/problem+json"}
    return Response(json.dumps(body), problem.status, headers)


def init_blueprint(bp: Blueprint) -> None:
    """Answer everything that goes wrong below the blueprint's address as a problem."""
    bp.register_error_handler(Problem, answer)
    bp.register_error_handler(HTTPException, _http)
    bp.register_error_handler(500, lambda _problem: answer(Problem(500)))
    bp.before_app_request(lambda: _unrouted(bp.url_prefix or ""))


def _http(problem: HTTPException) -> Response:
    code = problem.code or 500
    headers = {}
    if isinstance(problem, MethodNotAllowed) and problem.valid_methods:
        headers["Allow"] = ", ".join(sorted(problem.valid_methods))
    return answer(Problem(code, WORDS.get(code, problem.description or problem.name), headers=headers))


def _unrouted(prefix: str) -> Response | None:
    """An address of the API that does not exist belongs to no blueprint: answered before routing fails."""
    problem = request.routing_exception
    if problem is None or isinstance(problem, RequestRedirect) or not f"{request.path}/".startswith(f"{prefix}/"):
        return None
    return _http(problem)
