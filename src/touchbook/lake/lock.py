"""A lock that one process holds at a time, on every system, and that goes with the process that holds it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


class Busy(Exception):
    """Another process held the lock for longer than one was ready to wait."""


@contextmanager
def alone(file: Path, wait_seconds: float) -> Iterator[None]:
    """Hold an SQLite file's own lock, and let it go at the end. Raises ``Busy``."""
    with closing(sqlite3.connect(file, timeout=wait_seconds, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise Busy(str(file)) from error
        yield
