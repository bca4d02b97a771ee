"""The API under schemathesis: `python -m tests.api.fuzzed [CASES] [OPERATION …]`.

A throw-away installation with the demo is served as `bin/run` does it, and so many cases (100 when left out) are made
of the document for each operation, or for those that are named by their ids. An answer that is a 5xx, or that the
document does not describe (status, type, headers, schema), is a finding: then the exit status is 1. What schemathesis
said of each operation stands in var/fuzzed/. Not a part of the tests: it needs schemathesis, and minutes.
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.installations import FLASK, Installation, installation
from tests.api import plausible

CASES = 100
LOGS = Path(os.environ.get("FLEXIE_FUZZED", "var/fuzzed")).resolve()
VERSION = "schemathesis==4.32.5"
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance"
)
OPTIONS = (
    "--phases examples,coverage,fuzzing --continue-on-failure --suppress-health-check all --generation-database none"
    " --warnings off --no-color"
)
SETTINGS = "[phases.coverage]\nunexpected-methods = []\n"  # 405 is no operation's answer
STARTED = 'version 1\n\nrule "Started":\n  for contact\n  when started\n\n  add tag "started"\n'


class CannotFuzz(Exception):
    """There is nothing to fuzz with; the sentence says what to do."""


@dataclass(frozen=True)
class Api:
    """An API that is being served, and a token of its administrator with every scope."""

    url: str
    token: str

    def get(self, path: str) -> Any:
        """The JSON at an address below the API's."""
        return self.call("GET", path).json()

    def call(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """An answer that is none of something that went wrong."""
        allowed = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        answer = httpx.request(method, f"{self.url}{path}", headers=allowed, timeout=60, **more)
        answer.raise_for_status()
        return answer


def main() -> int:
    """Fuzz what is asked for. Returns the exit status: 1 when an operation has findings."""
    asked_for = arguments()
    program = schemathesis()
    LOGS.mkdir(parents=True, exist_ok=True)
    (LOGS / "schemathesis.toml").write_text(SETTINGS)
    with served() as api:
        document = api.get("/openapi.json")
        there = sorted(each["operationId"] for path in document["paths"].values() for each in path.values())
        names = asked_for.operations or there
        (LOGS / "openapi.json").write_text(json.dumps(plausible.narrowed(document, api.get)))
        found = [name for name in names if not holds(program, api, name, asked_for.cases)]
    print(
        f"{len(names)} operations, {asked_for.cases} cases each: findings in {', '.join(found) or 'none'}", flush=True
    )
    return 1 if found else 0


def arguments() -> argparse.Namespace:
    """What stands behind the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.api.fuzzed", description="The API under schemathesis.")
    parser.add_argument("cases", type=int, nargs="?", default=CASES, help="for each operation; %(default)s if left out")
    parser.add_argument("operations", nargs="*", help="their ids in the document; all if left out")
    return parser.parse_args()


def schemathesis() -> list[str]:
    """How schemathesis is called here: by its name, or fetched by uv or pipx."""
    calls = (["st"], ["uvx", "--from", VERSION, "st"], ["pipx", "run", "--spec", VERSION, "st"])
    found = next((call for call in calls if shutil.which(call[0])), None)
    if found is None:
        raise CannotFuzz(f"There is no schemathesis here: put its st on PATH (pip install {VERSION}), or uv, or pipx.")
    return found


@contextmanager
def served() -> Iterator[Api]:
    """The demo's account, served on loopback without a limit that would hide answers behind 429."""
    with installation("sqlite") as house:
        house.environment["API_RATE"] = "9999999 per second"
        house.valkey()
        asked(house, "seed-demo", "--admin-password", secrets.token_urlsafe())
        made = asked(house, "token", "add", "--user", "admin@example.com", "--json")
        api = Api(f"http://127.0.0.1:{house.web().port}/api/v1", json.loads(made)["token"])
        api.call("PUT", "/rules/started", content=STARTED, headers={"Content-Type": "text/plain"})
        yield api


def asked(house: Installation, *command: str) -> str:
    """What a command of the installation prints."""
    call = [sys.executable, *FLASK, *command]
    return subprocess.run(call, env=house.environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def holds(program: list[str], api: Api, name: str, cases: int) -> bool:
    """Whether one operation answers all cases as the document says. What was said of it goes to its log."""
    began = time.monotonic()
    call = [*program, "run", "openapi.json", "--url", api.url, "--include-operation-id", name, *OPTIONS.split()]
    call += ["--header", f"Authorization: Bearer {api.token}", "--checks", CHECKS, "--max-examples", str(cases)]
    with (LOGS / f"{name}.log").open("w") as log:
        status = subprocess.run(call, cwd=LOGS, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
    print(f"{name}: {'holds' if status == 0 else f'see {log.name}'} ({time.monotonic() - began:.0f} s)", flush=True)
    return status == 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotFuzz as problem:
        sys.exit(str(problem))
