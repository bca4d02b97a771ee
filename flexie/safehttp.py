"""One request to an address that others gave us, and never to a machine that only we can reach.

A name is resolved once, every address that it has must be public, and the connection goes to the very address that was
looked at: asking the name server again could give another answer (DNS rebinding). The certificate and the Host header
are those of the name. Redirects are answers like others, proxies of the environment are passed over, nothing is
repeated, and the whole exchange has one deadline.
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from flexie import certificates

LONGEST_URL = 2_000  # characters
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
NOT_PUBLIC = [
    ipaddress.ip_network(written)
    for written in ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
]
"""Beside what every version of `ipaddress` knows: shared (RFC 6598), protocol, 6to4 and documentation addresses."""

Resolver = Callable[[str, int], Sequence[str]]


class Forbidden(Exception):
    """An address that is never called, with the reason."""


class NoAnswer(Exception):
    """No answer came, with the reason: nobody there, no proof who it is, or too slow."""


class TooLarge(Exception):
    """The answer has more bytes than are read."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the names of the headers in lower case, and the body as it was sent."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def refuse(url: str, *, allow_private: bool = False) -> None:
    """Look at an address before it is kept. A name is not resolved: that is done at each call.

    Raises:
        Forbidden: it is not http or https, carries a password, or is a number that leads into a private network.
    """
    parts = _parts(url)
    try:
        found = _resolved(parts.host, _port(parts), socket.AI_NUMERICHOST)
    except OSError:
        return
    _check(found, allow_private)


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    timeout: float,
    allow_private: bool = False,
    resolver: Resolver | None = None,
    tls: ssl.SSLContext | None = None,
) -> int:
    """Post once and give the status of the answer, of which nothing more is read. `timeout` (seconds) is for all of it.

    Raises:
        Forbidden: the address may not be called; nothing was written.
        NoAnswer: whether the other side got it cannot be known.
    """
    way = _Way(timeout, allow_private, resolver, tls)
    return _exchange("POST", url, headers, body, way, most=None).status


def get(
    url: str,
    headers: Mapping[str, str],
    *,
    timeout: float,
    most: int,
    allow_private: bool = False,
    resolver: Resolver | None = None,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """Ask once for what is there. `timeout` (seconds) is for all of it, `most` bytes of it are taken.

    Raises:
        Forbidden: the address may not be called; nothing was written.
        NoAnswer: nothing, or not all of it, came in time.
        TooLarge: there is more than `most`.
    """
    way = _Way(timeout, allow_private, resolver, tls)
    return _exchange("GET", url, {"Accept": "*/*", "Accept-Encoding": "identity", **headers}, None, way, most)


@dataclass(frozen=True)
class _Way:
    """How an address is reached: within how many seconds, and what is allowed and believed on the way."""

    timeout: float
    allow_private: bool
    resolver: Resolver | None
    tls: ssl.SSLContext | None


def _exchange(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, way: _Way, most: int | None
) -> Answer:
    """One request. The body of the answer is read up to `most` bytes, or not at all."""
    parts = _parts(url)
    target = httpcore.URL(scheme=parts.scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path)
    sent = {"Host": parts.netloc.decode(), "User-Agent": "flexie", "Connection": "close", **headers}
    extensions = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), way.timeout)}
    backend = _CheckedBackend(time.monotonic() + way.timeout, way.allow_private, way.resolver or _resolved)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=way.tls or certificates.trusted(), network_backend=backend) as pool,
            pool.stream(method, target, headers=list(sent.items()), content=body, extensions=extensions) as answer,
        ):
            names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            return Answer(answer.status, names, b"" if most is None else _read(answer, most))
    except (httpcore.TimeoutException, TimeoutError):
        raise NoAnswer(f"no answer within {way.timeout:g} seconds") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as problem:
        raise NoAnswer(_in_words(problem)) from None


def _read(answer: httpcore.Response, most: int) -> bytes:
    read = bytearray()
    for piece in answer.iter_stream():
        read += piece
        if len(read) > most:
            raise TooLarge
    return bytes(read)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet.

    IPv6 addresses that stand for an IPv4 address are not (mapped, 6to4, Teredo), but for NAT64's: they are what they
    stand for.
    """
    ip = ipaddress.ip_address(address)
    if ip in NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    if any(ip in network for network in NOT_PUBLIC) or (ip.version == 6 and ip not in GLOBAL_UNICAST):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_private or ip.is_loopback)


def _parts(url: str) -> httpx.URL:
    """The address, taken apart once for all who look at it. Raises Forbidden."""
    if len(url) > LONGEST_URL or not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise Forbidden(f"An address has up to {LONGEST_URL:,} plain characters, no blanks and no backslash.")
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        raise Forbidden("This is no address. Write it whole, such as https://example.com/hook") from None
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[\w.:-]+", parts.host, re.ASCII):
        raise Forbidden("Write a whole address that begins with https:// (or http://).")
    if not 0 < _port(parts) < 65_536:
        raise Forbidden("A port is a number from 1 to 65535.")
    if parts.userinfo:
        raise Forbidden("An address with a name or a password before @ is not called. Leave that out.")
    return parts


def _port(parts: httpx.URL) -> int:
    return parts.port if parts.port is not None else {"http": 80, "https": 443}[parts.scheme]


def _resolved(host: str, port: int, flags: int = 0) -> list[str]:
    """All addresses of a name, in the system's order. Numbers are read as the system reads them: 0177.1 is 127.0.0.1.

    Raises:
        OSError: there is no such name.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except UnicodeError:
        raise OSError("no such name") from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _check(addresses: Iterable[str], allow_private: bool) -> None:
    """Every address must be public: of a name with two, an attacker would wait for the private one."""
    if not allow_private and not all(is_public(address) for address in addresses):
        raise Forbidden(
            "The address leads into a private network. "
            "If that is meant, set WEBHOOKS_TO_PRIVATE_ADDRESSES=1 where the worker runs."
        )


def _in_words(problem: Exception) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(problem):
        return "its certificate is not valid for this name"
    if isinstance(problem, httpcore.ConnectError | OSError):
        return "it could not be reached"
    return "the connection broke before an answer came"


class _CheckedBackend(httpcore.NetworkBackend):
    """Opens connections to addresses that it has looked at, all within one deadline (of time.monotonic()), which
    stands above the time-outs of single reads and writes.
    """

    def __init__(self, deadline: float, allow_private: bool, resolver: Resolver) -> None:
        self._deadline, self._allow_private, self._resolver = deadline, allow_private, resolver
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._resolver(host, port)
        if not addresses:
            raise httpcore.ConnectError("no address")
        _check(addresses, self._allow_private)
        problem: Exception = httpcore.ConnectError("not tried")
        for address in addresses:
            left = _left(self._deadline, httpcore.ConnectTimeout)
            try:
                stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
            except httpcore.ConnectError as refused:
                problem = refused
            else:
                return _TimedStream(stream, self._deadline)
        raise problem


class _TimedStream(httpcore.NetworkStream):
    """A stream whose reads and writes all end by one deadline: an answer that drips in does not hold us."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _left(self._deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left(self._deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, httpcore.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, too_late: type[httpcore.TimeoutException]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise too_late
    return left
