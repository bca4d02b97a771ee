"""The rooms: imports point one way, files stay small, and each step of a text's way has its place."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*ROOT.glob("flexie/**/*.py"), *ROOT.glob("rules/**/*.py"), ROOT / "app.py", ROOT / "wsgi.py"])
LONGEST = 300

# Of each room, the rooms of ours that it may import, from the bottom of the house to the top.
SMALL = {
    "batches",
    "certificates",
    "clock",
    "config",
    "db",
    "logs",
    "segments",
    "phones",
    "statuses",
    "vault",
    "passwords",
}
MIDDLE = {"models", "providers", "rules", "audit", "cases", "fields", "records", "consent", "connections", "tokens",
          "search", "live", "csvcells"}  # fmt: skip
BELOW_DOMAIN = SMALL | MIDDLE
MAY_IMPORT: dict[str, set[str]] = {
    "rules": {"rules"},
    "clock": set(),
    "config": set(),
    "statuses": set(),
    "batches": {"db"},
    "segments": set(),
    "phones": {"phones"},
    "certificates": set(),
    "logs": {"clock"},
    "vault": set(),
    "db": {"clock"},
    "models": {"db", "models"},
    "providers": {"providers", "phones", "certificates", "segments"},
    "simulator": {"simulator"},
    "search": {"db", "models"},
    "live": {"db", "models"},
    "seen": {"clock", "db", "models"},
    "invitations": BELOW_DOMAIN,
    "people": BELOW_DOMAIN | {"talks"},
    "audit": {"clock", "db", "models"},
    "consent": SMALL | {"models"},
    "quiet": {"models", "phones", "rules", "zones"},
    "overtaken": BELOW_DOMAIN | {"questions"},
    "zones": set(),
    "laterrules": SMALL | {"models", "hours", "rules"},
    "presets": SMALL | {"models", "audit", "laterrules"},
    "later": SMALL | {"models", "laterrules", "presets", "rules"},
    "pulling": BELOW_DOMAIN | {"connecting", "intake", "outbound"},
    "renumbering": BELOW_DOMAIN | {"linking"},
    "linehealth": SMALL | {"models", "wentwrong"},
    "wentwrong": {"providers"},
    "connecting": SMALL | {"providers"},
    "inbound": BELOW_DOMAIN | {"events", "linehealth", "media", "outbox", "overtaken", "reactions", "wishes"},
    "events": BELOW_DOMAIN | {"facts", "questions", "ruleset", "starting"},
    "starting": BELOW_DOMAIN | {"facts", "notices", "ruleset", "runlog"},
    "questions": BELOW_DOMAIN | {"facts", "ruleset"},
    "recordevents": BELOW_DOMAIN | {"facts", "ruleset", "starting"},
    "schedules": BELOW_DOMAIN | {"facts", "ruleset"},
    "passes": BELOW_DOMAIN | {"ruleset", "starting"},
    "runs": BELOW_DOMAIN | {"facts", "performing", "questions", "ruleset", "runlog"},
    "wishes": BELOW_DOMAIN,
    "access": {"audit", "db", "live", "models"},
    "gate": {"access", "consent", "db", "models", "quiet"},
    "outbound": BELOW_DOMAIN | {"events", "gate", "overtaken", "questions"},
    "receipts": BELOW_DOMAIN | {"events", "linehealth"},
    "safehttp": {"certificates"},
    "callouts": BELOW_DOMAIN | {"runlog", "safehttp"},
    "media": BELOW_DOMAIN | {"safehttp"},
    "reactions": {"db", "models"},
    "channels": {"providers"},
    "csvcells": set(),
    "importing": BELOW_DOMAIN | {"happenings", "ruleset"},
    "reconciler": BELOW_DOMAIN | {"outbound", "parts"},
    "survey": {"db", "models"},
}
EDGES = {"jobs", "worker", "timekeeper", "bell", "web", "cli", "senders", "health", "demo", "embedded"}
DOMAIN = {
    "access",
    "account",
    "askingfirst",
    "audit",
    "auditlog",
    "backtest",
    "byhand",
    "callouts",
    "cases",
    "channels",
    "connecting",
    "connections",
    "consent",
    "csvcells",
    "customfields",
    "documents",
    "events",
    "exporting",
    "facts",
    "fields",
    "finding",
    "gate",
    "gathering",
    "groups",
    "handling",
    "happenings",
    "heldback",
    "hours",
    "importing",
    "inbound",
    "inbox",
    "intake",
    "invitations",
    "later",
    "laterrules",
    "library",
    "linehealth",
    "linking",
    "listing",
    "media",
    "notices",
    "outbound",
    "outbox",
    "overtaken",
    "parts",
    "passes",
    "passing",
    "people",
    "performing",
    "policy",
    "presence",
    "presets",
    "pulling",
    "questions",
    "quiet",
    "reactions",
    "receipts",
    "reconciler",
    "recordevents",
    "records",
    "rekeying",
    "renumbering",
    "replays",
    "rulebook",
    "ruleset",
    "runlog",
    "runs",
    "safehttp",
    "scheduled",
    "schedules",
    "seeking",
    "seen",
    "starting",
    "survey",
    "tokens",
    "trying",
    "wentwrong",
    "wishes",
    "writing",
    "you",
    "zones",
}

STEPS = {
    "1 stored before it is answered": ["flexie/web/webhooks.py", "flexie/intake.py"],
    "2 the bell": ["flexie/bell.py", "flexie/jobs.py"],
    "3 inbound": ["flexie/inbound.py", "flexie/events.py"],
    "3 what records and clocks start": ["flexie/recordevents.py", "flexie/schedules.py"],
    "4 runs": ["flexie/runs.py", "flexie/performing/", "rules/interpreter.py"],
    "5 outbound": ["flexie/outbound.py", "flexie/senders.py"],
    "6 receipts": ["flexie/receipts.py"],
    "7 the clock": ["flexie/timekeeper.py", "flexie/reconciler.py", "flexie/survey.py"],
}


def room(path: Path) -> str:
    """The room a file is in: the language is one, and so is each module or package of the application."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] if parts[0] != "flexie" or len(parts) < 2 else parts[1]


