"""Twilio from end to end against programs that others wrote: `python -m tests.providers.emulated`.

The application runs beside npm's `emulate`, which pretends to be Twilio and signs webhooks by itself; its request is
then held to Twilio's published OpenAPI description by Prism. All are fetched from npm into var/emulated at the first
time. `emulate` listens on all addresses, so everything happens in a network namespace of its own, with loopback alone.
Not a part of the tests: it needs npm, Linux and a minute.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import flask_migrate
import httpx
from sqlalchemy import delete
from werkzeug.serving import make_server

from app import create_app
from flexie import providers
from flexie.db import db, transaction
from flexie.models import FieldDefinition
from tests.house import ANA, AUTH_TOKEN, LINE_NUMBER, SID, House

FOLDER = Path(os.environ.get("FLEXIE_EMULATED", "var/emulated")).resolve()
PROGRAMS = ("emulate@0.11.2", "@stoplight/prism-cli@5.16.0")
DESCRIPTION = "@twilio-alpha/mcp@0.7.0"  # Twilio's own package that holds its OpenAPI descriptions
SPEC = "package/twilio-oai/spec/json/twilio_api_v2010.json"
INSIDE = "FLEXIE_EMULATED_INSIDE"
EMULATE, PRISM, OURS = 4013, 4014, 4015
RULES = """
rule "Hello":
  for contact
  when incoming sms matches "hi"

  send sms "Welcome {{ first_name }} & é 😀"
"""
CREDENTIALS = {"account_sid": SID, "auth_token": AUTH_TOKEN}
twilio = providers.adapter("twilio")


def main() -> None:
    """Fetch what is missing, and go on in a network namespace."""
    if os.environ.get(INSIDE):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        walk()
        return
    fetch()
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    inside = ["unshare", "--net", *user, sys.executable, "-m", "tests.providers.emulated"]
    raise SystemExit(subprocess.run(inside, env={**os.environ, INSIDE: "1"}, check=False).returncode)


def fetch() -> None:
    """The programs and the description, at pinned versions; none of their install scripts is run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (FOLDER / "node_modules").is_dir():
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *PROGRAMS]
        subprocess.run(npm, cwd=FOLDER, check=True)
    if not (FOLDER / SPEC).is_file():
        subprocess.run(["npm", "pack", "--silent", DESCRIPTION], cwd=FOLDER, check=True)
        (archive,) = FOLDER.glob("*.tgz")
        with tarfile.open(archive) as packed:
            packed.extract(SPEC, FOLDER, filter="data")


def walk() -> None:
    """Everything, step by step; the first thing that does not hold ends it."""
    with ExitStack() as stack:
        start_emulate(stack)
        start_prism(stack)
        house = start_application(stack)
        client = stack.enter_context(providers.new_client())
        connects(client, house)
        texts_and_answers(client, house)
        receipts(client, house)
        refusals(client, house)
        fits_the_description(client)
    say("all of it held")


def start_emulate(stack: ExitStack) -> None:
    """Twilio's stand-in, with the account and the number of the house."""
    seed = FOLDER / "seed.json"
    numbers = [{"sid": "PN" + "1" * 32, "phone_number": LINE_NUMBER, "friendly_name": "Front desk"}]
    account = {"sid": SID, "auth_token": AUTH_TOKEN}
    seed.write_text(json.dumps({"twilio": {"account": account, "phone_numbers": numbers}}))
    program = ["node_modules/emulate/dist/index.js", "start", "-s", "twilio", "-p", str(EMULATE), "--seed", str(seed)]
    start(stack, program, EMULATE)


def start_prism(stack: ExitStack) -> None:
    """Prism, which answers by the description and refuses what breaks it."""
    program = ["node_modules/@stoplight/prism-cli/dist/index.js", "mock", "--errors"]
    start(stack, [*program, "-h", "127.0.0.1", "-p", str(PRISM), SPEC], PRISM)


def start(stack: ExitStack, program: list[str], port: int) -> None:
    """A program of Node's, stopped at the end; returns when it listens."""
    with (FOLDER / f"{port}.log").open("w") as log:
        process = subprocess.Popen(["node", *program], cwd=FOLDER, stdout=log, stderr=subprocess.STDOUT)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    for _ in range(600):
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
            return
        except httpx.HTTPError:
            assert process.poll() is None, (FOLDER / f"{port}.log").read_text()
            time.sleep(0.1)
    raise AssertionError(f"{program[0]} does not answer")


