"""The first load of Log and Today on a slow phone, on a simulated club.

    python benchmarks/first_load.py [--quick] [--json FILE]

Chromium is made as slow as a cheap phone (a quarter of this processor) on a slow network (150 ms there and back,
1.6 Mbit/s down), with an empty cache and nothing kept for later. Beside each time stands what the network alone takes:
one journey for the page, one for what it needs, and the bytes of both. Needs what ``make test`` brings in.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from web import wait_for

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from chromium import find

LATENCY_MS, DOWN, UP, SLOWER = 150, 200_000, 90_000, 4  # bytes a second; how many times slower than this processor
MEMBERS, LOADS, LOADS_QUICK = 300, 15, 5
MOST_MS, MOST_BYTES = 1_000, 150_000
PAGES = {"log": ("/log/", "#log[data-ready]"), "today": ("/today/", "h1")}


def one_load(browser: Browser, site: str, entrance: str, page: str) -> dict[str, float]:
    """Milliseconds until something is seen and until it can be used, and the bytes that came, in a new browser."""
    address, usable = PAGES[page]
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, service_workers="block")
    tab = context.new_page()
    tab.goto(site + entrance)
    tab.goto("about:blank")
    devtools = context.new_cdp_session(tab)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    limits = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP}
    devtools.send("Network.emulateNetworkConditions", limits)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    tab.goto(site + address, wait_until="load")
    tab.wait_for_selector(usable)
    ready = tab.evaluate("performance.now()")
    painted = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")
    loaded = tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    context.close()
    return {"painted": painted or loaded, "loaded": loaded, "ready": ready, "bytes": sum(sizes), "files": len(sizes)}


def serve(home: Path) -> tuple[subprocess.Popen[bytes], str, str]:
    """A club in a new home, a server on it, its address, and the path by which somebody of its front line comes in."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("TOUCHBOOK_", "DJANGO_"))}
    program = [sys.executable, "-m", "touchbook"]
    environment = {**bare, "TOUCHBOOK_HOME": str(home)}
    subprocess.run(
        [*program, "demo", "--no-serve", "--members", str(MEMBERS)], env=environment, check=True, capture_output=True
    )
    from touchbook.cli.serve import free_port

    demo, port = home / "demo", free_port()
    server = subprocess.Popen(
        [*program, "serve", "--port", str(port)], env={**bare, "TOUCHBOOK_HOME": str(demo)},
        stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    site = f"http://127.0.0.1:{port}"
    wait_for(port)
    key = json.loads((demo / "demo.json").read_text())["key"]
    return server, site, f"/account/demo/{key}/"


def network_ms(sizes: float) -> float:
    """What the network alone takes: two journeys, and the bytes."""
    return 2 * LATENCY_MS + sizes / DOWN * 1e3


def main() -> None:
    """Load each page again and again, and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="a few loads only")
    arguments.add_argument("--json", type=Path, help="write the figures to this file")
    options = arguments.parse_args()
    times, chromium = (LOADS_QUICK if options.quick else LOADS), find()
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as place, sync_playwright() as started:
        server, site, entrance = serve(Path(place))
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            for page in PAGES:
                one_load(browser, site, entrance, page)  # the first one compiles the templates
                loads = [one_load(browser, site, entrance, page) for _ in range(times)]
                rows[page] = {name: statistics.median(load[name] for load in loads) for name in loads[0]}
        finally:
            browser.close()
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(10)
    heads = ("seen ms", "loaded ms", "usable ms", "network ms", "× network", "bytes", "files")
    print(" " * 8 + "".join(f"{head:>12}" for head in heads))
    for page, row in rows.items():
        least = network_ms(row["bytes"])
        late = "  over a second" if row["painted"] > MOST_MS else ""
        heavy = "  over 150 KB" if row["bytes"] > MOST_BYTES else ""
        figures = [
            row["painted"],
            row["loaded"],
            row["ready"],
            least,
            row["painted"] / least,
            row["bytes"],
            row["files"],
        ]
        forms = (",.0f", ",.0f", ",.0f", ",.0f", ".1f", ",.0f", ".0f")
        cells = "".join(f"{figure:>12{form}}" for figure, form in zip(figures, forms, strict=True))
        print(f"{page:<8}{cells}{late}{heavy}")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
