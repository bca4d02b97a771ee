"""Short links: who has one opens its document, until it expires or is revoked.

The token is 128 random bits. Only its digest is kept, so that nobody who reads the table can open anything.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from flexie import audit, clock, live
from flexie.db import db
from flexie.models import Document, Message, ShortLink, User

LASTS = timedelta(days=90)
TOKEN_BYTES = 16
PATH = "/d/"
"""What stands before a token in its address."""

_IN_TEXT = re.compile(re.escape(PATH) + r"([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")


def make(document: Document, user: User) -> str:
    """A new link to a document, in the session. Returns its token, which is nowhere else."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = clock.now()
    db.session.add(
        ShortLink(
            digest=digest_of(token), document=document, user_id=user.id, created_at=now, expires_at=now + LASTS, opens=0
        )
    )
    return token


def digest_of(token: str) -> str:
    """How a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str) -> ShortLink | None:
    """The link of a token, also one that no longer opens anything."""
    query = select(ShortLink).where(ShortLink.digest == digest_of(token)).options(joinedload(ShortLink.document))
    return db.session.scalar(query)


def is_open(link: ShortLink) -> bool:
    """Whether it still opens its document."""
    return link.revoked_at is None and clock.now() < link.expires_at


def revoke(link: ShortLink) -> None:
    """It opens nothing from now on."""
    link.revoked_at = link.revoked_at or clock.now()


def opened(link_id: int) -> None:
    """Count a look. The first one stands in the conversation of the text that brought the link."""
    counted = update(ShortLink).where(ShortLink.id == link_id).values(opens=ShortLink.opens + 1, opened_at=clock.now())
    opens = db.session.scalar(counted.returning(ShortLink.opens), execution_options={"synchronize_session": False})
    link = db.session.get_one(ShortLink, link_id)
    if link.message is None:
        return
    if opens == 1:
        audit.note("conversation", link.message.conversation_id, "opened", {"document": (None, link.document.title)})
    live.changed(link.message.line_id)


def sent(message: Message) -> None:
    """Links in a text that is queued belong to it: their looks are shown beside it."""
    digests = [digest_of(token) for token in _IN_TEXT.findall(message.text)]
    if digests:
        mine = ShortLink.digest.in_(digests), ShortLink.message_id.is_(None)
        db.session.execute(update(ShortLink).where(*mine).values(message_id=message.id))


def of_messages(ids: Iterable[int]) -> dict[int, list[ShortLink]]:
    """The links that messages brought, by message."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = select(ShortLink).where(ShortLink.message_id.in_(wanted)).options(joinedload(ShortLink.document))
    found: dict[int, list[ShortLink]] = {}
    for link in db.session.scalars(query.order_by(ShortLink.id)):
        found.setdefault(link.message_id or 0, []).append(link)
    return found


def of_document(document: Document, limit: int = 50) -> Sequence[ShortLink]:
    """The newest links to a document."""
    query = select(ShortLink).where(ShortLink.document_id == document.id).order_by(ShortLink.id.desc()).limit(limit)
    return db.session.scalars(query.options(joinedload(ShortLink.user))).all()


def load(public_id: str) -> ShortLink | None:
    """The link of a public id, which opens nothing by itself."""
    return db.session.scalar(select(ShortLink).where(ShortLink.public_id == public_id))
