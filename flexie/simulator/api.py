"""The HTTP interface of the pretend provider, and of those who play the phones in a program.

Every call carries `Authorization: Bearer <key>`, but for the sample picture, which stands open as the
pictures of real providers' texts may. For the sending application:

- `POST /simulator/v1/messages` {id, to, from, text, media, status_callback} → 201 {id, status, segments}
- `GET /simulator/v1/messages?id=` → every accepted send and the count of POSTs by the sender's id
- `GET /simulator/v1/inbound` → the texts that people wrote
- `PUT /simulator/v1/lines` {number, inbound_url}, `GET /simulator/v1/lines`

For those who play the people:

- `POST /simulator/v1/phones` {number, name}
- `POST /simulator/v1/phones/<number>/texts` {to, text, media}, `GET` the same → what arrived
- `PUT /simulator/v1/phones/<number>/behaviour` {outcome, receipts, seconds, error_code, once, carrier_stop}

Webhooks are JSON with X-Simulator-Timestamp and X-Simulator-Signature; see `courier.signature`.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from flexie.simulator import ledger
from flexie.simulator.behaviour import Behaviour
from flexie.simulator.errors import InvalidRequest, SimulatorError, Throttled, Unauthorized
from flexie.simulator.hangup import hang_up
from flexie.simulator.network import Network
from flexie.simulator.picture import sample_png
from flexie.simulator.sending import SendRequest, send
from flexie.simulator.texting import text_a_line


def create_api(network: Network) -> Blueprint:
    """The API as a blueprint of its own, so that an application can exempt it from its CSRF check."""
    api = Blueprint("simulator_api", __name__, url_prefix="/simulator/v1")

    @api.before_request
    def check_key() -> None:
        if request.endpoint == f"{api.name}.sample_picture":
            return
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        account = network.account_of_key(key.strip()) if scheme.lower() == "bearer" else None
        if account is None:
            raise Unauthorized("Send the account's key as “Authorization: Bearer <key>”.")
        g.simulator_account = account

    @api.get("/pictures/sample.png")
    def sample_picture() -> Response:
        return Response(sample_png(), mimetype="image/png", headers={"Cache-Control": "max-age=3600"})

    _add_sender_routes(api, network)
    _add_phone_routes(api, network)
    api.register_error_handler(SimulatorError, refuse)
    return api


def refuse(error: SimulatorError) -> ResponseReturnValue:
    """The answer for each of the family of errors."""
    response = jsonify(error.as_json())
    response.status_code = error.status
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _add_sender_routes(api: Blueprint, network: Network) -> None:
    @api.post("/messages")
    def post_message() -> ResponseReturnValue:
        accepted = send(network, g.simulator_account, SendRequest.from_json(_body()))
        if accepted.hang_up_after is not None:
            return hang_up(request.environ, accepted.hang_up_after)
        return jsonify(accepted.as_json()), 201

    @api.get("/messages")
    def list_messages() -> Response:
        after = request.args.get("after", 0, type=int)
        return jsonify(ledger.sends(network, g.simulator_account, request.args.get("id"), after))

    @api.get("/inbound")
    def list_inbound() -> Response:
        return jsonify(ledger.received(network, g.simulator_account, request.args.get("after", 0, type=int)))

    @api.put("/lines")
    def put_line() -> Response:
        given = _body()
        line = network.set_line(g.simulator_account, _word(given, "number"), _word(given, "inbound_url"))
        return jsonify(number=line.number, inbound_url=line.inbound_url)

    @api.get("/lines")
    def list_lines() -> Response:
        lines = network.lines(g.simulator_account)
        return jsonify(lines=[{"number": line.number, "inbound_url": line.inbound_url} for line in lines])


def _add_phone_routes(api: Blueprint, network: Network) -> None:
    @api.post("/phones")
    def post_phone() -> ResponseReturnValue:
        given = _body()
        return jsonify(network.add_phone(_word(given, "number"), _word(given, "name")).as_json()), 201

    @api.post("/phones/<number>/texts")
    def post_text(number: str) -> ResponseReturnValue:
        given = _body()
        network.add_phone(number)
        text = text_a_line(network, number, _word(given, "to"), given.get("text"), given.get("media"))
        return jsonify(text.as_json()), 201

    @api.get("/phones/<number>/texts")
    def list_texts(number: str) -> Response:
        phone = network.phone(number)
        limit = min(max(request.args.get("limit", 100, type=int), 1), 1000)
        texts = network.conversation(phone.number, limit, g.simulator_account)
        return jsonify(texts=[text.as_json() for text in texts if text.is_to_phone and text.arrived])

    @api.put("/phones/<number>/behaviour")
    def put_behaviour(number: str) -> Response:
        given = _body()
        network.add_phone(number)
        stop = bool(given["carrier_stop"]) if "carrier_stop" in given else None
        behaviour = Behaviour.from_mapping(given)
        return jsonify(network.set_behaviour(number, behaviour, bool(given.get("once")), stop).as_json())


def _body() -> dict[str, object]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise InvalidRequest("The body must be a JSON object, sent as application/json.")
    return given


def _word(given: dict[str, object], name: str) -> str:
    value = given.get(name) or ""
    if not isinstance(value, str):
        raise InvalidRequest(f"{name} must be text.")
    return value
