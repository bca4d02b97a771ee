"""The API's operations. Each is described once; the description checks requests, and makes the document."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, jsonify

from flexie.web.api import asking, bodies, problems
from flexie.web.api.asking import Asked, Parameter
from flexie.web.api.schema import Schema, public_id

bp = Blueprint("api", "flexie.web.api", url_prefix="/api/v1")
problems.init_blueprint(bp)

JSON = "application/json"
ANY = "*/*"
PLAIN = "text/plain"


@dataclass(frozen=True)
class Reply:
    """What is answered: a JSON value, and the status."""

    body: Any
    status: int = 200


Act = Callable[[Asked], Reply | Response]


@dataclass(frozen=True)
class Operation:
    """One method at one address: what it takes, what it answers, what can go wrong, and who does it.

    `path` is written as OpenAPI does (`/messages/{id}`); a token needs `scope`, of flexie.tokens. `largest` is
    the most bytes of a plain body. What is answered as anything but JSON is a response of its own.
    """

    method: str
    path: str
    summary: str
    answers: dict[int, Schema]
    scope: str
    answer_type: str = JSON
    parameters: tuple[Parameter, ...] = ()
    body: Schema | None = None
    body_type: str = JSON
    largest: int = 0
    problems: tuple[int, ...] = ()
    act: Act = field(default=lambda _asked: Reply(None), repr=False)

    @property
    def name(self) -> str:
        """The operation's id in the document, and its endpoint."""
        return self.act.__name__

    @property
    def subject(self) -> str:
        """The first word of the address: what it is about."""
        return self.path.split("/")[1]


OPERATIONS: list[Operation] = []


def operation(
    method: str, path: str, summary: str, answers: dict[int, Schema], *, scope: str, **more: Any
) -> Callable[[Act], Act]:
    """Let a function carry out an operation: it takes what was asked, checked, and gives the reply."""

    def register(act: Act) -> Act:
        described = Operation(method, path, summary, answers, scope, act=act, **more)
        OPERATIONS.append(described)
        rule = path.replace("{", "<").replace("}", ">")
        bp.add_url_rule(rule, described.name, _view(described), methods=[method])
        return act

    return register


def query(**schemas: Schema) -> tuple[Parameter, ...]:
    """Parameters after the question mark."""
    return tuple(Parameter(name, "query", schema) for name, schema in schemas.items())


def by_id(what: str) -> tuple[Parameter, ...]:
    """The parameter of an address that ends in an id."""
    return (Parameter("id", "path", public_id(f"The id of the {what}.")),)


def _view(described: Operation) -> Callable[..., Response]:
    def view(**given: str) -> Response:
        reply = described.act(_asked(described, given))
        if isinstance(reply, Response):
            return reply
        response = jsonify(reply.body)
        response.status_code = reply.status
        return response

    return view


def _asked(described: Operation, given: dict[str, str]) -> Asked:
    return Asked(
        user=asking.user(described.scope),
        path=asking.path(described.parameters, given),
        query=asking.query(described.parameters),
        headers=asking.headers(described.parameters),
        body=_body(described),
    )


def _body(described: Operation) -> Any:
    if described.body is None:
        return None
    return asking.json_body(described.body) if described.body_type == JSON else bodies.of_text(described.largest)
