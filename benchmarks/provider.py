"""A stand-in for Twilio's API: answers every send, and notes when the first byte of each came in."""

import http.server
import json
import secrets
import socket
import socketserver
import threading
import time
from urllib.parse import parse_qs


class Provider:
    """Listens on loopback from a thread. `moments` maps a recipient to time.perf_counter() at its text's first byte.

    Every answer takes `delay` seconds.
    """

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.moments: dict[str, float] = {}
        self.arrived = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.provider = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def wait_for(self, number: str, seconds: float) -> float:
        """The moment at which a text to this number began to arrive.

        Raises:
            TimeoutError: none arrived in so many seconds.
        """
        with self.arrived:
            if not self.arrived.wait_for(lambda: number in self.moments, seconds):
                raise TimeoutError(f"No text to {number} within {seconds:g} seconds.")
            return self.moments[number]

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    provider: Provider


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle_one_request(self) -> None:
        self.connection.recv(1, socket.MSG_PEEK)  # returns with the first byte of the next request
        self.began = time.perf_counter()
        super().handle_one_request()

    def do_POST(self) -> None:
        """Accept the text."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        provider = self.server.provider
        with provider.arrived:
            provider.moments[form["To"][0]] = self.began
            provider.arrived.notify_all()
        time.sleep(provider.delay)
        body = json.dumps({"sid": f"SM{secrets.token_hex(16)}", "status": "queued", "num_segments": "1"}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
