"""Who else has a conversation open, and who is writing in it. Kept in Redis for seconds; nothing depends on it."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from redis import RedisError
from sqlalchemy import select

from flexie import live
from flexie.db import db
from flexie.models import Conversation, User

HERE_SECONDS = 45.0  # who was not heard of for so long has gone; browsers tell every 20 seconds
TYPING_SECONDS = 6.0  # browsers tell every 3 seconds while somebody types
MOST = 20  # people who are shown

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Present:
    """A colleague who has the conversation open."""

    user: User
    is_typing: bool


def here(conversation: Conversation, user: User, *, is_typing: bool) -> None:
    """This person has the conversation open."""
    now = time.time()
    said = f"{now:.1f} {now if is_typing else 0:.1f}"
    try:
        redis, key = live.of_app().redis, _key(conversation)
        before = _read(redis.hget(key, str(user.id)))
        redis.hset(key, str(user.id), said)
        redis.expire(key, int(HERE_SECONDS) * 2)
    except RedisError:
        return
    was_typing = before[1] > 0  # whoever was shown so is shown so until colleagues hear that it ended
    is_known = now - before[0] < HERE_SECONDS and was_typing == is_typing
    if not is_known or (is_typing and now - before[1] >= TYPING_SECONDS):
        _tell(conversation)


def gone(conversation: Conversation, user: User) -> None:
    """This person left it."""
    try:
        live.of_app().redis.hdel(_key(conversation), str(user.id))
    except RedisError:
        return
    _tell(conversation)


def others(conversation: Conversation, but: User) -> Sequence[Present]:
    """Everybody else who has it open, by name."""
    now = time.time()
    try:
        kept = live.of_app().redis.hgetall(_key(conversation))
    except RedisError:
        return []
    told = {int(user_id): _read(said) for user_id, said in kept.items() if user_id.isdigit()}
    ids = [each for each, (seen, _) in told.items() if now - seen < HERE_SECONDS and each != but.id]
    if not ids:
        return []
    query = select(User).where(User.id.in_(ids[:MOST]), User.is_active.is_(True)).order_by(User.name)
    return [Present(user, now - told[user.id][1] < TYPING_SECONDS) for user in db.session.scalars(query)]


def _tell(conversation: Conversation) -> None:
    live.of_app().tell([(conversation.line_id, conversation.public_id)])


def _key(conversation: Conversation) -> str:
    return f"flexie:here:{conversation.public_id}"


def _read(said: bytes | str | None) -> tuple[float, float]:
    """When the person was last heard of, and when last typing (seconds since 1970)."""
    try:
        seen, typed = map(float, (said or "").split())
    except ValueError:
        return 0.0, 0.0
    return seen, typed
