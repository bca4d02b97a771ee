"""An endpoint on a loopback port that rules call: keeps what is posted to it and answers as a test wishes."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Dual(ThreadingHTTPServer):
    daemon_threads = True


class _DualSix(_Dual):
    address_family = socket.AF_INET6


@dataclass
class Posted:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Endpoint:
    """What it received, and how it answers: the statuses are used up, then it answers 204.

    `location` is sent along. A status of 0: it reads the request and closes the connection; -1: it lets the
    answer drip, a byte at a time, until the caller has had enough; -2: it says nothing until `release`.
    """

    posts: list[Posted] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    location: str = ""
    port: int = 0
    gave_up: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address, by number."""
        return f"http://127.0.0.1:{self.port}/hook"


def _handler(endpoint: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.posts.append(Posted(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status = endpoint.answers.pop(0) if endpoint.answers else 204
            endpoint.arrived.release()
            if status == -2:
                endpoint.release.wait(20)
                status = 204
            self.close_connection = True
            if status == -1:
                self._drip()
            elif status:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                if endpoint.location:
                    self.send_header("Location", endpoint.location)
                self.end_headers()

        def _drip(self) -> None:
            pause = threading.Event()
            try:
                for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    pause.wait(0.02)
            except OSError:
                endpoint.gave_up.set()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def listening(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    """An endpoint that listens for the block."""
    endpoint = Endpoint()
    server = (_DualSix if ":" in host else _Dual)((host, 0), _handler(endpoint))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    endpoint.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
