"""Files that people look at or take with them."""

import re
from collections.abc import Iterator

from flask import Response, stream_with_context

SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""For files that go to the disk, and for pictures."""


def guarded(
    data: bytes, content_type: str, name: str, ending: str, *, is_download: bool, policy: str = SANDBOX
) -> Response:
    """What somebody else made, under a name of ours, so that no browser takes it for anything but what it is."""
    answer = Response(data, content_type=content_type)
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")
    answer.headers["Content-Disposition"] = f'{"attachment" if is_download else "inline"}; filename="{plain}.{ending}"'
    answer.headers["Content-Security-Policy"] = policy
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def csv(lines: Iterator[str], name: str) -> Response:
    """A CSV file that is written while it is read."""
    response = Response(stream_with_context(lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
