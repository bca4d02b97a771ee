"""What every answer carries, and what no template may hold."""

import json
import re
from pathlib import Path

import pytest

from flexie import config
from tests.web.browser import Browser, words
from tests.web.desk import Desk

TEMPLATES = Path(__file__).parents[2] / "templates"
STATIC = TEMPLATES.parent / "static"


@pytest.mark.parametrize("path", ["/signin", "/inbox", "/nowhere", "/static/css/tokens.css", "/inbox/list"])
def test_every_answer_tells_the_browser_what_it_may_do(desk: Desk, path: str) -> None:
    headers = desk.mira.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_are_not_kept_and_static_files_are(desk: Desk) -> None:
    page = desk.mira.get("/inbox")
    assert page.headers["Cache-Control"] == "no-store"
    sheet = re.search(r'href="(/static/css/tokens\.css\?v=\w+)"', page.text)
    assert sheet
    assert "immutable" in desk.mira.get(sheet.group(1)).headers["Cache-Control"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: Desk) -> None:
    cookie = Browser(desk.app).get("/signin").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    ("public_url", "secure"), [("https://sms.example.test", True), ("http://localhost:8000", False)]
)
def test_the_cookie_travels_only_encrypted_where_the_account_is_reached_so(
    tmp_path: Path, public_url: str, secure: bool
) -> None:
    settings = config.from_environment({"FLEXIE_DATA": str(tmp_path), "PUBLIC_URL": public_url})
    assert settings["SESSION_COOKIE_SECURE"] is secure


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_has_a_script_a_style_or_a_handler_in_line(template: Path) -> None:
    source = template.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=|hx-on|javascript:|hx-vals=.js:", source)
    assert not re.search(r"\|\s*safe\b|autoescape false", source)


@pytest.mark.parametrize("script", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_no_script_of_ours_writes_markup(script: Path) -> None:
    assert not re.search(
        r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|eval\(|new Function", script.read_text()
    )


def test_htmx_may_neither_run_texts_nor_remember_pages(desk: Desk) -> None:
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", desk.mira.get("/inbox").text)
    assert found
    given = json.loads(found.group(1))
    assert (given["allowEval"], given["allowScriptTags"], given["includeIndicatorStyles"]) == (False, False, False)
    assert (given["selfRequestsOnly"], given["historyCacheSize"]) == (True, 0)


def test_errors_are_told_in_words(desk: Desk) -> None:
    answer = desk.mira.get("/nowhere")
    assert answer.status_code == 404
    assert "Nothing here" in words(answer)
    assert "Back to the inbox" in words(answer)
    fragment = desk.mira.get("/nowhere", htmx=True)
    assert fragment.mimetype == "text/plain"
    too_large = desk.mira.post("/rules/check", {"text": "x" * (256 * 1024 + 1)})
    assert too_large.status_code == 413
    assert "Too large" in words(too_large)


def test_a_fault_of_ours_says_nothing_of_its_inside(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(desk.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(desk.app.view_functions, "runs.listing", lambda: 1 / 0)
    answer = desk.mira.get("/runs")
    assert answer.status_code == 500
    assert "Something broke" in words(answer)
    assert "ZeroDivision" not in answer.text