def imports(path: Path) -> set[str]:
    """The rooms of ours that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module] if node.module != "flexie" else [f"flexie.{alias.name}" for alias in node.names]
        for name in names:
            top, _, rest = name.partition(".")
            if top in ("rules", "app", "wsgi"):
                found.add(top)
            elif top == "flexie":
                found.add(rest.partition(".")[0])
    return found - {""}


@pytest.mark.parametrize("name", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_is_below_it(name: str) -> None:
    for path in SOURCES:
        if room(path) == name:
            assert imports(path) <= MAY_IMPORT[name] | {name}, path


def test_the_domain_knows_no_edge_and_no_request() -> None:
    for path in SOURCES:
        if room(path) in DOMAIN:
            assert not imports(path) & EDGES, path
            assert "request" not in {
                alias.name
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.ImportFrom) and node.module == "flask"
                for alias in node.names
            }, path


@pytest.mark.parametrize("name", ["rules", "providers"])
def test_the_language_and_the_adapters_know_no_flask_and_no_database(name: str) -> None:
    for path in SOURCES:
        if room(path) == name:
            for node in ast.walk(ast.parse(path.read_text())):
                module = getattr(node, "module", None) or ""
                assert module.partition(".")[0] not in ("flask", "sqlalchemy", "redis", "rq"), path


def test_only_app_composes() -> None:
    assert [path.name for path in SOURCES if "app" in imports(path)] == ["wsgi.py"]


def test_imports_stand_at_the_top_where_one_sees_them() -> None:
    hidden = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for outer in ast.walk(ast.parse(path.read_text()))
        if isinstance(outer, ast.FunctionDef)
        for node in ast.walk(outer)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert hidden <= {"flexie/embedded.py"}  # a wheel that is not there on every machine


def test_no_file_is_long() -> None:
    files = [*SOURCES, *ROOT.glob("tests/**/*.py"), *ROOT.glob("benchmarks/**/*.py")]
    generated = ROOT / "flexie" / "migrations" / "versions"
    lengths = {path: len(path.read_text().splitlines()) for path in files if generated not in path.parents}
    assert {str(path): length for path, length in lengths.items() if length > LONGEST} == {}
    assert sum(length > 200 for length in lengths.values()) < len(lengths) / 5


@pytest.mark.parametrize("step", sorted(STEPS))
def test_each_step_of_a_texts_way_has_its_place_and_the_docs_name_it(step: str) -> None:
    architecture = (ROOT / "docs" / "architecture.md").read_text()
    for file in STEPS[step]:
        assert (ROOT / file).exists()
        assert file in architecture


def test_each_public_name_says_what_it_means() -> None:
    silent = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in SOURCES
        if "migrations" not in path.parts
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if ast.get_docstring(node) is None
    ]
    assert silent == []
