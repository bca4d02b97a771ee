"""P8: what 300 idle open inboxes cost one web process, and how soon something that happens reaches all of them.

Each holds a stream of news and looks at its list every five minutes, as a browser does. The cost is processor time of
the web process ÷ wall time; the same process without any of them is measured before, and taken off.
"""

import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from urllib.parse import urlsplit

from benchmarks import accounts
from benchmarks.installations import ENGINES, PUBLIC_URL, Engine, Installation, Web, cpu_seconds, installation
from benchmarks.reporting import Result, arguments, show
from flexie import clock, live, passwords, signin
from flexie.db import db
from flexie.models import Line, User
from flexie.web.login import BROWSER

GOAL_COST = 0.10  # of a core
GOAL_REACH = 0.100  # seconds
LOOKS_EVERY = 300.0  # seconds; static/js/live.js


def measure(engine: Engine, browsers: int, seconds: float, events: int) -> list[Result]:
    """Measure the cost and the reach on one database engine."""
    with installation(engine) as side, ExitStack() as stack:
        side.environment["WEB_CONCURRENCY"] = "1"
        with side.app.app_context():
            accounts.prepare()
            cookie, line_id = _signed_in(side), db.session.scalars(db.select(Line.id)).first() or 0
        side.valkey()
        web = side.web()
        seen = re.findall(r"seen=(\w+)", _look(web, cookie, "").decode())[0]
        empty = _cost_of(web, seconds, lambda: time.sleep(0.2))
        streams = [stack.enter_context(_stream(web, cookie)) for _ in range(browsers)]
        turns = _turns(web, cookie, seen, browsers / LOOKS_EVERY)
        full = _cost_of(web, seconds, lambda: next(turns))
        reached = [_reach(side, line_id, streams) for _ in range(events)]
    details = {"with none, of a core": empty, f"with {browsers}, of a core": full}
    late = {"median, ms": median(reached) * 1e3, "events": len(reached)}
    return [
        Result(f"P8 cost of {browsers} idle inboxes, {engine}", full - empty, GOAL_COST, "lower", "cores", details),
        Result(f"P8 an event reaches all, slowest, {engine}", max(reached), GOAL_REACH, "lower", "s", late),
    ]


def _signed_in(side: Installation) -> str:
    """The cookie of somebody who is signed in."""
    user = User(
        email="a@example.com", name="Ana", role="agent", password_hash=passwords.hashed("-"), created_at=clock.now()
    )
    db.session.add(user)
    db.session.flush()
    token = signin.begin(user)
    db.session.commit()
    client = side.app.test_client()
    with client.session_transaction(base_url=PUBLIC_URL) as session:
        session[BROWSER] = token
    kept = client.get_cookie(side.app.config["SESSION_COOKIE_NAME"], domain=urlsplit(PUBLIC_URL).hostname or "")
    assert kept
    return f"{kept.key}={kept.value}"


def _asked(path: str, cookie: str) -> bytes:
    host = urlsplit(PUBLIC_URL).hostname
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nHX-Request: true\r\n\r\n".encode()


@contextmanager
def _stream(web: Web, cookie: str) -> Iterator[socket.socket]:
    """One open browser, after its first news."""
    with socket.create_connection(("127.0.0.1", web.port), timeout=30) as connection:
        connection.sendall(_asked("/live", cookie))
        answer = b""
        while b"event: look" not in answer:
            part = connection.recv(4096)
            assert part, f"no stream: {answer[:200]!r}"
            answer += part
        yield connection


def _look(web: Web, cookie: str, seen: str) -> bytes:
    """What a browser asks every two minutes: the list, unless it is as it has been `seen`."""
    with socket.create_connection(("127.0.0.1", web.port), timeout=30) as connection:
        asked = _asked(f"/inbox/list?seen={seen}", cookie)
        connection.sendall(asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        assert answer.startswith(b"HTTP/1.1 204" if seen else b"HTTP/1.1 200"), answer[:200]
        return answer


def _turns(web: Web, cookie: str, seen: str, a_second: float) -> Iterator[None]:
    """Looks, so many a second; each turn waits for the next."""
    due = time.monotonic()
    while True:
        due += 1 / a_second
        time.sleep(max(0.0, due - time.monotonic()))
        _look(web, cookie, seen)
        yield


def _cost_of(web: Web, seconds: float, turn: Callable[[], object]) -> float:
    """Cores that the web process uses while `turn` is called again and again."""
    began, used = time.monotonic(), cpu_seconds(web.process)
    while time.monotonic() - began < seconds:
        turn()
    return (cpu_seconds(web.process) - used) / (time.monotonic() - began)


def _reach(side: Installation, line_id: int, streams: list[socket.socket]) -> float:
    """Seconds from a commit until the last browser was told."""
    with selectors.DefaultSelector() as waiting:
        for stream in streams:
            stream.setblocking(False)
            while True:
                try:
                    stream.recv(65_536)
                except BlockingIOError:
                    break
            waiting.register(stream, selectors.EVENT_READ)
        with side.app.app_context():
            live.changed(line_id)
            db.session.execute(db.text("SELECT 1"))
            began = time.monotonic()
            db.session.commit()
        left = len(streams)
        while left:
            for key, _ in waiting.select(timeout=10):
                if b"look" in key.fileobj.recv(65_536):  # type: ignore[union-attr]
                    waiting.unregister(key.fileobj)
                    left -= 1
        return time.monotonic() - began


def main() -> None:
    """Measure and print."""
    parser = arguments("What idle open inboxes cost one web process, and how soon news reaches them.")
    parser.add_argument("--browsers", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each measure of the cost")
    parser.add_argument("--events", type=int, default=20)
    given = parser.parse_args()
    results: list[Result] = []
    for engine in [given.engine] if given.engine else ENGINES:
        results += measure(engine, given.browsers, given.seconds, given.events)
    show(results, given.json)


if __name__ == "__main__":
    main()
