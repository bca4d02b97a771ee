"""Where providers post. Verify the raw request, store, commit, ring, answer: nothing else happens here."""

import logging
from dataclasses import replace

from flask import Blueprint, Response, abort, current_app, request
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from flexie import bell, clock, connections, intake, parts, providers, replays
from flexie.db import db
from flexie.models import Line

bp = Blueprint("webhooks", __name__, url_prefix="/webhooks")
log = logging.getLogger(__name__)
routes = connections.Routes()


@bp.route("/<provider>/<token>/<any(inbound, status):kind>", methods=["GET", "POST"])
def receive(provider: str, token: str, kind: providers.Kind) -> Response:
    """One webhook of a line. 404 unknown address, 405 not a method of this provider, 403 not authentic, 503 not stored
    (the provider tries again)."""
    try:
        route = routes.find(provider, token)
    except SQLAlchemyError:
        return _away(provider, kind)
    if route is None:
        abort(404)
    adapter = providers.adapter(provider)
    if request.method not in adapter.methods[kind].split():
        abort(405)
    raw = _raw_request()
    try:
        adapter.verify(raw, route.credentials, clock.now())
        _check_nonce(adapter, raw, route)
        _store(route, kind, _events(adapter, raw, route, kind))
    except providers.Refused as refusal:
        return _refuse(route, refusal)
    except (intake.DatabaseUnavailable, SQLAlchemyError):
        return _away(provider, kind)
    reply = adapter.answer(kind)
    return Response(reply.body, reply.status, content_type=reply.content_type)


def _away(provider: str, kind: str) -> Response:
    """Nothing could be stored: the provider is to try again."""
    log.error("webhook not stored", extra={"provider": provider, "kind": kind})
    return Response(status=503, headers={"Retry-After": "5"})


def _raw_request() -> providers.RawRequest:
    """The request as the provider signed it: against our configured public address, whatever Host says."""
    query = request.query_string.decode("latin-1")
    url = current_app.config["PUBLIC_URL"] + request.path + (f"?{query}" if query else "")
    return providers.RawRequest(request.method, url, _headers(), request.get_data(cache=False))


def _headers() -> dict[str, str]:
    """Read where WSGI keeps them: Werkzeug's view of them costs more than a whole signature."""
    headers = {name[5:].replace("_", "-"): text for name, text in request.environ.items() if name.startswith("HTTP_")}
    return {**headers, "Content-Type": request.environ.get("CONTENT_TYPE", "")}


def _check_nonce(adapter: providers.Adapter, raw: providers.RawRequest, route: connections.Route) -> None:
    """Raises Refused where a signature that covers no content comes a second time, with another one."""
    nonce = adapter.nonce(raw)
    if nonce and not replays.is_new_or_the_same(route.line_id, nonce, raw.url.encode(), raw.body):
        raise providers.Refused("The signature was used before, with another content: somebody repeats it.")


def _events(
    adapter: providers.Adapter, raw: providers.RawRequest, route: connections.Route, kind: providers.Kind
) -> list[providers.Event]:
    """What the request says; an authentic request that cannot be read is one malformed event."""
    try:
        events = adapter.parse(raw, kind)
    except providers.MalformedRequest as problem:
        return [providers.Malformed(str(problem), raw.text)]
    return [adapter.check_owner(event, route.account, route.lines) for event in events]


def _store(route: connections.Route, kind: str, events: list[providers.Event]) -> None:
    origin = intake.Origin(route.line_id, route.provider, route.account)
    store, doorbell = intake.of_app(), bell.of_app()
    for event in events:
        if isinstance(event, providers.InboundEvent):
            to = replace(origin, line_id=route.line_for(event.to))
            if store.text(to, event) if event.part is None else parts.keep(to, event):
                doorbell.ring_soon("inbound")
        elif isinstance(event, providers.StatusEvent):
            if store.receipt(origin, event):
                doorbell.ring_soon("receipts")
        else:
            store.refused(origin, kind, event)


def _refuse(route: connections.Route, refusal: providers.Refused) -> Response:
    """An unauthentic request changes nothing but the line's counter and the last reason, for the line's page."""
    db.session.execute(
        update(Line)
        .where(Line.id == route.line_id)
        .values(refused_count=Line.refused_count + 1, refused_reason=refusal.reason[:500], refused_at=clock.now())
    )
    db.session.commit()
    log.warning("webhook refused", extra={"line": route.line_id})
    return Response("The signature does not fit this request.\n", refusal.status, content_type="text/plain")
