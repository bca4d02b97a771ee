"""What a worker and a clock of a crash run execute: the real command, with shorter times, or deliberately broken."""

import os

from flask.cli import FlaskGroup

from app import create_app
from tests.crash import broken
from tests.crash.plan import Times


def main() -> None:
    """Run one command of the application."""
    Times.from_environment().apply()
    if name := os.environ.get("CRASH_BROKEN"):
        broken.BUILDS[name]()
    FlaskGroup(create_app=create_app).main()


if __name__ == "__main__":
    main()
