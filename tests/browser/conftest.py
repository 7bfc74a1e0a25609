"""A real browser, on a real server, on a simulated club of 150 members.

``browser``  Chromium, one for a worker; it is what ``make test`` brought in.
``site``     the address of a server of this worker's own, whose club is its own too: a test may write to it.
``visit``    ``visit("front line")`` gives a page in a context of its own, signed in as somebody of that role; options:
             ``phone=True`` (390 × 844, touch), ``dark=True``, ``department="operations"``, and what Playwright's
             ``new_context`` takes. A console error or a failed request of any page fails the test at its end; a test
             that provokes one empties ``page.troubles``.
``club``     the folder of the worker's club, for tests that look into its database.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from chromium import find
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

_BIN = Path(sys.executable).parent
_SCRATCH = Path(os.environ["TOUCHBOOK_TESTS"])
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_MEMBERS = 150

expect.set_options(timeout=20_000)  # milliseconds: the machine may be busy


def environment_of(home: Path, **variables: str) -> dict[str, str]:
    """What a command on a home is told by its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TOUCHBOOK_", "DJANGO_"))}
    return {**kept, "TOUCHBOOK_HOME": str(home), **variables}


@pytest.fixture(scope="session")
def made_once() -> Path:
    """The club, made by whichever worker comes first."""
    folder = _SCRATCH / "club"
    with (_SCRATCH / "club.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "demo").is_dir():
            folder.mkdir(exist_ok=True)
            command = [_BIN / "touchbook", "demo", "--no-serve", "--members", str(_MEMBERS)]
            done = subprocess.run(command, env=environment_of(folder), capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    return folder / "demo"


@pytest.fixture(scope="session")
def club(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This worker's copy of the club."""
    return Path(shutil.copytree(made_once, tmp_path_factory.mktemp("club") / "demo"))


@contextmanager
def served(home: Path, port: int, **variables: str) -> Iterator[str]:
    """The address of a server on a home, as long as the context lasts; what it says is in the home's ``server.log``."""
    command = [_BIN / "touchbook", "serve", "--port", str(port), "--workers", "1"]
    log = (home / "server.log").open("w")
    environment = environment_of(home, **variables)
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/account/login/", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, (home / "server.log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def site(club: Path) -> Iterator[str]:
    """The address of a server on this worker's club."""
    from touchbook.cli.serve import free_port

    with served(club, free_port()) as address:
        yield address


@pytest.fixture(scope="session")
def _chromium() -> Path:
    found = find()
    assert found, "no Chromium was found: 'make test' brings one in"
    return found


@pytest.fixture(scope="session")
def _playwright(_chromium: Path) -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(_chromium: Path, _playwright: Playwright) -> Iterator[Browser]:
    """Chromium: Playwright's own where it could be fetched, else the system's."""
    started = _playwright.chromium.launch(executable_path=_chromium, args=list(_FLAGS))
    yield started
    started.close()


@pytest.fixture
def browser_with_camera(_chromium: Path, _playwright: Playwright, tmp_path: Path) -> Iterator[Callable[..., Browser]]:
    """A function that starts a browser whose camera sees a picture of this many by so many shades of grey."""
    opened: list[Browser] = []

    def start(grey: bytes, width: int, height: int) -> Browser:
        film = tmp_path / "camera.y4m"
        colours = bytes([128]) * (width * height // 2)  # none
        film.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\nFRAME\n".encode() + grey + colours)
        camera = (
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        )
        opened.append(_playwright.chromium.launch(executable_path=_chromium, args=[*_FLAGS, *camera]))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def login_of(club: Path, role: str, department: str = "") -> str:
    """The name of a login of the club's, by role and, if given, department."""
    query = (
        "SELECT login.username FROM signin_login AS login JOIN store_staff AS staff ON staff.id = login.staff_id "
        "LEFT JOIN store_department AS department ON department.id = staff.department_id "
        "WHERE staff.role = ? AND (? = '' OR department.name = ?) ORDER BY staff.team_id IS NULL, login.username"
    )
    with sqlite3.connect(club / "touchbook.sqlite3") as database:
        return str(database.execute(query, (role, department, department)).fetchone()[0])


@pytest.fixture
def visit(browser: Browser, site: str, club: Path) -> Iterator[Callable[..., Page]]:
    """A function that gives a signed-in page; see the top of this file."""
    key = json.loads((club / "demo.json").read_text())["key"]
    opened: list[Page] = []

    def visit(
        role: str = "front line", *, phone: bool = False, dark: bool = False, department: str = "",
        by: Browser = browser, **more: Any,
    ) -> Page:  # fmt: skip
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        options = {
            "base_url": site,
            "viewport": size,
            "has_touch": phone,
            "color_scheme": "dark" if dark else "light",
            "locale": "en-GB",
            **more,
        }
        context = by.new_context(**options)
        page = context.new_page()
        troubles: list[str] = []
        page.troubles = troubles  # type: ignore[attr-defined]
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"/account/demo/{key}/{login_of(club, role, department)}/")
        opened.append(page)
        return page

    yield visit
    troubles = [trouble for page in opened for trouble in page.troubles]  # type: ignore[attr-defined]
    for page in opened:
        page.context.close()
    assert troubles == []
