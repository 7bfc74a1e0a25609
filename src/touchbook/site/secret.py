"""The key that signs sessions and links: one for each home, made when it is first needed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_FILE = "secret-key"


def secret_key(home: Path) -> str:
    """What ``TOUCHBOOK_SECRET_KEY`` says, else the key in the home, which only its owner can read."""
    if named := os.environ.get("TOUCHBOOK_SECRET_KEY"):
        return named
    file = home / _FILE
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    key = secrets.token_urlsafe(48)
    temporary = file.with_name(f".{_FILE}-{os.getpid()}")
    temporary.write_text(key, encoding="ascii")
    temporary.chmod(0o600)
    try:
        os.link(temporary, file)  # of two programs that start at once, one makes the key and both use it
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return file.read_text(encoding="ascii")
