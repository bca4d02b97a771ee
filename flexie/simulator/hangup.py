"""Breaking a connection instead of answering: what a lost answer looks like to the one who asked."""

from __future__ import annotations

import select
import socket
from collections.abc import Mapping
from contextlib import suppress

from flask import Response

_SOCKETS = ("werkzeug.socket", "gunicorn.socket")
"""Where the servers that this runs under keep the client's socket (Werkzeug's own and gunicorn)."""


def hang_up(environ: Mapping[str, object], after: float) -> Response:
    """Stay silent for `after` seconds, or until the client gives up, then cut the connection.

    The response is for form's sake: nobody reads it, save where a server hides its socket; there it is a
    gateway's timeout, which tells the sender just as little.
    """
    connection = next((found for name in _SOCKETS if (found := environ.get(name))), None)
    if isinstance(connection, socket.socket):
        with suppress(OSError, ValueError):
            # Readable means that the client has closed its end: it has nothing more to say here.
            select.select([connection], [], [], after)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
    return Response("", status=504)
