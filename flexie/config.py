"""Configuration, read once from the environment.

Nothing here talks to a database or a network. What is not set gets a value under FLEXIE_DATA that
works on one machine with no other server.
"""

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# sun_path holds 108 bytes on Linux and 104 on macOS (man 7 unix); leave room for the closing zero.
LONGEST_SOCKET_PATH = 100
LARGEST_BODY = 1024 * 1024  # bytes; a webhook or an API call beyond it is answered 413
SESSION_DAYS = 14
AT_ONCE = 8  # requests that one web process works on at once
STATISTICS_SECONDS = 3_600  # how old the planner's statistics of a connection to SQLite may be (flexie.survey)
MOST_STREAMS = 400  # open browsers that one web process tells news; more of them look by themselves


class ConfigError(Exception):
    """A setting that cannot be used, with a sentence that says which and what to write instead."""


def from_environment(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The settings that `create_app` starts from. Creates FLEXIE_DATA and its secret on first use."""
    data = Path(environ.get("FLEXIE_DATA") or "var").resolve()
    data.mkdir(parents=True, exist_ok=True)
    port = _port(environ.get("PORT") or "8000")
    public_url = (environ.get("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/")
    if not public_url.startswith(("http://", "https://")):
        raise ConfigError(f'PUBLIC_URL is "{public_url}": write a whole address, such as https://sms.example.com')
    database = _with_driver(environ.get("DATABASE_URL") or f"sqlite:///{data / 'flexie.db'}")
    return {
        "FLEXIE_DATA": data,
        "PORT": port,
        "PUBLIC_URL": public_url,
        "SECRET_KEY": environ.get("SECRET_KEY") or _kept_secret(data / "secret_key"),
        "CREDENTIAL_KEYS": _words(environ.get("CREDENTIAL_KEYS", "")),
        "SQLALCHEMY_DATABASE_URI": database,
        "REDIS_URL": environ.get("REDIS_URL") or f"unix://{embedded_socket(data)}",
        "REDIS_IS_EMBEDDED": not environ.get("REDIS_URL"),
        "SIMULATOR": environ.get("FLEXIE_SIMULATOR", "") not in ("", "0", "no"),
        "WEBHOOKS_TO_PRIVATE_ADDRESSES": environ.get("WEBHOOKS_TO_PRIVATE_ADDRESSES", "") not in ("", "0", "no"),
        "PROXY_HOPS": int(environ.get("PROXY_HOPS") or 0),
        "OTHER_HOSTS": _hosts(environ.get("TRUSTED_HOSTS", "")),  # not Flask's TRUSTED_HOSTS: that refuses webhooks too
        "API_RATE": _rate(environ.get("API_RATE") or "600 per minute"),
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_BODY,
        "SESSION_COOKIE_NAME": "flexie",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": public_url.startswith("https://"),
        "PERMANENT_SESSION_LIFETIME": SESSION_DAYS * 86_400,
        "WTF_CSRF_TIME_LIMIT": None,
        "SQLALCHEMY_ENGINE_OPTIONS": _pool(database),
    }


def _pool(database: str) -> dict[str, Any]:
    """A server's connection is tried before use; one to SQLite reads the planner's statistics when it begins. What went
    wrong with a statement is told without its values: they are people's.
    """
    kept = {"pool_recycle": STATISTICS_SECONDS} if database.startswith("sqlite") else {"pool_pre_ping": True}
    return {**kept, "hide_parameters": True}


def completed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """`settings` over the defaults that a data folder gives; for tests and programs that compose their own app."""
    environ = {"FLEXIE_DATA": str(settings["FLEXIE_DATA"]), "PUBLIC_URL": settings.get("PUBLIC_URL", "")}
    return {**from_environment(environ), **settings}


def embedded_socket(data: Path) -> Path:
    """Where the embedded Valkey listens: inside the data folder, or in a private folder when that path is too long."""
    inside = data / "valkey.sock"
    if len(str(inside).encode()) <= LONGEST_SOCKET_PATH:
        return inside
    mark = hashlib.sha256(str(data).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"flexie-{os.getuid()}-{mark}" / "valkey.sock"


def _with_driver(url: str) -> str:
    """Hosts hand out postgres:// and postgresql:// addresses; both mean the one driver that we have."""
    scheme, colon, rest = url.partition("://")
    return f"postgresql+psycopg{colon}{rest}" if scheme in ("postgres", "postgresql") else url


def _port(written: str) -> int:
    if not written.isdigit() or not 0 < int(written) < 65_536:
        raise ConfigError(f'PORT is "{written}": write a number from 1 to 65535.')
    return int(written)


def _rate(written: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,6} per (second|minute|hour|day)", written):
        raise ConfigError(f'API_RATE is "{written}": write, for example, 600 per minute.')
    return written


def _words(written: str) -> list[str]:
    return [word.strip() for word in written.split(",") if word.strip()]


def _hosts(written: str) -> list[str]:
    names = [word.lower().removeprefix("[").removesuffix("]") for word in _words(written)]
    for name in names:
        if not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*", name):
            raise ConfigError(
                f'TRUSTED_HOSTS has "{name}": write names or addresses without http:// and without a port.'
            )
    return names


def _kept_secret(path: Path) -> str:
    """The secret of this installation, made on first use. Two processes that start together agree on one."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip() or _refuse_empty(path)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text().strip()


def _refuse_empty(path: Path) -> str:
    raise ConfigError(f"{path} is empty. Delete it to have a new secret made, or set SECRET_KEY.")
