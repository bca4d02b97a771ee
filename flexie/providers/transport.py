"""One HTTP request for one attempt to send, and what its end proves.

A message may be sent twice by any layer that repeats a POST, so nothing here does: no retries, no redirects, no
proxy from the environment. httpx gives a request to an idle connection only if the server has not closed it, and
never repeats one that was begun; connections are kept for less time than servers keep theirs, so that the
remaining race is rare. When it happens the outcome is unknown, as it must be.
"""

import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import TypeVar

import httpx

from flexie import certificates
from flexie.providers import tokens
from flexie.providers.base import Adapter, Credentials
from flexie.providers.directory import AccountProblem
from flexie.providers.sending import HttpRequest, NotSent, OutboundText, Rejected, SendOutcome, Unknown

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

MAX_RESPONSE = 64 * 1024
"""Bytes of a response that are read; no provider's answer to a send is near this."""

SHORTEST_SECRET = 6  # characters
MAX_LIST = 4 * 1024 * 1024
"""Bytes of a list of numbers or messages that are read: a hundred entries are near 100 KB."""

KEEP_ALIVE_SECONDS = 1.5
"""Less than the shortest usual idle time of servers (gunicorn: 2 s)."""

CONNECT_SECONDS = 5.0
_HEADER = re.compile(r"[\x20-\x7e]*")
_tokens = tokens.Tokens()
_NO_CONNECTION = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class TooSlow(Exception):
    """The response did not end within the time of the attempt."""


def new_client(connections: int = 20) -> httpx.Client:
    """A client for one process, shared by its threads; to be made after a fork and closed at the end."""
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEEP_ALIVE_SECONDS
    )
    return httpx.Client(trust_env=False, follow_redirects=False, limits=limits, verify=certificates.trusted())


def post(
    adapter: Adapter,
    message: OutboundText,
    credentials: Credentials,
    base_url: str | None,
    *,
    client: httpx.Client,
    timeout: float,
) -> SendOutcome:
    """Send a message with exactly one POST, or none when no connection can be made; never raises for the network.

    `base_url` None means the provider's usual one. `timeout` is in seconds, for the write and for each wait for bytes
    of the answer; connecting has its own shorter limit. No outcome's text holds a secret.
    """
    try:
        address = (base_url or adapter.base_url(credentials)).rstrip("/")
        wanted = adapter.build_send(message, credentials, address)
        for_token = adapter.token_request(credentials, base_url.rstrip("/") if base_url else None)
        if for_token is None:
            outcome = _exchange(adapter, _prepare(wanted, timeout), client, timeout, credentials)
        else:
            outcome = _with_token(adapter, wanted, for_token, client, timeout, credentials)
    except (httpx.InvalidURL, ValueError):
        outcome = _cannot_be_sent(adapter)
    logger.info("send %s through %s: %s", message.public_id, adapter.name, type(outcome).__name__)
    return outcome


def _with_token(
    adapter: Adapter,
    wanted: HttpRequest,
    for_token: HttpRequest,
    client: httpx.Client,
    timeout: float,
    credentials: Credentials,
) -> SendOutcome:
    """The send with an access token. Refused with one that was kept, nothing was sent, and the next attempt fetches
    another; refused with a fresh one, the credentials are wrong."""
    try:
        token = _tokens.of(for_token, adapter.label, lambda asked: _fetch(adapter, asked, client, timeout))
    except tokens.NoToken as problem:
        return problem.outcome
    headers = {**wanted.headers, "Authorization": f"Bearer {token.value}"}
    request = _prepare(replace(wanted, headers=headers), timeout)
    outcome = _exchange(adapter, request, client, timeout, credentials)
    if isinstance(outcome, Rejected) and outcome.bad_credentials:
        _tokens.forget(for_token)
        if not token.is_fresh:
            return NotSent(f"{adapter.label} takes the access token no more")
    return outcome


def _fetch(
    adapter: Adapter, wanted: HttpRequest, client: httpx.Client, timeout: float
) -> tuple[int, dict[str, str], bytes]:
    """Carry the request for a token, before which nothing was sent. Raises NoToken when no answer comes."""
    short = min(timeout, CONNECT_SECONDS)
    try:
        return _carry(_prepare(wanted, short), client, short)
    except (httpx.HTTPError, httpx.StreamError, TooSlow) as error:
        reason = f"{adapter.label} could not be asked for an access token ({type(error).__name__})"
        raise tokens.NoToken(NotSent(reason)) from None


