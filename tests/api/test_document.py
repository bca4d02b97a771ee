"""The document says what is served, no more and no less."""

import json
import re
from typing import Any

import pytest
from flask import Flask

from flexie.web.api.document import document
from flexie.web.api.operations import OPERATIONS
from flexie.web.api.schema import COMPONENTS
from tests.api.office import Office


def _routes(app: Flask) -> set[tuple[str, str]]:
    ours = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1")]
    return {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")))
        for rule in ours
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }


def test_every_route_is_documented_and_every_documented_route_is_there(app: Flask) -> None:
    documented = {(method, path) for path, methods in document()["paths"].items() for method in methods}
    assert documented == _routes(app)


def test_it_is_read_without_a_token(office: Office) -> None:
    answer = office.nobody("GET", "/openapi.json")
    assert answer.status_code == 200
    assert answer.json["openapi"] == "3.1.0"
    assert answer.json["servers"] == [{"url": "https://sms.example.test/api/v1"}]


def test_every_operation_tells_what_the_web_server_says_of_an_address_that_is_too_long() -> None:
    for operation in OPERATIONS:
        responses = document()["paths"][operation.path][operation.method.lower()]["responses"]
        assert set(responses["414"]["content"]) == {"text/html"}, operation.name


def test_every_reference_in_it_leads_somewhere() -> None:
    named = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document()))
    assert set(named) == set(COMPONENTS)


def test_operations_have_names_of_their_own() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(set(names)) == len(names) > 15


def _parts(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict) else []), *(part for each in inner for part in _parts(each))]


def test_it_uses_no_word_that_the_check_does_not_know() -> None:
    known = {
        "$ref", "type", "description", "properties", "required", "additionalProperties", "items", "enum", "examples",
        "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "default",
    }  # fmt: skip
    schemas = [part for each in COMPONENTS.values() for part in _parts(each) if "type" in part or "$ref" in part]
    assert {word for schema in schemas if isinstance(schema.get("type"), str) for word in schema} <= known


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_everything_but_the_document_needs_a_token(office: Office, operation: Any) -> None:
    path = operation.path.replace("{id}", "0" * 32).replace("{name}", "shop").replace("{media}", "0" * 32)
    answer = office.nobody(operation.method, path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="flexie"'
