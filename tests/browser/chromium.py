"""Where Chromium is, and how it gets there: ``python tests/browser/chromium.py`` brings one in if there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk")  # with letters for every name that a test writes


def find() -> Path | None:
    """Playwright's own Chromium where it could be fetched, else the system's, else None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        own = Path(started.chromium.executable_path)
    if own.exists():
        return own
    found = (shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/bin:/snap/bin") for name in NAMES)
    return next((Path(name) for name in found if name), None)


def bring() -> Path | None:
    """Find Chromium, or fetch it: Playwright's own, else the system's package."""
    if there := find():
        return there
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, capture_output=True)
    if there := find():
        return there
    if apt := shutil.which("apt-get", path="/usr/bin:/bin"):
        before = [] if os.geteuid() == 0 else ["sudo", "-n"]
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*before, apt, "update", "-qq"], check=False, env=quiet, capture_output=True)
        command = [*before, apt, "install", "-y", "-qq", "--no-install-recommends", *_PACKAGES]
        subprocess.run(command, check=False, env=quiet, capture_output=True)
    return find()


if __name__ == "__main__":
    if bring() is None:
        sys.exit("Chromium is needed for the tests of the pages, and could not be fetched; install it, and try again.")
