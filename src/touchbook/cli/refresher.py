"""Beside the server: a process that describes everybody anew whenever something arrived, kept going while pages are."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

_PAUSE_SECONDS = 30.0


def keep_refreshing() -> None:
    """Start it, and start it again should it end; it ends with this process, of whose input it holds one end."""
    threading.Thread(target=_keep, name="refreshing", daemon=True).start()


def _keep() -> None:
    while True:
        command = [sys.executable, "-m", "touchbook", "refresh", "--watch"]
        subprocess.Popen(command, stdin=subprocess.PIPE).wait()  # noqa: S603  the command is ours
        time.sleep(_PAUSE_SECONDS)
