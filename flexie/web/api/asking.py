"""What a request asks: by whom, for what, with which parameters and body, all as the operation describes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, request

from flexie import audit, tokens
from flexie.models import User
from flexie.web import limits, seen
from flexie.web.api import bodies, checking
from flexie.web.api.problems import Problem, invalid
from flexie.web.api.schema import Schema

FLAGS = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True)
class Parameter:
    """Something an operation takes beside its body: in the "path", the "query" or a "header"."""

    name: str
    place: str
    schema: Schema
    required: bool = False


@dataclass(frozen=True)
class Asked:
    """A request that fits its operation's description."""

    user: User
    path: Mapping[str, str]
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any = None


def user(scope: str) -> User:
    """The owner of the request's bearer token, which has this scope and did not ask too much lately.

    Raises:
        Problem: 401 or 403, with the challenge of RFC 6750; or 429.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = tokens.owner(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if known is None:
        wrong = ', error="invalid_token"' if token else ""
        raise Problem(401, headers={"WWW-Authenticate": f'Bearer realm="flexie"{wrong}'})
    g.account = known.settings  # held, so that they are read once
    if wait := limits.spend(known.token.digest):
        raise Problem(429, headers={"Retry-After": str(wait)})
    if scope not in known.token.scopes:
        challenge = f'Bearer realm="flexie", error="insufficient_scope", scope="{scope}"'
        raise Problem(403, f"This token has no scope {scope}.", headers={"WWW-Authenticate": challenge})
    audit.act_as(known.user)
    seen.saw(known.user, known.token)
    return known.user


def only_administrators(asked: Asked) -> None:
    """Go on only for those who look after the account. Raises 403."""
    if not asked.user.is_admin:
        raise Problem(403)


def path(parameters: tuple[Parameter, ...], given: Mapping[str, str]) -> Mapping[str, str]:
    """The parts of the address. What cannot be the name of anything is simply not there (404)."""
    described = {each.name: each.schema for each in parameters if each.place == "path"}
    if any(checking.check(described[name], part) or not bodies.is_storable(part) for name, part in given.items()):
        raise Problem(404)
    return given


def query(parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """The parameters after the question mark, converted. One that we do not know is refused: a filter that is passed
    over in silence would answer with too much. Raises 422.
    """
    described = {each.name: each.schema for each in parameters if each.place == "query"}
    values = {name: schema["default"] for name, schema in described.items() if "default" in schema}
    needed = {each.name for each in parameters if each.required and each.place == "query"}
    errors = dict.fromkeys(sorted(needed.difference(request.args)), "This is needed.")
    for name, given in request.args.lists():
        if name not in described:
            errors[name] = f"There is no such parameter. What there is: {', '.join(described) or 'none'}."
        elif len(given) > 1:
            errors[name] = "Give this once."
        else:
            values[name] = _converted(described[name], given[0])
            errors.update(checking.check(described[name], values[name], name))
            errors.update(_unstorable(name, given[0]))
    if errors:
        raise invalid(errors)
    return values


def headers(parameters: tuple[Parameter, ...]) -> dict[str, str]:
    """The headers that the operation describes and the request has. Raises 422."""
    described = [each for each in parameters if each.place == "header" and each.name in request.headers]
    values = {each.name: request.headers[each.name] for each in described}
    errors: dict[str, str] = {}
    for each in described:
        errors.update(checking.check(each.schema, values[each.name], each.name))
    if errors:
        raise invalid(errors)
    return values


def json_body(schema: Schema) -> Any:
    """The request's JSON body, which fits its schema. Raises 400, 413, 415 or 422."""
    value = bodies.of_json()
    if errors := checking.check(schema, value):
        raise invalid(errors)
    return value


def _unstorable(name: str, given: str) -> dict[str, str]:
    return {} if bodies.is_storable(given) else {name: "This has a character that cannot be stored."}


def _converted(schema: Schema, given: str) -> Any:
    if schema["type"] == "integer" and re.fullmatch(r"-?[0-9]{1,9}", given):
        return int(given)
    if schema["type"] == "boolean":
        return FLAGS.get(given.lower(), given)
    return given
