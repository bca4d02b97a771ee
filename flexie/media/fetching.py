"""Fetching what came with a text from its provider: claimed, asked for with no session open, and written down.

The address comes from a webhook that proved to be the provider's; all the same it is called as one that others gave us
(flexie.safehttp). The account's credentials go to the provider's own hosts only, and no further than them.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from sqlalchemy import literal_column, select

from flexie import clock, db, live, providers, safehttp, vault
from flexie.media import sniffing
from flexie.models import MediaBytes, MediaFile

LARGEST = 10 * 1024 * 1024  # bytes; Twilio passes on 5 MB a text
TIMEOUT = 30.0  # seconds for one file, redirects and all
LEASE = timedelta(seconds=120)  # a file that a worker was killed over is fetched again after this long
MOST_HOPS = 4  # redirects that are followed
WAITS = tuple(timedelta(minutes=minutes) for minutes in (0.25, 2, 10, 60, 360, 1440))
"""How long after each try that came to nothing the next one comes: seven tries within 31 hours."""

NOT_THERE_TRIES = 3  # a file that a provider says is not there may just not be there yet
_WAITING = MediaFile.state == literal_column("'waiting'")  # spelled as the partial index is

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """The right to fetch a file once. Plain data: no session behind it. `tries` counts this one, and is its token."""

    media_id: int
    public_id: str
    tries: int
    url: str
    adapter: providers.Adapter
    credentials: Mapping[str, str] = field(repr=False)
    base_url: str | None = None


@dataclass(frozen=True)
class Fetched:
    """The file is here."""

    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Failed:
    """It is not. `words` say why, for people; it is worth so many `tries` in all."""

    words: str
    tries: int = len(WAITS) + 1


def claim() -> Claim | None:
    """Claim the file that is longest due. None when nothing is due."""
    while True:
        with db.transaction():
            now = db.now()
            query = select(MediaFile).where(_WAITING, MediaFile.due_at <= now)
            query = query.order_by(MediaFile.due_at, MediaFile.id).limit(1)
            file = db.db.session.scalar(query.with_for_update(skip_locked=True, of=MediaFile, key_share=True))
            if file is None:
                return None
            try:
                return _take(file, now)
            except vault.VaultError as problem:
                _give_up(file, str(problem))


def _take(file: MediaFile, now: datetime) -> Claim:
    connection = file.message.line.connection
    credentials = vault.unseal(connection.credentials)
    file.tries, file.due_at = file.tries + 1, now + LEASE
    return Claim(
        media_id=file.id,
        public_id=file.public_id,
        tries=file.tries,
        url=file.url,
        adapter=providers.adapter(connection.provider),
        credentials=credentials,
        base_url=connection.base_url,
    )


def fetch(claimed: Claim) -> Fetched | Failed:
    """Ask for it, and where the provider sends us. Never raises for the network."""
    url, is_ours = claimed.url, True
    try:
        for _ in range(MOST_HOPS + 1):
            is_ours = is_ours and _is_own(url, claimed)
            headers = claimed.adapter.media_headers(claimed.credentials) if is_ours else {}
            # Only the very address that sends go to, as an administrator gave it, may be within a private network.
            is_private_meant = is_ours and _origin(url) == _origin(_base(claimed))
            answer = safehttp.get(url, headers, timeout=TIMEOUT, most=LARGEST, allow_private=is_private_meant)
            if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
                return _judged(answer)
            url = _next(url, answer.headers["location"])
    except safehttp.Forbidden:
        return Failed("Its address is one that we do not fetch from.", tries=0)
    except safehttp.TooLarge:
        return Failed(f"It is larger than {LARGEST // 1024 // 1024} MB.", tries=0)
    except safehttp.NoAnswer as problem:
        return Failed(f"The provider did not answer: {problem}.")
    return Failed("The provider sent us from one address to the next.")


def _judged(answer: safehttp.Answer) -> Fetched | Failed:
    if answer.status == 200 and answer.body:
        return Fetched(answer.body)
    if answer.status == 410:
        return Failed("The provider does not have it any more.", tries=0)
    if answer.status == 404:
        return Failed("The provider does not have it.", tries=NOT_THERE_TRIES)
    if answer.status in (401, 403):
        return Failed(f"The provider refused it (HTTP {answer.status}): check the connection's credentials.")
    return Failed(f"The provider did not give it out (HTTP {answer.status}).")


def _base(claimed: Claim) -> str:
    return claimed.base_url or claimed.adapter.base_url(claimed.credentials)


def _is_own(url: str, claimed: Claim) -> bool:
    """Whether an address is the provider's own, so that it may see the account's credentials."""
    scheme, host, port = _origin(url)
    is_known = scheme == "https" and host in claimed.adapter.media_hosts and port == 443
    return is_known or _origin(url) == _origin(_base(claimed))


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; nobody's for what is no address."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None


def _next(url: str, location: str) -> str:
    """Where a redirect leads. Raises Forbidden when it leads from TLS into the open."""
    try:
        target = urljoin(url, location)
    except ValueError:
        raise safehttp.Forbidden("A redirect leads to no address.") from None
    if urlsplit(url).scheme == "https" and not target.startswith("https://"):
        raise safehttp.Forbidden("A redirect leads from https to somewhere else.")
    return target


def finish(claimed: Claim, outcome: Fetched | Failed) -> None:
    """Record what came of a try, if nobody has claimed the file anew since."""
    with db.transaction():
        query = select(MediaFile).where(MediaFile.id == claimed.media_id, _WAITING)
        file = db.db.session.scalar(query.with_for_update(of=MediaFile, key_share=True))
        if file is None or file.tries != claimed.tries:
            log.warning("file taken over or gone", extra={"media": claimed.public_id})
            return
        if isinstance(outcome, Fetched):
            _keep(file, outcome.data)
        elif file.tries < outcome.tries:
            file.due_at, file.error = db.now() + WAITS[file.tries - 1], outcome.words
        else:
            _give_up(file, outcome.words)
        live.changed(file.message.line_id)
        log.info("file fetched", extra={"media": file.public_id, "state": file.state, "tries": file.tries})


def _keep(file: MediaFile, data: bytes) -> None:
    found = sniffing.look(data)
    file.state, file.due_at, file.error, file.kept_at = "kept", None, None, clock.now()
    file.content_type, file.ending, file.size = found.content_type, found.ending, len(data)
    file.width, file.height = found.width, found.height
    db.db.session.add(MediaBytes(media_id=file.id, data=data))


def _give_up(file: MediaFile, words: str) -> None:
    file.state, file.due_at, file.error = "gone", None, words
