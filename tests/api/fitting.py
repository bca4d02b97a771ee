"""Whether an answer is one that the document promises: its status, its media type and its schema."""

import re
from typing import Any

from werkzeug.test import TestResponse

from flexie.web.api import checking, document
from flexie.web.api.operations import JSON, OPERATIONS, Operation
from flexie.web.api.problems import PROBLEM


def operation_at(method: str, path: str) -> Operation | None:
    """The operation that a call reaches; addresses without a parameter win."""
    plain = path.partition("?")[0]
    for operation in sorted(OPERATIONS, key=lambda each: "{" in each.path):
        if operation.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation.path), plain):
            return operation
    return None


def refuse_undocumented(method: str, path: str, response: TestResponse) -> None:
    """Fails for an answer that the document does not promise."""
    if response.status_code >= 400:
        assert response.content_type == "application/problem+json", response.text
        fits(PROBLEM, response.get_json(force=True))
        assert response.get_json(force=True)["status"] == response.status_code
    operation = operation_at(method, path)
    if operation is None:
        assert response.status_code in (200, 404, 405)
    elif response.status_code >= 400:
        assert response.status_code in document.problems(operation), f"{operation.name}: {response.text}"
    elif operation.answer_type == JSON:
        assert response.content_type == "application/json"
        fits(operation.answers[response.status_code], response.json)


def fits(schema: dict[str, Any], value: Any) -> None:
    """Fails for a value that does not fit."""
    errors = checking.check(schema, value)
    assert errors == {}, f"{errors} in {value}"
