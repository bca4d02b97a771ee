"""Nonces of webhooks whose content is not signed: each may serve for one content only.

Who once saw such a webhook could else send it again with another text in it. The same one again, as a provider brings
it when our answer was lost, is no forgery, and changes nothing anyway.
"""

import hashlib
from hmac import compare_digest

from sqlalchemy import select

from flexie import clock
from flexie.db import db, insert, transaction
from flexie.models import WebhookNonce


def is_new_or_the_same(line_id: int, nonce: str, *content: bytes) -> bool:
    """Whether this line never saw the nonce, or saw it with this very content. Remembers it, in a transaction of its
    own."""
    digest = hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in content)).hexdigest()
    row = {"line_id": line_id, "nonce": nonce, "content": digest, "seen_at": clock.now()}
    with transaction():
        db.session.execute(insert(WebhookNonce).values(row).on_conflict_do_nothing())
        query = select(WebhookNonce.content).where(WebhookNonce.line_id == line_id, WebhookNonce.nonce == nonce)
        return compare_digest(digest, db.session.scalars(query).one())
