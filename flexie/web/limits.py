"""How often somebody may try: 10 guesses a minute for each account, and for each address they come from; and how often
a token of the API may ask.
"""

import hashlib
import math
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter
from redis import RedisError
from werkzeug.exceptions import NotFound

GUESSES = "10 per minute"
MISSES = parse("20 per minute")
View = TypeVar("View", bound=Callable[..., Any])


def guesses(view: View) -> View:
    """Mark a view that tells whether a password is right: every try counts, right or wrong."""
    view.is_guess = True  # type: ignore[attr-defined]
    return view


def seeks(view: View) -> View:
    """Mark a view that shows what is behind a secret address: each address that is none counts."""
    view.is_seeking = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Limit the views that are marked; all have to be registered by now.

    Counted in Redis, so that all processes count together; in this process's memory while Redis is away.
    """
    app.config.setdefault("RATELIMIT_STORAGE_URI", _storage(app.config["REDIS_URL"]))
    app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", {"socket_timeout": 1, "socket_connect_timeout": 1})
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)
    limiter = Limiter(get_remote_address, app=app, strategy="moving-window", key_prefix="flexie")
    by_address = limiter.limit(GUESSES, methods=["POST"], key_func=get_remote_address)
    by_account = limiter.limit(GUESSES, methods=["POST"], key_func=_account)
    views: dict[str, Any] = app.view_functions
    for endpoint, view in list(views.items()):
        if getattr(view, "is_guess", False):
            views[endpoint] = by_address(by_account(view))
        elif getattr(view, "is_seeking", False):
            views[endpoint] = _counting_misses(view, limiter)
    app.extensions["guesses"] = limiter
    app.extensions["api rate"] = Rate(limiter.storage, parse(app.config["API_RATE"]))


class Rate:
    """How often one key may ask, counted over the last stretch of time: in Redis, so that all processes count together;
    in this process's memory while Redis is away.
    """

    def __init__(self, storage: Storage, rate: RateLimitItem) -> None:
        self.rate = rate
        self._all = SlidingWindowCounterRateLimiter(storage)
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())

    def spend(self, key: str) -> int:
        """Count one. Returns 0, or after how many seconds there is room again; then nothing was counted."""
        try:
            return self._spend(self._all, key)
        except RedisError:
            return self._spend(self._here, key)

    def _spend(self, counter: RateLimiter, key: str) -> int:
        if counter.hit(self.rate, "flexie", "api", key):
            return 0
        return max(1, math.ceil(counter.get_window_stats(self.rate, "flexie", "api", key).reset_time - time.time()))


def spend(key: str) -> int:
    """Count a call of the API by the digest of its token. Returns 0, or after how many seconds to ask again."""
    rate: Rate = current_app.extensions["api rate"]
    return rate.spend(key)


def _counting_misses(view: Callable[..., Any], limiter: Limiter) -> Callable[..., Any]:
    """The view, refused to an address that missed too often. While Redis is away it is not refused: tokens are long."""

    @wraps(view)
    def counted(*args: Any, **kwargs: Any) -> Any:
        key = ("flexie", "misses", get_remote_address())
        with suppress(RedisError):
            if not limiter.limiter.test(MISSES, *key):
                abort(429)
        try:
            return view(*args, **kwargs)
        except NotFound:
            with suppress(RedisError):
                limiter.limiter.hit(MISSES, *key)
            raise

    return counted


def _account() -> str:
    """The account that is tried, by digest: addresses do not belong into Redis."""
    email = current_user.email if current_user else request.form.get("email", "").strip().lower()
    return "account:" + hashlib.sha256(email.encode()).hexdigest()


def _storage(redis_url: str) -> str:
    """Flask-Limiter's spelling of an address of Redis."""
    return f"redis+{redis_url}" if redis_url.startswith("unix://") else redis_url
