"""An installation of its own, started and stopped as people do it: with bin/run and Ctrl-C."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PASSWORD = "a password for tests"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """`bin/run` over a data folder: SQLite, the embedded Valkey and the Simulator, whatever else this machine has."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.output = ""
        self.signed_in: dict[str, Any] = {}  # cookies by email
        self._ready = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Run it, until it says that it is ready."""
        environ = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL")
        }
        environ |= {"PORT": str(self.port), "FLEXIE_DATA": str(self.data), "FLEXIE_DEMO_PASSWORD": PASSWORD}
        self._ready.clear()
        self._process = subprocess.Popen(
            [ROOT / "bin" / "run"], env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        assert self._ready.wait(300), f"not ready after five minutes:\n{self.output}"

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self.output += line
            if line.startswith("Ready."):
                self._ready.set()

    def interrupt(self) -> None:
        """Ctrl-C: everything stops."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGINT)
            self._process.wait(60)

    def processes(self) -> list[str]:
        """What still runs of it: the processes that have the data folder in their surroundings."""
        mark = f"FLEXIE_DATA={self.data}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return [line for line in found if line and not re.search(r"pytest", line)]

    def put_away(self, numbers: str) -> None:
        """Close the conversations with numbers that are like these, so that the demo's own stay in sight."""
        self._change("UPDATE conversations SET state = 'closed', unread = 0 WHERE number LIKE ?", numbers)

    def cell(self, statement: str, *values: str, file: str = "flexie.db") -> Any:
        """What stands in the first column of the first row that a statement finds."""
        with closing(sqlite3.connect(self.data / file, timeout=30)) as connection:
            return connection.execute(statement, values).fetchone()[0]

    def _change(self, statement: str, *values: str) -> int:
        """Change rows behind everybody's back. Returns how many."""
        with closing(sqlite3.connect(self.data / "flexie.db", timeout=30, isolation_level=None)) as connection:
            return connection.execute(statement, values).rowcount

    def let_the_wait_end(self) -> None:
        """As soon as a run waits, it is due: nobody wants to watch a test wait for a minute."""
        for _ in range(300):
            if self._change("UPDATE runs SET due_at = started_at WHERE state = 'waiting'"):
                return
            threading.Event().wait(0.1)
        raise AssertionError("no run came to wait within half a minute")
