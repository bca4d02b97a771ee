"""The OpenAPI 3.1 document, made from the descriptions that requests are checked by."""

from functools import cache
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, jsonify

from flexie import tokens
from flexie.web.api.asking import Parameter
from flexie.web.api.operations import JSON, OPERATIONS, Operation, bp
from flexie.web.api.problems import PROBLEM
from flexie.web.api.schema import COMPONENTS

PATH = "/openapi.json"
SCOPES_TOLD = "A token of Settings, API tokens. Its scopes: " + "; ".join(
    f"{scope} ({words[0].lower()}{words[1:]})" for scope, words in tokens.SCOPES.items()
)

TOO_LONG = {
    "description": "The address is longer than the web server takes, which says so itself: 8,190 bytes with `bin/run`.",
    "content": {"text/html": {"schema": {"type": "string"}}},
}


@bp.get(PATH)
def openapi() -> Response:
    """The document; no token is needed to read it."""
    return jsonify({**document(), "servers": [{"url": f"{current_app.config['PUBLIC_URL']}{bp.url_prefix}"}]})


@cache
def document() -> dict[str, Any]:
    """All operations and schemas, but for the server's address."""
    paths: dict[str, dict[str, Any]] = {PATH: {"get": _itself()}}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SMS channel",
            "version": "1",
            "description": "Messages, records, rules and the rest of it, as the owner of the token may see them.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": COMPONENTS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": SCOPES_TOLD}},
        },
    }


def _itself() -> dict[str, Any]:
    answer = {"description": "OK", "content": {JSON: {"schema": {"type": "object"}}}}
    return {
        "operationId": "openapi",
        "summary": "This document",
        "tags": ["document"],
        "security": [],
        "responses": {"200": answer},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.subject],
        "responses": _responses(operation),
        "security": [{"token": [operation.scope]}],
    }
    if operation.parameters:
        described["parameters"] = [_parameter(parameter) for parameter in operation.parameters]
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": {operation.body_type: {"schema": operation.body}}}
    return described


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = {key: part for key, part in parameter.schema.items() if key != "description"}
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required or parameter.place == "path",
        "description": parameter.schema.get("description", ""),
        "schema": schema,
    }


def _responses(operation: Operation) -> dict[str, Any]:
    responses = {
        str(status): _response(status, operation.answer_type, schema) for status, schema in operation.answers.items()
    }
    responses["414"] = TOO_LONG
    for status in problems(operation):
        responses[str(status)] = _response(status, "application/problem+json", PROBLEM)
    return responses


def problems(operation: Operation) -> list[int]:
    """What can go wrong with an operation, as statuses; 422 with each, for parameters that it does not know."""
    found = {401, 403, 422, 429, *operation.problems}
    if operation.body is not None:
        found.update((400, 413, 415))
    return sorted(found)


def _response(status: int, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": {media_type: {"schema": schema}}}
