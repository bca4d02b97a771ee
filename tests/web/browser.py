"""A browser of somebody who is signed in, for tests: it keeps cookies and sends the page's token with every form."""

import html
import re

from flask import Flask
from werkzeug.test import TestResponse

from flexie import signin
from flexie.db import db
from flexie.models import User
from flexie.web.login import BROWSER

HTMX = {"HX-Request": "true"}


class Browser:
    """One browser. `user_id` None is nobody in particular."""

    def __init__(self, app: Flask, user_id: int | None = None) -> None:
        self.app = app
        self.base = app.config["PUBLIC_URL"]
        self.client = app.test_client()
        self.headers: dict[str, str] = {}  # sent with every request, such as Accept-Language
        if user_id is not None:
            self._sign_in(user_id)

    def _sign_in(self, user_id: int) -> None:
        with self.app.app_context():
            token = signin.begin(db.session.get_one(User, user_id))
            db.session.commit()
        self.remember(token)

    def remember(self, token: str) -> None:
        """Put a token into the browser's cookie, as if it had signed in with it."""
        with self.client.session_transaction(base_url=self.base) as session:
            session[BROWSER] = token

    def remembered(self) -> str | None:
        """The token in the browser's cookie."""
        with self.client.session_transaction(base_url=self.base) as session:
            return session.get(BROWSER)

    def get(self, path: str, *, htmx: bool = False) -> TestResponse:
        """Open a page, or fetch a fragment."""
        return self.client.get(path, base_url=self.base, headers={**self.headers, **(HTMX if htmx else {})})

    def post(
        self, path: str, form: dict[str, str] | None = None, *, htmx: bool = False, **more: object
    ) -> TestResponse:
        """Send a form, with the token that the page would send."""
        headers = {**self.headers, "X-CSRFToken": self.token(), **(HTMX if htmx else {})}
        return self.client.post(path, data=form or {}, base_url=self.base, headers=headers, **more)

    def token(self) -> str:
        """The token that pages carry for their forms."""
        page = self.get("/inbox", htmx=False)
        if page.status_code != 200:
            page = self.get("/signin")
        found = re.search(r'"X-CSRFToken": "([^"]+)"', page.text)
        assert found, "the page carries no token"
        return found.group(1)


def words(response: TestResponse) -> str:
    """What a page says, without its tags, blanks drawn together."""
    text = re.sub(r"<(script|style|title)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
