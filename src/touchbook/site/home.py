"""Where Touchbook keeps its data, and which database it uses.

``TOUCHBOOK_HOME`` names the folder; without it, the user's data directory. ``TOUCHBOOK_DATABASE_URL`` names a
PostgreSQL database (``postgresql://user:password@host:port/name``; a socket's folder as ``?host=/folder``) or an SQLite
file (``sqlite:///path``); without it, ``touchbook.sqlite3`` in the home.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from platformdirs import user_data_path

from touchbook.kernel.errors import Unreadable


def home() -> Path:
    """The data folder, made if it is not there."""
    named = os.environ.get("TOUCHBOOK_HOME")
    folder = Path(named).expanduser() if named else user_data_path("touchbook")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreadable(
            f"The data folder {folder} cannot be made ({error.strerror}); set TOUCHBOOK_HOME to a folder you may write."
        ) from error
    return folder


def database_url() -> str:
    """The database as a URL: what ``TOUCHBOOK_DATABASE_URL`` says, or the SQLite file in the home."""
    return os.environ.get("TOUCHBOOK_DATABASE_URL") or f"sqlite:///{quote(str(home() / 'touchbook.sqlite3'))}"


def database_settings(url: str) -> dict[str, Any]:
    """Django's settings for a database URL.

    Raises ``Unreadable`` for a scheme that is neither SQLite nor PostgreSQL.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(url.removeprefix("sqlite:///")),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # take the write lock at the start, so that no read goes stale
                "timeout": 20,
                # FULL: a moment that was acknowledged survives a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
            },
        }
    if parts.scheme in ("postgres", "postgresql"):
        options = dict(parse_qsl(parts.query))
        host, port = options.pop("host", parts.hostname or ""), options.pop("port", str(parts.port or ""))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(host),
            "PORT": port,
            "OPTIONS": options,
        }
    raise Unreadable(
        f"The database address begins with '{parts.scheme}:'; write sqlite:///path or postgresql://user@host/name."
    )
