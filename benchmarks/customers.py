"""The list of customers at a million rows, beside a bare reading of the columns that it needs.

    python benchmarks/customers.py [--quick] [--customers N] [--json FILE]

A club is made in an SQLite database of its own, everybody is described once, and pages are asked for in this process:
from the request to the whole HTML, as a strategist, who sees everybody, and as one of the front line, who does not.
"first" is the very first page after everybody was described anew, whose counts nobody has asked for before; "new" is a
filter that nobody has used since, though the list was looked at; "again" is the same page a second time. "one reading"
is the peer: DuckDB looks once at the columns that the filters rest on, and does nothing else with them; it is what a
page cannot do without unless it reads less. "everybody" in seconds is how long it takes to describe them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

CUSTOMERS, CUSTOMERS_QUICK = 1_000_000, 100_000
PAGES, PAGES_QUICK = 40, 6
FIRST_NAMES = "Ana Zoë Tariq Marcus Priya Wei Fatima Олена José Siobhán Kofi Yuki Ngozi Lars Mei".split()  # noqa: SIM905
LAST_NAMES = "Whitfield Ødegård O’Neill García Brennan Okafor Kapoor 王 Costa Malik Reyes Haddad Novák Ito".split()  # noqa: SIM905
FILTERS: dict[str, Any] = {
    "everybody": {},
    "feeling falling": {"is": "slipping"},
    "open withdrawals": {"is": "wronged"},
    "silent for 45 days": {"is": "silent"},
    "type and standing": {"type": "family", "standing": "neutral"},
    "two questions and a type": {"is": ["wronged", "silent"], "type": "regular"},
    "by balance": {"order": "balance", "standing": "overdrawn"},
    "a condition of one's own": {"where": "seats >= 3 and (balance < 0 or tenure_days > 2000)"},
    "a name": None,  # another one each time
    "a member number": None,
    "a page in the middle": {"order": "name", "after": 0},  # half of all
}


def build(customers: int) -> None:
    """Customers with names, numbers, and an owner each; half of them served lately, one in ten let down."""
    from django.db import connection, transaction

    from touchbook.kernel.clock import now
    from touchbook.kernel.ids import mint
    from touchbook.ledger.terms import Terms
    from touchbook.signin.models import Login
    from touchbook.store.accounts import enter
    from touchbook.store.append import append
    from touchbook.store.models import Answer, Customer, Department, Identifier, Role, Staff, Team, Touchpoint
    from touchbook.workflows.adopt_plan import adopt_plan
    from touchbook.workflows.start_plan import starter

    chance = random.Random(1)
    adopt_plan(starter("club")["plan.yaml"], "", "benchmark", now())
    departments, team = list(Department.objects.all()), Team.objects.get(name="member services")
    staff = [
        Staff.objects.create(
            id=mint(now()), changed_at=now(), name=f"Colleague {number}", code=f"c{number}", team=team,
            department=departments[number % len(departments)],
            role=Role.STRATEGIST if number == 0 else Role.FRONT_LINE,
        )
        for number in range(41)
    ]  # fmt: skip
    for number in (0, 1):
        Login.objects.create(username=f"c{number}", staff=staff[number], made_at=now(), password="!")
    gate = Touchpoint.objects.get(name="gate").id
    columns = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points")
    for start in range(0, customers, 50_000):
        size = min(50_000, customers - start)
        people = [
            Customer(
                id=mint(now()), changed_at=now() - timedelta(days=1),
                since=date(2014, 1, 1) + timedelta(chance.randrange(4_000)),
                name=f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}-{number % 977}",
                attributes={"annual_value": chance.randrange(200, 1_500), "seats": chance.randrange(1, 6)},
                owner=staff[1 + number % 40],
            )
            for number in range(start, start + size)
        ]  # fmt: skip
        with transaction.atomic():
            Customer.objects.bulk_create(people, batch_size=5_000)
            Identifier.objects.bulk_create(
                (
                    Identifier(kind="member number", value=f"M{start + number:07d}", customer=one)
                    for number, one in enumerate(people)
                ),
                batch_size=5_000,
            )
            rows = []
            for one in people:
                at = now() - timedelta(days=chance.expovariate(1 / 60))
                kind = "withdrawal" if chance.random() < 0.1 else "deposit"
                rows.append((mint(at), at, mint(at), one.id, "customer", gate, kind, float(chance.randint(1, 5))))
            enter(columns, rows, Terms())
            answered = [
                (mint(now()), now() - timedelta(days=days), one.id, "feeling", float(chance.randint(-2, 2)))
                for one in people[::4]
                for days in (50, 5)
            ]
            append(Answer, ("id", "at", "customer", "question", "number_value"), answered)
    connection.close()


def milliseconds(call: Callable[[], object]) -> float:
    """By the clock on the wall."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


