"""Files that people take with them."""

from collections.abc import Iterator

from flask import Response, stream_with_context


def csv(lines: Iterator[str], name: str) -> Response:
    """A CSV file that is written while it is read."""
    response = Response(stream_with_context(lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