def start_application(stack: ExitStack) -> House:
    """The application over a database of its own, with a contact and a rule."""
    folder = tempfile.mkdtemp()
    stack.callback(shutil.rmtree, folder)
    settings = {"REDIS_URL": "redis://127.0.0.1:1/0", "TESTING": True, "FLEXIE_DATA": Path(folder)}
    app = create_app({**settings, "PUBLIC_URL": f"http://127.0.0.1:{OURS}"})
    with app.app_context(), transaction():
        flask_migrate.upgrade()
        db.session.execute(delete(FieldDefinition))  # the house brings its own
    house = House(app, SimpleNamespace(url=f"http://127.0.0.1:{EMULATE}"))  # type: ignore[arg-type]
    stack.callback(house.senders.close)
    house.record(first_name="Ana", mobile=ANA)
    house.rules(RULES)
    server = make_server("127.0.0.1", OURS, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stack.callback(server.shutdown)
    return house


def connects(client: httpx.Client, house: House) -> None:
    """The account's numbers are read, and the number is told where to post its texts."""
    directory, base = twilio.directory, f"http://127.0.0.1:{EMULATE}"
    assert directory is not None
    wanted = directory.numbers_request(CREDENTIALS, base, None)
    numbers = providers.ask(twilio, wanted, directory.read_numbers, CREDENTIALS, client=client).numbers
    (own,) = (number for number in numbers if number.number == LINE_NUMBER)
    wanted = directory.webhook_request(own, house.inbound_url, CREDENTIALS, base)
    providers.ask(twilio, wanted, directory.read_webhook, CREDENTIALS, client=client)
    say(f"the number {own.number} was found and posts its texts to us")


def texts_and_answers(client: httpx.Client, house: House) -> None:
    """A text comes by a webhook that the stand-in signed; the rule's answer goes out, once."""
    simulate(client, "inbound-message", To=LINE_NUMBER, From=ANA, Body="hi")
    (heard,) = house.messages("in")
    assert (heard.text, heard.sender_number) == ("hi", ANA), heard
    house.work()
    (answer,) = house.messages()
    assert answer.status == "accepted", (answer.status, answer.error)
    (listed,) = (entry for entry in messages(client) if entry["direction"] == "outbound-api")
    assert (listed["sid"], listed["body"]) == (answer.provider_id, "Welcome Ana & é 😀"), listed
    say("a signed text came in, was answered by the rule, and the answer went out once")


def receipts(client: httpx.Client, house: House) -> None:
    """Its receipts move it forward, in any order and any number."""
    (answer,) = house.messages()
    for status in ("sent", "delivered", "delivered", "sent"):
        simulate(client, "message-status", MessageSid=answer.provider_id or "", Status=status)
        house.work()
    (answer,) = house.messages()
    assert answer.status == "delivered", answer.status
    say("its receipts made it delivered, and one that came late took nothing back")


def refusals(client: httpx.Client, house: House) -> None:
    """A webhook under another token is refused; so is our send, under another token."""
    before = len(house.messages("in"))
    form = {"MessageSid": "SM" + "9" * 32, "AccountSid": SID, "From": ANA, "To": LINE_NUMBER, "Body": "forged"}
    refused = client.post(house.inbound_url, data=form, headers={"X-Twilio-Signature": "AAAA"})
    assert (refused.status_code, len(house.messages("in"))) == (403, before)
    outcome = send(client, EMULATE, {**CREDENTIALS, "auth_token": "other"})
    assert isinstance(outcome, providers.Rejected), outcome
    assert outcome.bad_credentials
    say("a forged text was refused, and so was a send with a wrong token")


def fits_the_description(client: httpx.Client) -> None:
    """Prism takes our request, and we read the answer of the description; it refuses one without a recipient."""
    outcome = send(client, PRISM, CREDENTIALS)
    assert isinstance(outcome, providers.Accepted | providers.Rejected), outcome
    wanted = twilio.build_send(text(), CREDENTIALS, f"http://127.0.0.1:{PRISM}")
    good = client.post(wanted.url, content=wanted.body, headers=dict(wanted.headers))
    assert good.status_code == 201, good.text
    bad = client.post(wanted.url, content=wanted.body.replace(b"To=", b"Whom="), headers=dict(wanted.headers))
    assert bad.status_code == 422, bad.text
    say("our request fits Twilio's description, and one without a recipient does not")


def text() -> providers.OutboundText:
    return providers.OutboundText("m-1", ANA, LINE_NUMBER, "hi & é", (), f"http://127.0.0.1:{OURS}/s")


def send(client: httpx.Client, port: int, credentials: dict[str, str]) -> providers.SendOutcome:
    """One send of ours."""
    return providers.post(twilio, text(), credentials, f"http://127.0.0.1:{port}", client=client, timeout=10)


def simulate(client: httpx.Client, what: str, **fields: str) -> None:
    """Have the stand-in do something; it answers after its webhook was answered."""
    url = f"http://127.0.0.1:{EMULATE}/_twilio/simulate/{what}"
    answer = client.post(url, data=fields, auth=(SID, AUTH_TOKEN), timeout=30)
    assert answer.is_success, answer.text


def messages(client: httpx.Client) -> list[dict[str, str]]:
    """What the stand-in lists."""
    url = f"http://127.0.0.1:{EMULATE}/2010-04-01/Accounts/{SID}/Messages.json"
    found: list[dict[str, str]] = client.get(url, auth=(SID, AUTH_TOKEN)).json()["messages"]
    return found


def say(words: str) -> None:
    print(f"emulated: {words}", flush=True)


if __name__ == "__main__":
    main()
