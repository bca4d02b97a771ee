"""Headers that every answer carries: what a browser may load, frame, sniff, tell and keep."""

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
A_YEAR = 365 * 86_400  # seconds


def init_app(app: Flask) -> None:
    """Add the headers after each request, unless a view has set its own."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint == "static":
        response.headers["Cache-Control"] = (
            f"public, max-age={A_YEAR}, immutable" if "v" in request.args else "no-cache"
        )
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
