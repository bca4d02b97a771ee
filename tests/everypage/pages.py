"""Every page that people open, found from the addresses that the application has: a new one is there by itself."""

from dataclasses import dataclass
from itertools import islice, product, zip_longest

from sqlalchemy import select
from werkzeug.routing import Rule as Route

from flexie.db import Base, db
from flexie.models import Conversation, FieldDefinition, Message, RuleFile
from flexie.providers import registry
from flexie.web import MACHINES
from tests.everypage.furniture import Furniture
from tests.web.browser import Browser

NO_PAGES = {
    "static": "files that pages load",
    "health.healthz": "for machines that watch",
    "inbox.listing": "the inbox once more",
    "conversation.messages": "a conversation once more",
    "live.stream": "news for pages that are open",
    "lines.tested": "a part of a line's page",
    "simulator.conversation": "a part of the page of phones",
    "media.file": "a picture, of which this account has none",
}
"""Addresses of people that need no look, and what they are."""

FURTHER = (
    "/nowhere", "/inbox?show=failed", "/inbox?q=appointment", "/inbox?q=nothing+at+all",
    "/records/contact?q=nobody+of+this+name", "/runs?show=waiting",
    "/templates?q=no+such+template", "/settings/consent/number?of=%2B12025550117",
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
    """Every page, and then the further ones. Nobody knows what those without an address show."""
    found = [_place(route, furniture) for route in _routes(furniture)]
    further = [Place(address, address) for address in (*FURTHER, *furniture.further())]
    return [*(place for place in found if place), *further]


def _routes(furniture: Furniture) -> list[Route]:
    machines = {"simulator_api", *(blueprint.name for blueprint in MACHINES)}
    return [
        route
        for route in furniture.clinic.app.url_map.iter_rules()
        if "GET" in (route.methods or ()) and route.endpoint not in NO_PAGES
        if route.endpoint.partition(".")[0] not in machines
    ]


def _place(route: Route, furniture: Furniture) -> Place | None:
    """The page at the first address of this route that shows something: to Ana, or else to a stranger.

    What only leads to another page is none, nor is a part of a page, a PDF or another file. Without an address: nobody
    knows what it shows.
    """
    stranger = Browser(furniture.clinic.app)
    for address in dict.fromkeys(_addresses(route, furniture)):
        seen = furniture.ana.get(address)
        open_to_all = seen.status_code != 404 and stranger.get(address).status_code == 200
        if seen.status_code == 200 or open_to_all:
            shown = seen if seen.status_code == 200 else stranger.get(address)
            is_page = shown.mimetype == "text/html" and shown.text.startswith("<!doctype html>")
            return Place(route.endpoint, address, open_to_all) if is_page else None
        if seen.status_code in (302, 303) and not route.arguments:
            return None
    return Place(route.endpoint, "")


def _addresses(route: Route, furniture: Furniture) -> list[str]:
    """With every id of the account that could be meant."""
    with furniture.clinic.app.test_request_context():
        adapter = furniture.clinic.app.url_map.bind("localhost")
        names = sorted(route.arguments)
        meant = islice(product(*(_values(name, route, furniture) for name in names)), MOST_TRIED)
        return [adapter.build(route.endpoint, dict(zip(names, values, strict=True))) for values in meant]


def _values(name: str, route: Route, furniture: Furniture) -> list[str]:
    """What an argument of this name may be; first of all what is a plain word."""
    plain = {"kind": ["contact"], "how": ["view"], "provider": list(registry.names())}
    plain |= {"token": [furniture.link], "invitation": [furniture.invitation]}
    if name in plain:
        return plain[name]
    if name == "name":
        return [*db.session.scalars(select(RuleFile.name)), *db.session.scalars(select(FieldDefinition.name))]
    if name == "message_id":
        return list(db.session.scalars(select(Message.public_id).where(Message.status == "scheduled")))
    if "message_id" in route.arguments:
        return list(db.session.scalars(select(Conversation.public_id)))
    tables = [mapper.class_ for mapper in Base.registry.mappers if "public_id" in mapper.columns]
    found = [list(db.session.scalars(select(table.public_id).order_by(table.id).limit(3))) for table in tables]
    return [one for several in zip_longest(*found) for one in several if one]
