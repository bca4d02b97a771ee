"""Every page and every list of the API with what may be asked of it, as the application's routes have them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.routing import Rule as Route

from benchmarks.plenty.account import LINES
from benchmarks.plenty.samples import Samples
from benchmarks.plenty.vocabulary import COMMON, ODD_NAME, RARE
from flexie.inbox import SHOWS
from flexie.listing import SORTS
from flexie.models import KINDS
from flexie.web.api.operations import OPERATIONS, Operation

ROWS = 10  # of a page of a list
LEFT_OUT = {"static", "live.stream", "healthz", "health.healthz", "simulator"}
"""Files, a stream that does not end, and what is no page."""


class Of(str):
    """A value that an account's samples have: the name of the sort."""


Query = Mapping[str, str]


@dataclass(frozen=True)
class Variant:
    """One thing to ask for: a route, what stands in its address, and who asks."""

    endpoint: str
    parts: Query
    query: Query = field(default_factory=dict)
    person: str = "admin"
    is_fragment: bool = False

    def __str__(self) -> str:
        said = " ".join(f"{name}={value}" for name, value in {**self.parts, **self.query}.items() if name != "limit")
        return f"{self.endpoint}{' ' + said if said else ''}{' (agent)' if self.person == 'agent' else ''}"

    @property
    def is_search(self) -> bool:
        """Whether something is searched for in it."""
        return "q" in self.query

    def address(self, app: Flask, samples: Samples, turn: int = 0) -> str | None:
        """The address in an account; each turn takes other rows of the same sorts. None: there is no such row."""

        def value(given: str) -> str:
            return samples[given][turn % len(samples[given])] if isinstance(given, Of) else given

        if any(
            isinstance(given, Of) and not samples.get(given) for given in (*self.parts.values(), *self.query.values())
        ):
            return None
        adapter = app.url_map.bind("localhost")
        path = adapter.build(self.endpoint, {name: value(given) for name, given in self.parts.items()})
        return f"{path}?{urlencode({name: value(given) for name, given in self.query.items()})}" if self.query else path


def each(**options: Iterable[str | None]) -> list[Query]:
    """All ways to choose one of each; None leaves it out."""
    chosen = [dict(zip(options, values, strict=True)) for values in product(*options.values())]
    return [{name: value for name, value in one.items() if value is not None} for one in chosen]


SOUGHT: tuple[str, ...] = (
    COMMON[0], RARE, f"{COMMON[1]} {COMMON[2]}", COMMON[0][:4], ODD_NAME[0], "Grace", "nothinglikethis",
    Of("number of a talk"), "+1415000", "555",
)  # fmt: skip
"""A common word, a rare one, two words, a beginning, names, nothing, a whole number, and how many numbers begin."""

QUERIES: dict[str, list[Query]] = {
    "inbox.page": [
        *each(show=(None, *SHOWS[1:]), line=(None, Of("line")), before=(None, Of("place of a talk"))),
        *each(q=SOUGHT, line=(None, Of("line"))),
    ],
    "inbox.listing": each(show=(None, "unread", "failed"), open=(None, Of("talk"))),
    "compose.page": [{}, {"record": Of("record")}, {"to": Of("number of a talk")}],
    "records.listing": [
        *each(sort=SORTS),
        *each(owner=("me", "nobody"), sort=SORTS),
        *each(tag=("VIP", "gold"), sort=SORTS),
        *each(texted=("yes",), sort=SORTS),
        *each(tag=("VIP",), texted=("yes",), sort=SORTS),
        *each(owner=("me",), tag=("VIP",), texted=(None, "yes"), sort=SORTS),
        *each(q=("Grace", ODD_NAME[0], "an", "nothinglikethis", "+1415000"), sort=SORTS),
        *each(q=("Grace",), owner=("me",), texted=(None, "yes"), sort=SORTS),
        *each(before=(Of("place of a contact"), Of("place of a contact with texts")), sort=SORTS),
        *each(tag=("VIP",), before=(Of("place of a contact"),), sort=SORTS),
    ],
    "runs.listing": [
        *each(show=(None, "waiting", "attention"), rule=(None, Of("rule"))),
        *each(show=(None, "waiting"), before=(Of("place of a run"),)),
    ],
    "library.listing": [{}, {"q": "order"}],
    "auditing.listing": [
        *each(who=(None, Of("person"), "system"), kind=(None, "record", "conversation", "rules")),
        *each(since=("2026-08-01",), until=(None, "2026-08-02"), kind=(None, "record")),
    ],
    "records.new": [{}, {"about": Of("record")}],
}
"""What is asked of a page besides its address; others are asked as they are."""

SPECIAL = (
    Variant("conversation.page", {"public_id": Of("long talk")}, {"at": Of("text of the long talk")}),
    Variant("conversation.page", {"public_id": Of("long talk")}, {"earlier": Of("text of the long talk")}),
    Variant("conversation.page", {"public_id": Of("talk")}, {}, "agent", is_fragment=True),
    Variant("conversation.page", {"public_id": Of("talk")}, {"q": COMMON[0]}),
    Variant(
        "conversation.page", {"public_id": Of("talk of a text that came")}, {"q": "Grace", "at": Of("text that came")}
    ),
    Variant("records.page", {"public_id": Of("record of the long talk")}, {"before": Of("place on its timeline")}),
    Variant("notices.page", {}, {"before": Of("notice of admin")}),
    Variant("notices.page", {}, {"before": Of("notice of agent")}, "agent"),
)