def percentiles(times: list[float]) -> dict[str, float]:
    """At the middle, and near the end."""
    ordered = sorted(times)
    return {"p50": round(ordered[len(ordered) // 2], 1), "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1)}


def measure(pages: int, customers: int) -> dict[str, Any]:
    """Each filter, asked by each of the two people."""
    from django.conf import settings
    from django.test import Client

    from touchbook.lake.present_state import latest
    from touchbook.signin.models import Login
    from touchbook.web.customers import counts
    from touchbook.web.customers.listing import lake

    settings.ALLOWED_HOSTS = ["testserver"]
    state = latest(lake())
    needed = "feeling_trend, open_withdrawals, silent_days, known, last_moment_days, has_left, type, standing, _by_need"
    highest = ", ".join(f"MAX({name})" for name in needed.split(", "))
    reading = [milliseconds(lambda: state.ask(f"SELECT {highest} FROM {state.customers}")) for _ in range(pages)]
    found: dict[str, Any] = {"one reading": percentiles(reading)}
    chance = random.Random(2)
    for username, called in (("c0", "strategist"), ("c1", "front line")):
        client = Client()
        client.force_login(Login.objects.get(username=username), "touchbook.signin.backend.PasswordBackend")
        client.get("/customers/")  # the first request opens the files
        for name, query in FILTERS.items():
            first, new, again = [], [], []
            for _ in range(pages):
                asked = query if query is not None else {"q": _words(name, chance, customers)}
                if "after" in asked:
                    asked = {**asked, "after": customers // 2}
                address = f"/customers/?{urlencode(asked, doseq=True)}"
                counts._asked.cache_clear()
                first.append(milliseconds(partial(_get, client, address)))
                counts._asked.cache_clear()
                _get(client, "/customers/")
                for times in (new, again):
                    times.append(milliseconds(partial(_get, client, address)))
            times_of = {"first": first, "new": new, "again": again}
            found[f"{called}: {name}"] = {which: percentiles(times) for which, times in times_of.items()}
    return found


def _get(client: Any, address: str) -> None:
    assert client.get(address).status_code == 200


def _words(name: str, chance: random.Random, customers: int) -> str:
    if name == "a name":
        return f"{chance.choice(FIRST_NAMES)[:3]} {chance.choice(LAST_NAMES)}"
    return f"m{chance.randrange(customers):07d}"


def main() -> None:
    """Make the club, measure, print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="a tenth of the customers, fewer pages")
    arguments.add_argument("--json", type=Path, help="write the figures to this file")
    arguments.add_argument("--customers", type=int, help="so many customers instead")
    options = arguments.parse_args()
    customers, pages = (CUSTOMERS_QUICK, PAGES_QUICK) if options.quick else (CUSTOMERS, PAGES)
    customers = options.customers or customers
    with tempfile.TemporaryDirectory() as place:
        os.environ.update(TOUCHBOOK_HOME=place, DJANGO_SETTINGS_MODULE="touchbook.site.web_settings")
        os.environ.pop("TOUCHBOOK_DATABASE_URL", None)
        from touchbook.workflows.open_store import open_store

        open_store()
        from touchbook.site.home import database_url
        from touchbook.site.static_files import gather
        from touchbook.workflows.refresh_state import refresh_state

        gather()
        build(customers)
        described = refresh_state(Path(place), database_url())
        found: dict[str, Any] = {"customers": customers, "everybody": {"seconds": round(described.seconds, 1)}}
        found |= measure(pages, customers)
    print(f"{customers:,} customers, described in {described.seconds:.1f} s; milliseconds")
    print(f"{'':<44}{'first p50':>10}{'p95':>8}{'new p50':>10}{'p95':>8}{'again p50':>11}{'p95':>8}")
    print(f"{'one reading of the columns':<44}{found['one reading']['p50']:>10}{found['one reading']['p95']:>8}")
    for name, row in found.items():
        if isinstance(row, dict) and "first" in row:
            first, new, again = row["first"], row["new"], row["again"]
            print(
                f"{name:<44}{first['p50']:>10}{first['p95']:>8}{new['p50']:>10}{new['p95']:>8}"
                f"{again['p50']:>11}{again['p95']:>8}"
            )
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
