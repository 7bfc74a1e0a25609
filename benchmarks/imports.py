"""Moments from a CSV file into a fresh SQLite database, beside what SQLite and Python's csv could do at best.

    python benchmarks/imports.py [--moments N] [--quick] [--json FILE]

Prints one table. The limit for SQLite puts the very rows that the import made into the same tables, with the same
indexes, triggers and pragmas, by ``sqlite3.executemany`` in as many transactions, and does nothing else: no reading,
no checking, no looking up, and every account once instead of with each batch.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shutil
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

PLAN = """
plan: Benchmark
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: 100, period: 365 days, discount: 10%}
types: {regular: true}
touchpoints:
  gate:
    deposits: {greeted by name: 2, fixed a ticket on the spot: 4, quick lane: 3}
    withdrawals: {not my gate: 3, unexplained queue: 2}
  kiosk:
    deposits: {order remembered: 2, second cup free: 3, told the wait: 1}
    withdrawals: {cold food: 2, wrong change: 3}
touches:
  call: {purpose: thank, channel: phone, team: service, minutes: 10}
"""
MAP = """
source: benchmark
id: id
at: at
customer: {column: member, kind: member}
note: note
entries:
  - {when: {place: gate, mood: good}, touchpoint: gate, practice: [greeted by name, quick lane]}
  - {when: {place: gate, mood: bad}, touchpoint: gate, practice: not my gate}
  - {when: {place: kiosk, mood: good}, touchpoint: kiosk, practice: order remembered}
  - {when: {place: kiosk, mood: bad}, touchpoint: kiosk, practice: cold food}
"""
TABLES = ("moment", "entry", "importedkey", "account", "customer", "identifier", "auditentry")
COUNTED = "store_moment", "store_entry"


def make_file(path: Path, moments: int) -> None:
    """Moments over two years in their order, by a tenth as many members; one in a thousand rows is bad."""
    draw = random.Random(7)
    at = datetime(2024, 1, 1, tzinfo=UTC)
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("id", "at", "member", "place", "mood", "note"))
        for number in range(moments):
            at += timedelta(seconds=draw.expovariate(moments / (2 * 365 * 86_400)))
            when = "yesterday" if number % 1000 == 999 else at.isoformat(timespec="seconds")
            member = f"M{draw.randrange(max(1, moments // 10)):07d}"
            place, mood = draw.choice(("gate", "kiosk")), draw.choice(("good", "good", "bad"))
            writer.writerow((f"T{number:09d}", when, member, place, mood, "what was said, in a few words"))


def time_reading(path: Path) -> float:
    """Seconds that Python's csv takes to read the file and do nothing with it."""
    start = time.perf_counter()
    with path.open(newline="") as stream:
        for _ in csv.reader(stream):
            pass
    return time.perf_counter() - start


def time_limit(empty: Path, full: Path, transactions: int) -> float:
    """Seconds that SQLite takes for the rows of *full* put into a copy of *empty*."""
    source = sqlite3.connect(full)
    tables = {}
    for table in TABLES:
        made = "WHERE origin LIKE 'import %'" if table == "auditentry" else ""
        cursor = source.execute(f"SELECT * FROM store_{table} {made}")
        tables[f"store_{table}"] = ([column[0] for column in cursor.description], cursor.fetchall())
    source.close()
    target = sqlite3.connect(empty, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
        target.execute(f"PRAGMA {pragma}")
    start = time.perf_counter()
    for part in range(transactions):
        target.execute("BEGIN IMMEDIATE")
        for table, (columns, rows) in tables.items():
            share = rows[len(rows) * part // transactions : len(rows) * (part + 1) // transactions]
            marks = ", ".join("?" * len(columns))
            # OR FAIL, as the import does it: for tables with triggers it saves SQLite a journal of each row.
            target.executemany(f"INSERT OR FAIL INTO {table} ({', '.join(columns)}) VALUES ({marks})", share)
        target.execute("COMMIT")
    seconds = time.perf_counter() - start
    target.close()
    return seconds


def measure(moments: int, folder: Path) -> dict[str, float]:
    """One import, and its limits, in a folder of their own."""
    os.environ["TOUCHBOOK_HOME"] = str(folder)
    os.environ.pop("TOUCHBOOK_DATABASE_URL", None)
    from touchbook.workflows.open_store import open_store

    open_store()
    from django.db import connection

    from touchbook.workflows.adopt_plan import adopt_plan
    from touchbook.workflows.import_records import running

    adopt_plan(PLAN, "", "benchmark", datetime(2023, 1, 1, tzinfo=UTC))
    database = folder / "touchbook.sqlite3"
    connection.close()
    empty = Path(shutil.copyfile(database, folder / "empty.sqlite3"))
    file, map_file = folder / "moments.csv", folder / "map.yaml"
    make_file(file, moments)
    map_file.write_text(MAP)
    start, start_processor = time.perf_counter(), time.process_time()
    report = running.import_records("moments", file, map_file)
    seconds, processor = time.perf_counter() - start, time.process_time() - start_processor
    start = time.perf_counter()
    again = running.import_records("moments", file, map_file)
    again_seconds = time.perf_counter() - start
    assert again.added == 0
    with connection.cursor() as cursor:
        counts = [cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED]
    connection.close()
    limit = time_limit(empty, database, -(-moments // running.BATCH_ROWS))
    return {
        "moments": counts[0],
        "entries": counts[1],
        "rejected": report.rejected,
        "import_seconds": seconds,
        "import_processor_seconds": processor,
        "again_seconds": again_seconds,
        "sqlite_seconds": limit,
        "csv_seconds": time_reading(file),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moments", type=int, default=200_000)
    parser.add_argument("--quick", action="store_true", help="20,000 moments")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    moments = 20_000 if options.quick else options.moments
    with tempfile.TemporaryDirectory(prefix="touchbook-benchmark-") as folder:
        figures = measure(moments, Path(folder))
    total, entries = figures["moments"], figures["entries"]
    print(f"{total:,.0f} moments with {entries:,.0f} entries ({figures['rejected']:,.0f} rows rejected)\n")
    print(f"{'':<34}{'seconds':>9}{'moments/s':>12}{'entries/s':>12}{'ratio':>8}")
    for key, label in (
        ("import_seconds", "touchbook import"),
        ("again_seconds", "the same file again, adding nothing"),
        ("sqlite_seconds", "limit: SQLite alone, same rows"),
        ("csv_seconds", "limit: Python's csv alone"),
    ):
        seconds = figures[key]
        ratio = figures["import_seconds"] / seconds
        print(f"{label:<34} {seconds:>8.2f}{total / seconds:>12,.0f}{entries / seconds:>12,.0f}{ratio:>8.2f}")
    print(f"\nThe import used {figures['import_processor_seconds']:.2f} s of one processor; the rest is waiting.")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
