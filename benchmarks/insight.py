"""The state of a million customers from ten million entries, beside the same sums in pandas.

    python benchmarks/insight.py [--quick] [--json FILE]

Prints one table. The pandas column does only the ledger's part of the state (balance, open weight, counts, last
moments), which is a fraction of what the state holds, and reads the same Parquet.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from touchbook.insight.state import state_statements
from touchbook.lake.engine import Engine
from touchbook.plan.loader import read_plan
from touchbook.workflows.start_plan import starter

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def make_lake(folder: Path, customers: int, entries: int) -> None:
    """A lake of random entries over three years; one in a hundred corrected, one withdrawal in five recovered."""
    engine = duckdb.connect()
    engine.execute("SELECT setseed(0.5)")
    for table in ("entry", "customer", "touchpoint", "answer"):
        (folder / table).mkdir(parents=True)
    uuid = "CAST(printf('%032x', {0}) AS UUID)"
    customer = uuid.format("c::UBIGINT + 1000000000000")
    engine.execute(
        f"COPY (SELECT {customer} AS id, 'Customer ' || c AS name, DATE '2020-01-01' + (c % 2000)::INTEGER AS since, "
        f"'' AS timezone, "
        f"'{{\"seats\": ' || (c % 5) || ', \"annual_value\": ' || (200 + c % 900) || '}}' AS attributes "
        f"FROM range({customers}) t(c)) TO '{folder}/customer/all.parquet'"
    )
    engine.execute(
        f"COPY (SELECT {uuid.format('t + 1')} AS id, 'touchpoint ' || t AS name FROM range(12) x(t)) "
        f"TO '{folder}/touchpoint/all.parquet'"
    )
    engine.execute(
        f"CREATE TABLE entry AS SELECT n + 1 AS number, {uuid.format('n::UBIGINT + 9000000000000')} AS id, "
        f"TIMESTAMP '2023-06-01' + to_seconds(n * {3 * 365 * 86400.0 / entries}) AS at, "
        f"{uuid.format('(n / 2)::UBIGINT + 5000000000000')} AS moment, "
        f"CAST(printf('%032x', FLOOR(random() * {customers})::UBIGINT + 1000000000000) AS UUID) AS account, "
        f"'customer' AS account_kind, {uuid.format('n % 12 + 1')} AS touchpoint, NULL::UUID AS practice, "
        f"CASE WHEN random() < 0.7 THEN 'deposit' ELSE 'withdrawal' END AS kind, (1 + n % 5)::DOUBLE AS points, "
        f"CASE WHEN n % 100 = 99 THEN {uuid.format('(n - 50)::UBIGINT + 9000000000000')} END AS corrects, "
        f"CASE WHEN n % 20 = 10 THEN {uuid.format('(n - 7)::UBIGINT + 9000000000000')} END AS recovers "
        f"FROM range({entries}) t(n)"
    )
    engine.execute(f"COPY entry TO '{folder}/entry/{1:012d}-{entries:012d}.parquet' (COMPRESSION zstd)")
    engine.execute(
        f"COPY (SELECT c + 1 AS number, {uuid.format('c::UBIGINT + 7000000000000')} AS id, "
        f"TIMESTAMP '2026-05-01' - to_days((c % 300)::INTEGER) AS at, "
        f"{uuid.format(f'(c % {customers})::UBIGINT + 1000000000000')} AS customer, "
        f"'feeling' AS question, '' AS value, (c % 5 - 2)::DOUBLE AS number_value, NULL::UUID AS corrects "
        f"FROM range({customers // 2}) t(c)) TO '{folder}/answer/{1:012d}-{customers // 2:012d}.parquet'"
    )


def in_pandas(folder: Path) -> pd.DataFrame:
    """The ledger's part of the state, as one would write it in pandas."""
    entry = pd.read_parquet(
        next((folder / "entry").glob("*.parquet")),
        columns=["id", "at", "account", "touchpoint", "kind", "points", "corrects", "recovers"],
    )
    now = pd.Timestamp(NOW.replace(tzinfo=None))
    corrected = set(entry.corrects.dropna())
    standing = entry[entry.corrects.isna() & ~entry.id.isin(corrected)].copy()
    recovered = standing.dropna(subset=["recovers"]).groupby("recovers").at.min()
    standing["closed"] = standing.id.map(recovered)
    age = (now - standing["at"]).dt.total_seconds() / 86400
    closed = (now - standing.closed).dt.total_seconds() / 86400
    is_deposit = standing.kind == "deposit"
    is_open = ~is_deposit & standing.closed.isna()
    slow = np.exp2(-np.where(is_open, age, age - closed) / 540)
    weight = np.where(
        is_deposit,
        standing.points * np.exp2(-age / 180),
        2.5 * standing.points * slow * np.where(is_open, 1.0, np.exp2(-closed.fillna(0) / 180)),
    )
    standing["deposit"] = np.where(is_deposit, weight, 0.0)
    standing["withdrawal"] = np.where(is_deposit, 0.0, weight)
    standing["open"] = np.where(is_open, weight, 0.0)
    standing["age"] = age
    return standing.groupby("account").agg(
        deposits=("deposit", "sum"), withdrawals=("withdrawal", "sum"), open_weight=("open", "sum"), last=("age", "min")
    )


def main() -> None:
    """Make the lake, run both, print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a tenth of the size")
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    customers, entries = (100_000, 1_000_000) if options.quick else (1_000_000, 10_000_000)
    plan = read_plan(starter("club")["plan.yaml"], "club.yaml")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_lake(folder, customers, entries)
        start = time.perf_counter()
        with Engine(folder) as engine:
            state = engine.run(state_statements(plan, NOW))
        ours = time.perf_counter() - start
        start = time.perf_counter()
        peer = in_pandas(folder)
        theirs = time.perf_counter() - start
    deposits = {str(account): float(points) for account, points in peer.deposits.items()}
    ours_by_account = zip(state.column("customer").to_pylist(), state.column("deposits").to_pylist(), strict=True)
    difference = max(abs(points - deposits.get(account, 0.0)) for account, points in ours_by_account)
    rows = {
        "customers": customers,
        "entries": entries,
        "state_seconds": round(ours, 2),
        "pandas_seconds": round(theirs, 2),
        "pandas_over_state": round(theirs / ours, 1),
        "largest_difference_points": difference,
    }
    for name, value in rows.items():
        print(f"{name:<28}{value:>16,}" if isinstance(value, int) else f"{name:<28}{value:>16}")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
