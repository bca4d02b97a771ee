"""Which names this installation answers to: a foreign Host would get into redirects, caches and the check of origins.

It stands before Flask, so that nothing of a request with a foreign name is looked at. Providers and load balancers
may call any name: webhooks are proved by their signature against PUBLIC_URL, and /healthz says nothing of anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.wrappers import Response

from flexie.web.headers import POLICY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANY_NAME = "/webhooks/"
HEALTH = "/healthz"
OURS_ALWAYS = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]{1,5})?", re.IGNORECASE)


class Guard:
    """A WSGI application around another one; answers 400 to names that are not among `names` (without ports)."""

    def __init__(self, wsgi_app: WSGIApplication, public_url: str, names: Iterable[str]) -> None:
        self.wsgi_app = wsgi_app
        self.public_url = public_url
        public = urlsplit(public_url)
        self.public_host = public.netloc
        self.names = frozenset({public.hostname or "", *OURS_ALWAYS, *names})

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        path = environ["PATH_INFO"]
        if path.startswith(ANY_NAME) or path == HEALTH:
            environ["HTTP_HOST"] = self.public_host
        elif foreign := self._foreign(environ):
            return self._refusal(foreign)(environ, start_response)
        return self.wsgi_app(environ, start_response)

    def _foreign(self, environ: WSGIEnvironment) -> str:
        """The first name in the request that is not ours, or nothing."""
        given = [environ.get("HTTP_HOST") or environ["SERVER_NAME"]]
        if forwarded := environ.get("HTTP_X_FORWARDED_HOST"):
            given += [each.strip() for each in forwarded.split(",")]
        return next((each or "?" for each in given if name_of(each) not in self.names), "")

    def _refusal(self, foreign: str) -> Response:
        name = name_of(foreign)
        sentence = (
            f'This installation does not answer to the name "{name}".\nOpen {self.public_url} instead; or whoever runs '
            f"it sets PUBLIC_URL to the address that people use, or adds the name: TRUSTED_HOSTS={name}\n"
            if name
            else "The Host header, or X-Forwarded-Host, holds no name of a host.\n"
        )
        response = Response(sentence, 400, content_type="text/plain; charset=utf-8")
        response.headers.update(
            {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        )
        return response


def name_of(host: str) -> str:
    """The name or address in a Host header, in small letters, without port and brackets; nothing when it is none."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]).lower() if found else ""


def init_app(app: Flask) -> None:
    """Put the guard before the application."""
    app.wsgi_app = Guard(app.wsgi_app, app.config["PUBLIC_URL"], app.config["OTHER_HOSTS"])  # type: ignore[method-assign]
