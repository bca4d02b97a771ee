"""The command `fmt`: brings files into canonical form, each in one go or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rules.formatter import Formatted, format_source

STANDARD_INPUT = "-"


class FileProblem(Exception):
    """A file could not be read or written; the message says why and what to do."""


def format_files(names: list[str], *, only_look: bool) -> Iterator[tuple[str, str, Formatted]]:
    """Formats the files; with `only_look` it writes none. `-` goes from standard input to standard output.

    Gives the name of each for people, its source and what became of it. All are read before the first is written.
    Raises FileProblem.
    """
    sources = {name: read_source(name) for name in names}
    for name, source in sources.items():
        shown = "standard input" if name == STANDARD_INPUT else name
        formatted = format_source(source, shown)
        if not only_look:
            _write(name, formatted)
        yield shown, source, formatted


def read_source(name: str) -> str:
    """The text of a file, or of standard input for `-`. Raises FileProblem."""
    try:
        data = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
    except OSError as error:
        raise FileProblem(f"{name} cannot be read: {error.strerror}. Look at the name of the file.") from error
    # A byte that is no UTF-8 becomes a lone surrogate, which the parser reports in its own words.
    return data.decode("utf-8", "surrogateescape")


def _write(name: str, formatted: Formatted) -> None:
    data = formatted.text.encode("utf-8", "surrogateescape")
    if name == STANDARD_INPUT:
        # What cannot be formatted goes through as it is: an editor that takes the output for its text loses nothing.
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    elif formatted.changed:
        try:
            _replace(Path(os.path.realpath(name)), data)
        except OSError as error:
            message = f"{name} cannot be written: {error.strerror}. It is as it was; look at who may write there."
            raise FileProblem(message) from error


def _replace(path: Path, data: bytes) -> None:
    """Puts the data in the place of the file, with its mode and, where allowed, its owner. All of it or nothing."""
    before = path.stat()
    if not stat.S_ISREG(before.st_mode):
        raise OSError(errno.EINVAL, "It is not a plain file")
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            with suppress(PermissionError):
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode))
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