TALKS = (Of("talk"), Of("talk about a case"), Of("talk with nobody known"), Of("closed talk"), Of("long talk"))
RUNS = (Of("run that waits"), Of("run that failed"), Of("run that is done"))
RECORDS = (
    *map(Of, ("record", "record that shares", "record without texts", "record of the long talk")),
    *map(Of, KINDS[1:]),
)
IDS: dict[str, tuple[str, ...]] = {
    "conversation": TALKS, "live": TALKS[:1], "records": RECORDS, "runs": RUNS, "library": (Of("template"),),
    "imports": (Of("import"),), "documents": (Of("document with a file"), Of("record")),
    "lines": (Of("line"),), "lines.connection": (Of("connection"),), "people": (Of("person"),),
    "groups": (Of("group"),), "get_media": (Of("picture"),),
    "get_conversation": TALKS[:1], "get_record": RECORDS[:1], "get_run": RUNS,
    "get_message": tuple(map(Of, ("text that came", "text that went", "text that waits", "text that failed"))),
}  # fmt: skip
"""What an id means in the addresses of a blueprint, or of an operation of the API; elsewhere every sort is tried."""

PAIRS = {
    "scheduled.edit": {"public_id": "talk of a text that waits", "message_id": "text that waits"},
    "media.file": {"public_id": "talk of a picture", "media_id": "picture"},
    "lines.tested": {"public_id": "line", "message_id": "text that went"},
}
"""What belongs together in addresses that name two things."""

NAMES = {
    "fieldadmin": (Of("field"),), "rulefiles": (Of("rule file"),), "get_rule_file": (Of("rule file"),),
    "shortlinks": (Of("token"),), "lines": ("twilio",),
}  # fmt: skip

BY_LINES = {"inbox", "conversation", "live", "runs", "notices", "api"}
BY_LINES_TOO = {"records.page", "scheduled.edit", "compose.page"}
"""Whose pages depend on the lines that somebody sees: an agent asks for them too."""

ASKED: dict[str, tuple[str, ...]] = {
    "line": (LINES[0],), "number": (Of("number of a talk"), Of("number of a long talk")), "record": (Of("record"),),
    "conversation": (Of("talk"), Of("long talk")), "message": (Of("text that came"),), "rule": (Of("rule"),),
    "q": ("Grace", ODD_NAME[0], "+1415000"),
}  # fmt: skip
"""What lists of the API are asked for by parameters that have no choices of their own."""

CURSORS = {
    "list_conversations": Of("cursor of talks"), "list_messages": Of("cursor of a text"),
    "list_records": Of("cursor of a record"), "list_runs": Of("cursor of a run"),
}  # fmt: skip


def variants(app: Flask) -> list[Variant]:
    """All of them, once for an administrator and, where it matters who sees which lines, once for an agent."""
    made = [variant for route in app.url_map.iter_rules() if "GET" in (route.methods or ()) for variant in _of(route)]
    return list({str(variant) + str(variant.is_fragment): variant for variant in [*made, *SPECIAL]}.values())


def _of(route: Route) -> Iterator[Variant]:
    subject, _, name = route.endpoint.partition(".")
    if route.endpoint in LEFT_OUT or subject in LEFT_OUT:
        return
    queries = QUERIES.get(route.endpoint, [{}])
    if subject == "api":
        queries = (
            list(_asked(next(each for each in OPERATIONS if each.name == name))) if name.startswith("list") else [{}]
        )
    for parts in _parts(route, name if subject == "api" else subject):
        for query in queries[: None if parts.get("kind", "contact") == "contact" else 3]:
            yield Variant(route.endpoint, parts, query)
            if (subject in BY_LINES and len(query) < 4) or route.endpoint in BY_LINES_TOO:
                yield Variant(route.endpoint, parts, query, "agent")


def _parts(route: Route, subject: str) -> list[Query]:
    """The ways to fill in a route's address."""
    if set(route.arguments) in ({"public_id", "message_id"}, {"public_id", "media_id"}):
        return [{name: Of(PAIRS[route.endpoint][name]) for name in route.arguments}] if route.endpoint in PAIRS else []
    options: dict[str, Iterable[str]] = {}
    for name in route.arguments:
        one_of: Any = getattr(route._converters[name], "items", None)
        if one_of:
            options[name] = sorted(one_of, key=lambda word: list(KINDS).index(word) if word in KINDS else 0)
        elif name in ("public_id", "id"):
            every = tuple(Of(sort) for sorts in IDS.values() for sort in sorts)
            options[name] = IDS.get(route.endpoint) or IDS.get(subject) or every
        else:
            options[name] = NAMES.get(subject, ("1",))
    return each(**options)


def _asked(operation: Operation) -> Iterator[Query]:
    """A list of the API as it is, by each of its filters, by each two of them, and far down."""
    limit = {"limit": str(ROWS)} if any(each.name == "limit" for each in operation.parameters) else {}
    filters = {
        each.name: _choices(each.name, each.schema)
        for each in operation.parameters
        if each.place == "query" and each.name not in ("limit", "cursor")
    }
    needed = {each.name: filters[each.name][0] for each in operation.parameters if each.required}
    yield {**needed, **limit}
    for name, choices in filters.items():
        yield from ({**needed, name: choice, **limit} for choice in choices)
    for one, other in combinations(filters, 2):
        yield {**needed, one: filters[one][0], other: filters[other][0], **limit}
    if cursor := CURSORS.get(operation.name):
        yield {**needed, "cursor": cursor, **limit}


def _choices(name: str, schema: Mapping[str, Any]) -> tuple[str, ...]:
    if "enum" in schema:
        return tuple(schema["enum"])
    return ("true", "false") if schema["type"] == "boolean" else ASKED.get(name, ("1",))
