"""Webhooks pass by what is there for browsers: sessions, tokens of forms, limits, headers of pages.

Those are hooks on every request, and cost more than storing a text does (docs/decisions/0004). A provider proves itself
by its signature, sends no cookie and shows no page.
"""

from types import TracebackType

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

WEBHOOKS = "webhooks"


class Application(Flask):
    """Flask, with a short way for webhooks. What a request ends with (its database session) is the same for all."""

    def preprocess_request(self) -> ResponseReturnValue | None:
        """What is asked of every request of a browser or an API client."""
        return None if request.blueprint == WEBHOOKS else super().preprocess_request()

    def process_response(self, response: Response) -> Response:
        """What every answer to a browser or an API client carries."""
        return response if request.blueprint == WEBHOOKS else super().process_response(response)

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        """What broke, by its view's name. Flask writes the address, and a link's or a webhook's is a secret."""
        extra = {"view": request.endpoint, "method": request.method}
        self.logger.error("request failed", exc_info=exc_info, extra=extra)
