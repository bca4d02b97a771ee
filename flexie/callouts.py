"""Calls of webhooks by rules: each is posted at least once, at most five times within an hour, and never redirected.

As with texts, a call is claimed and the claim committed before the first byte, and no transaction is open meanwhile.
Unlike texts, a call whose outcome is not known is made again: by `Idempotency-Key` the other side knows it.

Requests are signed as https://www.standardwebhooks.com says: HMAC-SHA256 over "id.timestamp.body", in base64.
"""

import base64
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from flask import current_app
from sqlalchemy import literal_column, select

from flexie import audit, clock, db, runlog, safehttp, vault
from flexie.models import Run, WebhookAddress, WebhookCall

TIMEOUT = 10.0  # seconds that the other side may take, all in all
LEASE = timedelta(seconds=60)  # a call that a worker was killed over is made again after this long
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 4, 15, 40))
"""How long after each failed try the next one comes: after 1, 5, 20 and 60 minutes, five tries in all."""

LONGEST_NAME = 100  # characters
SECRET_PREFIX = "whsec_"  # noqa: S105
_WAITING = WebhookCall.state == literal_column("'waiting'")  # spelled as the partial index is

log = logging.getLogger(__name__)


class CannotRegister(Exception):
    """A webhook that cannot be registered, with what to do about it."""


@dataclass(frozen=True)
class Claim:
    """The right to post a call once. Plain data: no session behind it. `tries` counts this one, and is its token."""

    call_id: int
    address_id: int
    public_id: str
    tries: int
    url: str
    body: bytes
    secret: str = field(repr=False)
    allow_private: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a try: done, to be tried again, or failed for good; `words` say why."""

    kind: Literal["done", "again", "failed"]
    words: str


def register(name: str, url: str) -> tuple[WebhookAddress, str]:
    """Register an address under the name that rules call it by, in the session. Returns it and its secret, shown once.

    Raises:
        CannotRegister: the name is taken or no name, or the address is one that is never called.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or '"' in name:
        raise CannotRegister(f"A name has 1 to {LONGEST_NAME} characters, no quotes and no line breaks.")
    if any(name.casefold() == other.name.casefold() for other in registered()):
        raise CannotRegister(f'There is a webhook "{name}" already. Remove it first, or choose another name.')
    try:
        safehttp.refuse(url, allow_private=current_app.config["WEBHOOKS_TO_PRIVATE_ADDRESSES"])
    except safehttp.Forbidden as problem:
        raise CannotRegister(str(problem)) from None
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    address = WebhookAddress(name=name, url=url, secret=vault.seal({"secret": secret}), created_at=clock.now())
    db.db.session.add(address)
    db.db.session.flush()
    audit.note("webhook", address.id, "created", {"address": (None, url)}, name=name)
    return address, secret


def registered() -> list[WebhookAddress]:
    """All registered addresses, by name."""
    return list(db.db.session.scalars(select(WebhookAddress).order_by(WebhookAddress.name)))


def remove(address: WebhookAddress) -> int:
    """Take an address away, in the session. Calls that still waited are not made, and their runs' logs say so.

    Returns how many those were. A rule that calls it fails at that step from now on.
    """
    waiting = select(WebhookCall, Run).join(Run, Run.id == WebhookCall.run_id)
    rows = db.db.session.execute(waiting.where(WebhookCall.address_id == address.id, _WAITING)).all()
    for _, run in rows:
        runlog.write(run, "call webhook", f'not called: the webhook "{address.name}" was removed')
    audit.note("webhook", address.id, "deleted", {"address": (address.url, None)}, name=address.name)
    db.db.session.delete(address)
    return len(rows)


def claim(passing_over: Collection[int] = ()) -> Claim | None:
    """Claim the call that is longest due, but for calls of these addresses (row ids). None when nothing is due."""
    while True:
        with db.transaction():
            now = db.now()
            call = _next_due(now, passing_over)
            if call is None:
                return None
            if call.tries > len(WAITS):
                _end(call, "failed", "a worker stopped during the last try")
                continue
            try:
                return _take(call, now)
            except vault.VaultError as problem:
                _end(call, "failed", str(problem))


def _next_due(now: datetime, passing_over: Collection[int]) -> WebhookCall | None:
    query = select(WebhookCall).where(_WAITING, WebhookCall.due_at <= now)
    query = query.where(WebhookCall.address_id.not_in(passing_over)) if passing_over else query
    query = query.order_by(WebhookCall.due_at, WebhookCall.id).limit(1)
    return db.db.session.scalar(query.with_for_update(skip_locked=True, of=WebhookCall, key_share=True))


def _take(call: WebhookCall, now: datetime) -> Claim:
    secret = vault.unseal(call.address.secret)["secret"]
    call.tries, call.due_at = call.tries + 1, now + LEASE
    return Claim(
        call_id=call.id,
        address_id=call.address_id,
        public_id=call.public_id,
        tries=call.tries,
        url=call.address.url,
        body=json.dumps(call.body, separators=(",", ":"), sort_keys=True).encode(),
        secret=secret,
        allow_private=current_app.config["WEBHOOKS_TO_PRIVATE_ADDRESSES"],
    )


def call(claimed: Claim) -> Outcome:
    """Post it, once."""
    try:
        status = safehttp.post(
            claimed.url, _headers(claimed), claimed.body, timeout=TIMEOUT, allow_private=claimed.allow_private
        )
    except safehttp.Forbidden as problem:
        return Outcome("failed", str(problem))
    except safehttp.NoAnswer as problem:
        return Outcome("again", str(problem))
    return _judged(status)


def _headers(claimed: Claim) -> dict[str, str]:
    moment = str(int(clock.now().timestamp()))
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": claimed.public_id,
        "webhook-id": claimed.public_id,
        "webhook-timestamp": moment,
        "webhook-signature": signature(claimed.secret, claimed.public_id, moment, claimed.body),
    }


def signature(secret: str, public_id: str, moment: str, body: bytes) -> str:
    """What proves that a call is ours. `moment` is in whole seconds since 1970, as the header has it."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.new(key, f"{public_id}.{moment}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def _judged(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome("done", f"answered {status}")
    if status == 410:
        return Outcome("failed", "answered 410: it wants no more calls")
    if 300 <= status < 400:
        return Outcome("again", f"answered {status}: redirects are not followed")
    return Outcome("again", f"answered {status}")


def finish(claimed: Claim, outcome: Outcome) -> None:
    """Record what came of a try, if nobody has claimed the call anew since. The run itself is not touched."""
    with db.transaction():
        query = select(WebhookCall).where(WebhookCall.id == claimed.call_id, _WAITING)
        call = db.db.session.scalar(query.with_for_update(of=WebhookCall, key_share=True))
        if call is None or call.tries != claimed.tries:
            log.warning("call taken over or gone", extra={"call": claimed.public_id})
            return
        if outcome.kind == "again" and call.tries <= len(WAITS):
            call.due_at, call.error = db.now() + WAITS[call.tries - 1], outcome.words
        else:
            _end(call, "done" if outcome.kind == "done" else "failed", outcome.words)
        log.info("call finished", extra={"call": call.public_id, "state": call.state, "tries": call.tries})


def _end(call: WebhookCall, state: str, words: str) -> None:
    call.state, call.due_at, call.error = state, None, None if state == "done" else words
    run = db.db.session.get_one(Run, call.run_id)
    name = call.address.name
    tries = "1 try" if call.tries == 1 else f"{call.tries} tries"
    said = f'"{name}": {words}' if state == "done" else f'"{name}" failed after {tries}: {words}'
    runlog.write(run, "call webhook", said)
