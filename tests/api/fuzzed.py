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
ID_OF = {"conversation": "conversations", "message": "messages", "record": "records", "template": "templates"}
ENOUGH = 20  # values of what is there that a parameter is given


class CannotFuzz(Exception):
    """There is nothing to fuzz with; the sentence says what to do."""


@dataclass(frozen=True)
class Api:
    """An API that is being served, and a token of its administrator with every scope."""

    url: str
    token: str

    def get(self, path: str) -> Any:
        """The JSON at an address below the API's."""
        answer = httpx.get(f"{self.url}{path}", headers={"Authorization": f"Bearer {self.token}"}, timeout=60)
        answer.raise_for_status()
        return answer.json()


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
        (LOGS / "openapi.json").write_text(json.dumps(with_what_is_there(document, api)))
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
        yield Api(f"http://127.0.0.1:{house.web().port}/api/v1", json.loads(made)["token"])


def asked(house: Installation, *command: str) -> str:
    """What a command of the installation prints."""
    call = [sys.executable, *FLASK, *command]
    return subprocess.run(call, env=house.environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def with_what_is_there(document: dict[str, Any], api: Api) -> dict[str, Any]:
    """The document, with parameters and keys of bodies that also take what is there: made-up ids all end in 404."""
    lists = (path for path, operations in document["paths"].items() if "{" not in path and is_list(operations))
    named = known({path[1:]: api.get(f"{path}?limit=200")["items"] for path in lists})
    for path, operations in document["paths"].items():
        ids = {"id": named.get(path.split("/")[1], []), "name": named["rule" if path.endswith("/start") else "file"]}
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = widened(parameter["schema"], {**named, **ids}.get(parameter["name"], []))
            keys = body_keys(document, operation)
            keys.update({name: widened(schema, named.get(name, [])) for name, schema in keys.items()})
    return document


def is_list(operations: dict[str, Any]) -> bool:
    """Whether an address gives out a list, a page at a time, to whoever asks for nothing in particular."""
    parameters = operations.get("get", {}).get("parameters", ())
    return any(each["name"] == "cursor" for each in parameters) and not any(each["required"] for each in parameters)


def known(there: dict[str, list[dict[str, Any]]]) -> dict[str, list[Any]]:
    """What is there, by the names of parameters and keys that take it, and by the first words of addresses."""
    ids = {name: [each["id"] for each in items if "id" in each] for name, items in there.items()}
    return {
        **ids,
        **{one: ids[many] for one, many in ID_OF.items()},
        "media": [file["id"] for message in there["messages"] for file in message["media"]],
        "rule": [rule["name"] for rule in there["rules"]],
        "file": sorted({rule["file"] for rule in there["rules"] if rule["file"]}),
        "line": [line["name"] for line in there["lines"]],
        "fields": [record["fields"] for record in there["records"]],
        "to": [talk["number"] for talk in there["conversations"]],
        "number": [talk["number"] for talk in there["conversations"]],
        "assignee": ["admin@example.com", "agent@example.com"],
    }


def body_keys(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The keys of an operation's JSON body, as they stand in the document."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in body:
        body = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    keys: dict[str, Any] = body.get("properties", {})
    return keys


def widened(schema: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    """The schema, or one of the values."""
    return {"anyOf": [schema, {"enum": values[:ENOUGH]}]} if values else schema


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
