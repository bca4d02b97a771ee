"""Whatever is sent, the answer is one that the document promises, and none is our fault."""

import base64
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.office import Office
from tests.domain.test_documents import a_pdf

ANYTHING_ODD = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    ["\0", "\ud800", "1e9", "-", "9" * 30, "2026-12-24T09:00Z", "0001-01-01T00:00+23:59", "٣٤٥", "+14155552671", "yes"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANYTHING_ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING_ODD, inner, max_size=3),
    max_leaves=6,
)
NAMES = (
    st.sampled_from(["to", "text", "line", "send_at", "record", "kind", "fields", "number", "template"]) | ANYTHING_ODD
)
FIELDS = st.dictionaries(
    st.sampled_from(["name", "mobile", "age", "plan", "allow_sms", "born"]) | ANYTHING_ODD, VALUES, max_size=4
)
QUERIES = st.dictionaries(
    st.sampled_from(
        ["limit", "cursor", "number", "status", "record", "q", "kind", "line", "unread", "rule", "message", "folder"]
    ),
    st.text(max_size=30)
    | st.sampled_from(["1", "\0", "contact", "0" * 32, "true", "+1415", "WyIiXQ==", "WyIiLCIiXQ=="]),
    max_size=3,
)
WRITTEN = ("/messages", "/records", "/opt-outs", "/documents")
PDF = base64.b64encode(a_pdf()).decode()
FITTING: dict[str, dict[str, Any]] = {
    "/messages": {"to": "+14155552671", "text": "Hello"},
    "/opt-outs": {"number": "+14155552671", "reason": "Said so", "to": "out"},
    "/documents": {"number": "1", "amount": "180", "due_on": "", "pdf": PDF, "kind": "quote"},
}
LISTS = (
    "/messages",
    "/records",
    "/runs",
    "/runs/not-started",
    "/conversations",
    "/lines",
    "/rules",
    "/opt-outs",
    "/people",
    "/groups",
    "/presets",
    "/templates",
    "/documents",
)
QUICKLY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@QUICKLY
@given(body=st.dictionaries(NAMES, VALUES, max_size=5) | VALUES)
def test_bodies(office: Office, body: Any) -> None:
    for path in WRITTEN:
        answer = office.admin("POST", path, data=json.dumps(body), content_type="application/json")
        assert answer.status_code < 500


@QUICKLY
@given(path=st.sampled_from(sorted(FITTING)), place=st.integers(0, 3), value=VALUES)
def test_one_odd_value(office: Office, path: str, place: int, value: Any) -> None:
    fitting = {**FITTING[path], **({"record": office.record()} if path == "/documents" else {})}
    name = list(fitting)[place % len(FITTING[path])]
    body = json.dumps({**fitting, name: value})
    answer = office.admin("POST", path, data=body, content_type="application/json")
    assert answer.status_code < 500


@QUICKLY
@given(fields=FIELDS)
def test_fields(office: Office, fields: dict[str, Any]) -> None:
    body = json.dumps({"kind": "contact", "fields": fields})
    answer = office.admin("POST", "/records", data=body, content_type="application/json")
    assert answer.status_code < 500


@QUICKLY
@given(query=QUERIES, path=st.sampled_from(LISTS))
def test_queries(office: Office, query: dict[str, str], path: str) -> None:
    assert office.admin.get(path, **query).status_code < 500


@QUICKLY
@given(raw=st.binary(max_size=60), path=st.sampled_from([*WRITTEN, "/rules/x"]))
def test_raw_bodies(office: Office, raw: bytes, path: str) -> None:
    method, kind = ("PUT", "text/plain") if path == "/rules/x" else ("POST", "application/json")
    assert office.admin(method, path, data=raw, content_type=kind).status_code < 500


@QUICKLY
@given(name=st.text(st.characters(exclude_characters="/?#", exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_names(office: Office, name: str) -> None:
    for subject in ("rules", "opt-outs"):
        assert office.admin.get(f"/{subject}/{name}").status_code in (200, 404)
