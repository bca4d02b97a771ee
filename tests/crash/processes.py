"""The processes of one installation: started, killed and started again, as a supervisor would."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.plan import Plan

ROOT = Path(__file__).parents[2]
LOOK_EVERY = 0.05  # seconds
REST = 0.3  # seconds between two attempts to start a process that ends by itself
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "bin/gunicorn.conf.py"]


@dataclass
class Process:
    """One process and its group. `rest_until` (monotonic seconds) is how long it is to stay down.

    `orphans` are groups whose first process is gone: a supervisor leaves them alone, and so do we until the end.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    popen: "subprocess.Popen[bytes] | None" = None
    rest_until: float = 0.0
    orphans: list[int] = field(default_factory=list)
    ended_by_itself: list[int] = field(default_factory=list)

    def start(self) -> None:
        """Start it in a process group of its own, its output added to its log."""
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )

    def signal(self, number: int) -> None:
        """Send a signal to the whole group, if it is there."""
        if self.popen is not None:
            _signal_group(self.popen.pid, number)

    def leave(self) -> None:
        """The first process of the group ended; the others may live on."""
        if self.popen is not None:
            self.orphans.append(self.popen.pid)
            self.popen = None

    def forget_orphans(self) -> None:
        """Let go of groups that nobody is left of, whose number may be given to others."""
        self.orphans = [group for group in self.orphans if _signal_group(group, 0)]

    def end(self) -> None:
        """`kill -9` of everything that was ever started for it."""
        self.signal(signal.SIGCONT)
        self.kill(rest=0)
        self.forget_orphans()
        for group in self.orphans:
            _signal_group(group, signal.SIGKILL)

    def kill(self, rest: float) -> None:
        """`kill -9`, and stay down for `rest` seconds."""
        self.rest_until = time.monotonic() + rest
        self.signal(signal.SIGKILL)
        if self.popen is not None:
            self.popen.wait()
            self.leave()

    def kill_one(self, pid: int) -> None:
        """`kill -9` of one process of the group."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def children(self) -> list[int]:
        """The processes that this one started."""
        if self.popen is None:
            return []
        listing = Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children")
        return [int(pid) for pid in listing.read_text().split()] if listing.exists() else []


class Processes:
    """All of them, kept running by a thread until `close`."""

    def __init__(self, plan: Plan, data: Path, environment: dict[str, str]) -> None:
        self.data = data
        self.environment = {**os.environ, **environment, **plan.times.as_environment()}
        self.environment.pop("REDIS_URL", None)
        self.environment["WEB_CONCURRENCY"] = str(plan.web_processes)
        if plan.broken:
            self.environment["CRASH_BROKEN"] = plan.broken
        child = [sys.executable, "-m", "tests.crash.child"]
        commands = {"valkey": [sys.executable, "-m", "flexie.embedded"], "web": [*GUNICORN, "wsgi:app"]}
        commands |= {f"worker{number}": [*child, "worker"] for number in range(1, plan.workers + 1)}
        commands["clock"] = [*child, "clock"]
        self.all = {name: self._process(name, command) for name, command in commands.items()}
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def _process(self, name: str, command: list[str]) -> Process:
        return Process(name, command, self.environment, self.data / f"{name}.log")

    def __getitem__(self, name: str) -> Process:
        return self.all[name]

    @property
    def workers(self) -> list[Process]:
        """The worker processes."""
        return [process for name, process in self.all.items() if name.startswith("worker")]

    def start(self) -> None:
        """Start everything and keep it running."""
        self._keeper.start()

    def kill(self, process: Process, rest: float) -> None:
        """Kill a process; it is started again after `rest` seconds."""
        with self._lock:
            process.kill(rest)

    def _keep(self) -> None:
        while not self._closing.wait(LOOK_EVERY):
            with self._lock:
                for process in self.all.values():
                    self._look_after(process)

    def _look_after(self, process: Process) -> None:
        process.forget_orphans()
        if process.popen is not None and (code := process.popen.poll()) is not None:
            if code != -signal.SIGKILL:
                process.ended_by_itself.append(code)
            process.leave()
            process.rest_until = time.monotonic() + REST
        if process.popen is None and time.monotonic() >= process.rest_until:
            process.start()

    def close(self) -> None:
        """Stop everything that was started, whatever state it is in."""
        self._closing.set()
        if self._keeper.is_alive():
            self._keeper.join(timeout=10)
        for process in self.all.values():
            process.end()


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to a group. Returns whether anybody is there."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