def ask(
    adapter: Adapter,
    wanted: HttpRequest,
    read: Callable[[int, bytes], Answer],
    credentials: Credentials,
    *,
    client: httpx.Client,
    timeout: float = 10.0,
) -> Answer:
    """Carry a request that is no send, and give what `read` makes of its answer. `timeout` is in seconds.

    Raises:
        AccountProblem: no answer came, or `read` found a problem in it; the sentence holds no secret.
    """
    try:
        request = _prepare(wanted, timeout)
        response = client.send(request, stream=True, follow_redirects=False, auth=None)
        try:
            status, body = response.status_code, _read(response, time.monotonic() + timeout, MAX_LIST)
        finally:
            response.close()
        return read(status, body)
    except AccountProblem as problem:
        words = _blotted(str(problem), adapter.secrets(credentials))
        raise AccountProblem(words, credentials=problem.credentials) from None
    except (httpx.InvalidURL, ValueError):
        raise AccountProblem(_cannot_be_sent(adapter).message, credentials=True) from None
    except (httpx.HTTPError, httpx.StreamError, TooSlow) as error:
        raise AccountProblem(_out_of_reach(adapter, error, request)) from None


def _out_of_reach(adapter: Adapter, error: Exception, request: httpx.Request) -> str:
    if isinstance(error, _NO_CONNECTION):
        return (
            f"{adapter.label} could not be reached: this machine finds no way to {request.url.host}."
            " Look at its network, then try again."
        )
    return f"{adapter.label} did not answer as it should ({type(error).__name__}). Try again in a minute."


def _cannot_be_sent(adapter: Adapter) -> Rejected:
    return Rejected(
        "not_sendable",
        f"The request to {adapter.label} could not be written: check the connection's address and credentials for"
        " blanks, line breaks and foreign characters.",
    )


def _prepare(wanted: HttpRequest, timeout: float) -> httpx.Request:
    """Built by hand: the client's own defaults would add its cookies, which belong to another account."""
    if not all(_HEADER.fullmatch(value) for value in wanted.headers.values()):
        raise ValueError("a header holds characters that cannot be sent")
    short = min(timeout, CONNECT_SECONDS)
    limits = httpx.Timeout(connect=short, pool=short, read=timeout, write=timeout)
    headers = {"User-Agent": "flexie", "Accept-Encoding": "identity", **wanted.headers}
    return httpx.Request(
        wanted.method, wanted.url, headers=headers, content=wanted.body, extensions={"timeout": limits.as_dict()}
    )


def _exchange(
    adapter: Adapter, request: httpx.Request, client: httpx.Client, timeout: float, credentials: Credentials
) -> SendOutcome:
    try:
        status, headers, body = _carry(request, client, timeout)
    except _NO_CONNECTION as error:
        return NotSent(f"{adapter.label} could not be reached ({type(error).__name__})")
    except (httpx.HTTPError, httpx.StreamError, TooSlow) as error:
        return Unknown(f"The request went out to {adapter.label}, but no answer came back ({type(error).__name__})")
    secrets = (*adapter.secrets(credentials), *_carried(request))
    return _without_secrets(adapter.read_send(status, headers, body), secrets)


def _carry(request: httpx.Request, client: httpx.Client, timeout: float) -> tuple[int, dict[str, str], bytes]:
    """One request, and the status, the headers (names in lower case) and the body of its answer."""
    response = client.send(request, stream=True, follow_redirects=False, auth=None)
    try:
        body = _read(response, time.monotonic() + timeout)
    finally:
        response.close()
    return response.status_code, {name.lower(): value for name, value in response.headers.items()}, body


def _read(response: httpx.Response, deadline: float, most: int = MAX_RESPONSE) -> bytes:
    """The body as sent, up to the cap; compressed bodies are not asked for and not unpacked."""
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) >= most:
            break
        if time.monotonic() > deadline:
            raise TooSlow
    return bytes(body[:most])


def _without_secrets(outcome: SendOutcome, secrets: Sequence[str]) -> SendOutcome:
    """Providers may repeat what they were sent; a secret in their words is blotted out."""
    changes: dict[str, str] = {}
    for known in fields(outcome):
        value = getattr(outcome, known.name)
        if isinstance(value, str):
            changes[known.name] = _blotted(value, secrets)
    return replace(outcome, **changes)  # type: ignore[arg-type]


def _carried(request: httpx.Request) -> list[str]:
    """What a request proves itself with: a name and password in base64, or a token made for it."""
    return [word for word in request.headers.get("Authorization", "").split()[1:] if len(word) > 3]


def _blotted(words: str, secrets: Sequence[str]) -> str:
    """Without the secrets in it. What is too short to be one stays: it would be found in any sentence."""
    for secret in secrets:
        words = words.replace(secret, "•••") if len(secret) >= SHORTEST_SECRET else words
    return words
