"""Every page that people open, found from the addresses that the application has: a new one is there by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

from sqlalchemy import select
from werkzeug.routing import Rule as Route

from flexie.db import Base, db
from flexie.models import Conversation, FieldDefinition, Message, RuleFile
from flexie.web import MACHINES
from tests.everypage.furniture import Furniture
from tests.web.browser import Browser

NO_PAGES = {
    "static": "files that pages load",
    "webhooks.receive": "where providers post",
    "health.healthz": "for machines that watch",
    "inbox.listing": "a part of the inbox",
    "conversation.messages": "a part of a conversation",
    "live.stream": "news for pages that are open",
    "live.people": "a part of a conversation",
    "lines.tested": "a part of a line's page",
    "you.example": "a part of one's own page",
    "simulator.conversation": "a part of the page of phones",
    "simulator.newcomers": "a part of the page of phones",
    "media.file": "a picture",
    "documents.file": "a PDF",
    "media.file": "a picture",
    "shortlinks.file": "a PDF",
    "imports.left_out": "a CSV file",
}
"""Addresses of people that show no page of ours, and what they are instead."""

FURTHER = (
    "/nowhere", "/inbox?show=failed", "/inbox?q=appointment", "/inbox?q=nothing+at+all",
    "/records/contact?q=nobody+of+this+name", "/runs?show=waiting",
    "/templates?q=no+such+template",
)  # fmt: skip
"""Other faces of the same pages: nothing found, a part of a list, an error."""

MOST_TRIED = 500  # addresses of one route


@dataclass(frozen=True)
class Place:
    """A page, by its endpoint, and an address that shows it; `is_open` to people who did not sign in."""

    name: str
    address: str
    is_open: bool = False


def all_of(furniture: Furniture) -> list[Place]:
    """Every page, and then the further ones."""
    machines = {"simulator_api", *(blueprint.name for blueprint in MACHINES)}
    routes = [
        route
        for route in furniture.clinic.app.url_map.iter_rules()
        if "GET" in (route.methods or ()) and route.endpoint not in NO_PAGES
        if route.endpoint.partition(".")[0] not in machines
    ]
    found = [place for route in routes if (place := _place(route, furniture))]
    return [*found, *(Place(address, address) for address in (*FURTHER, *furniture.further()))]


def _place(route: Route, furniture: Furniture) -> Place | None:
    """The page at the first address of this route that shows something: to Ana, or else to a stranger.

    One that only leads to another page is none.
    """
    stranger = Browser(furniture.clinic.app)
    for address in islice(dict.fromkeys(_addresses(route, furniture)), MOST_TRIED):
        seen, open_to_all = furniture.ana.get(address), stranger.get(address).status_code == 200
        if seen.status_code == 200 or open_to_all:
            assert seen.mimetype == "text/html", f"{route.rule} is no page: add {route.endpoint} to NO_PAGES"
            return Place(route.endpoint, address, open_to_all)
        if seen.status_code in (302, 303) and not route.arguments:
            return None
    raise AssertionError(f"{route.rule} shows nothing of the furnished account: put what it is about into furniture.py")


def _addresses(route: Route, furniture: Furniture) -> Iterator[str]:
    """With every id of the account that could be meant."""
    with furniture.clinic.app.test_request_context():
        adapter = furniture.clinic.app.url_map.bind("localhost")
        names = sorted(route.arguments)
        for values in product(*(_values(name, furniture) for name in names)):
            yield adapter.build(route.endpoint, dict(zip(names, values, strict=True)))


def _values(name: str, furniture: Furniture) -> list[str]:
    if name == "kind":
        return ["contact"]
    if name == "provider":
        return ["twilio"]
    if name == "token":
        return [furniture.link]
    if name == "invitation":
        return [furniture.invitation]
    if name == "name":
        return [*db.session.scalars(select(RuleFile.name)), *db.session.scalars(select(FieldDefinition.name))]
    if name == "message_id":
        return list(db.session.scalars(select(Message.public_id).where(Message.status == "scheduled")))
    tables = [mapper.class_ for mapper in Base.registry.mappers if "public_id" in mapper.columns]
    talks = select(Conversation.public_id).order_by(Conversation.id)
    return [
        *db.session.scalars(talks),
        *(id for table in tables for id in db.session.scalars(select(table.public_id).limit(3))),
    ]
