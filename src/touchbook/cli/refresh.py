"""``touchbook refresh``: describe everybody as they are now, for the pages that list them."""

from __future__ import annotations

import select
import subprocess
import sys
import time
from datetime import timedelta

import typer

from touchbook.cli.app import app

LOOK_SECONDS = 10.0
REST_SECONDS = 120.0
AT_MOST = timedelta(hours=6)  # feelings and balances fade though nothing happens


@app.command()
def refresh(
    watch: bool = typer.Option(
        False, "--watch", help="Go on for as long as the standard input is open, and do it whenever something arrived."
    ),
) -> None:
    """Describe everybody as they are now, for the pages.

    'touchbook serve' sees to it by itself.
    """
    from touchbook.workflows.open_store import open_store

    open_store()
    from touchbook.site.home import database_url, home
    from touchbook.workflows.refresh_state import refresh_state

    if watch:
        _watch()
        return
    done = refresh_state(home(), database_url())
    typer.echo(f"{done.customers:,} customers as of {done.state.taken_at:%H:%M:%S} UTC, in {done.seconds:.1f} s")


def _watch() -> None:
    """Look every few seconds; the work is done by a process of its own, which gives its memory back."""
    from touchbook.kernel.errors import TouchbookError
    from touchbook.site.home import database_url, home
    from touchbook.workflows.refresh_state import is_stale

    rest = 0.0
    while not _closed(rest or LOOK_SECONDS):
        rest = 0.0
        try:
            if not is_stale(home(), database_url(), AT_MOST):
                continue
        except TouchbookError:
            continue  # the database is away; it may be back the next time
        start = time.monotonic()
        subprocess.run([sys.executable, "-m", "touchbook", "refresh"], stdin=subprocess.DEVNULL, check=False)
        rest = max(REST_SECONDS, 10 * (time.monotonic() - start))


def _closed(seconds: float) -> bool:
    """Wait so long, or until whoever started this has ended."""
    readable, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(readable) and not sys.stdin.buffer.read1(1)
