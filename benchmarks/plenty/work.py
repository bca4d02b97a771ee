"""Rows of what rules did, of documents with their links, of notices and of imports."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta

from benchmarks.plenty.account import Account
from benchmarks.plenty.loading import Loader, Row
from benchmarks.plenty.people import kind_of
from benchmarks.plenty.size import Size, share

RUN = (
    "id,public_id,rule_id,version_id,record_id,conversation_id,cause,state,position,visit,data,due_at,error,"
    "started_at,ended_at"
)
STATES = ("waiting", "waiting", "failed", "done", "done", "done", "done", "done", "done", "cancelled")
LINES_OF_LOG = 3
IMPORTS = 4
FAULTS = 20
TOKEN = "plenty:"  # and behind it the row id: the tokens of the short links
PDF = b"%PDF-1.4\n%%EOF\n"


def load(to: Loader, size: Size, account: Account) -> None:
    """Write them all."""
    talks = [talk for talk in range(size.conversations) if size.record_of(talk) is not None]
    to.add("runs", RUN, (_run(place, talk, size, account) for place, talk in enumerate(talks)))
    to.add("run_log", "id,run_id,at,step,position,words", _log(talks, size))
    to.add("not_started", "id,rule_id,record_id,cause,words,at", _not_started(size, account))
    documented = [place for place in range(0, size.records, 10) if kind_of(place) == "contact"]
    to.add(
        "documents",
        "id,public_id,record_id,key,kind,number,amount,currency,state,created_at,updated_at",
        (_document(row_id, place, size) for row_id, place in enumerate(documented, 1)),
    )
    files = ((row_id, len(PDF), PDF, size.until) for row_id in range(1, len(documented) + 1, 10))
    to.add("document_files", "document_id,size,data,uploaded_at", files)
    links = range(1, len(documented) + 1, 2)
    to.add(
        "short_links",
        "id,public_id,digest,document_id,user_id,created_at,expires_at,opens",
        (_link(row_id, of, size, account) for row_id, of in enumerate(links, 1)),
    )
    to.add("notices", "id,public_id,user_id,group_id,text,record_id,at,read_at", _notices(size, account))
    _imports(to, size, account)


def _run(place: int, talk: int, size: Size, account: Account) -> Row:
    rule, version = account.rules[place % len(account.rules)]
    state = STATES[share(place, "state", len(STATES))]
    at = size.at((talk + 1) / size.conversations)
    record = size.record_of(talk)
    return (
        place + 1, f"{place:016x}{share(place, 'run', 1 << 32):016x}", rule, version,
        None if record is None else record + 1, talk + 1, f"plenty:{place}", state, "[0]", 1, "{}",
        size.until + timedelta(days=3650, seconds=place) if state == "waiting" else None,
        "The text was not sent." if state == "failed" else None, at, None if state == "waiting" else at,
    )  # fmt: skip


def _log(talks: list[int], size: Size) -> Iterator[Row]:
    for place, talk in enumerate(talks):
        for line in range(LINES_OF_LOG):
            at = size.at((talk + 1) / size.conversations)
            yield place * LINES_OF_LOG + line + 1, place + 1, at, "send", "[0]", f"Line {line} of the log."


def _not_started(size: Size, account: Account) -> Iterator[Row]:
    for row_id, record in enumerate(range(0, size.records, 20), 1):
        rule, _ = account.rules[row_id % len(account.rules)]
        yield (
            row_id,
            rule,
            record + 1,
            f"plenty:{row_id}",
            "status is Active, and not New.",
            size.at(record / size.records),
        )


def _document(row_id: int, place: int, size: Size) -> Row:
    kind, state = ("invoice", "open") if row_id % 3 else ("quote", "accepted")
    name, at = f"P-{row_id}", size.at(place / size.records)
    public_id = f"{row_id:032x}"
    return row_id, public_id, place + 1, f"{kind}\n{name}".lower(), kind, name, "180.50", "USD", state, at, at


def _link(row_id: int, document: int, size: Size, account: Account) -> Row:
    digest = hashlib.sha256(f"{TOKEN}{row_id}".encode()).hexdigest()
    expires = size.until + timedelta(days=3650)
    return row_id, f"{row_id:032x}", digest, document, account.agent, size.until, expires, row_id % 3


def _notices(size: Size, account: Account) -> Iterator[Row]:
    """Each third conversation was worth one, to a person or to a group; few are unread."""
    everybody = [account.admin, account.agent, *account.colleagues[:2]]
    for row_id, talk in enumerate(range(0, size.conversations, 3), 1):
        at = size.at((talk + 1) / size.conversations)
        user = everybody[row_id % 4] if row_id % 3 else None
        group = None if user else account.groups[row_id % len(account.groups)]
        record = size.record_of(talk)
        read = None if share(row_id, "unread notice") < 5 else at
        about = None if record is None else record + 1
        yield row_id, f"{row_id:032x}", user, group, "A text of a customer was not answered.", about, at, read


def _imports(to: Loader, size: Size, account: Account) -> None:
    names = json.dumps(["first_name", "last_name", "mobile"])
    columns = (
        "id,public_id,kind,user_id,filename,encoding,delimiter,state,headings,columns,match,starts_rules,rows,created,"
        "updated,failed,created_at,begun_at,ended_at"
    )
    rows = (
        (
            row_id, f"{row_id:032x}", "contact", account.admin, "people.csv", "utf-8", ",", "done", names, names, "",
            False, 500, 480, 0, FAULTS, size.since, size.since, size.since,
        )
        for row_id in range(1, IMPORTS + 1)
    )  # fmt: skip
    to.add("imports", columns, rows)
    cells = json.dumps(["Ana", "Hoxha", "12"])
    faults = ((row_id, 1 + row_id % IMPORTS, row_id, "This is no number.", cells) for row_id in range(1, FAULTS + 1))
    to.add("import_faults", "id,import_id,line,reason,cells", faults)
