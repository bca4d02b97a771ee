"""Whose certificates are trusted when we call others over TLS: Mozilla's list, as certifi carries it."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Read once a process: reading takes a tenth of a second, and every test and every worker would pay it again."""
    return httpx.create_ssl_context(trust_env=False)
