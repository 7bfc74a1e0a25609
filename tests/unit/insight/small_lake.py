"""A lake of a few rows for tests: a club's customers and what happened to them, in days before now."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import duckdb
import pyarrow as pa

from touchbook.insight.state import RECENT_STATEMENT, state_statements
from touchbook.insight.stay import with_estimates
from touchbook.lake.engine import Engine
from touchbook.lake.tables import TABLES
from touchbook.ledger.entries import Entry, Kind, day_of
from touchbook.plan.loader import read_plan
from touchbook.plan.model import Plan

NOW = dt.datetime(2026, 6, 1, 9, 30, tzinfo=dt.UTC)
ALICE, BOB, CAROL = UUID(int=0xA11CE), UUID(int=0xB0B), UUID(int=0xCA801)
DANA = UUID(int=0xDA7A)
GATE, SHOP, CALL = UUID(int=0x6A7E), UUID(int=0x5409), UUID(int=0xCA11)

CLUB = """\
plan: Riverside FC
currency: GBP
timezone: Europe/London
success: {outcome: rejoined, kind: renewal, worth: annual_value, period: 365 days, discount: 10%}
attributes: {annual_value: number, seats: number, account_kind: text, born: date, choir: yes/no}
types:
  newcomer: tenure_days < 365
  corporate: account_kind = 'company'
  family: seats >= 3
questions:
  feeling: {ask: How does it feel?, scale: -2..2, good_for: 90 days}
  intent: {ask: Will you be back?, scale: 0..10, good_for: 120 days}
  barrier: {ask: What could keep you away?, choices: [price, travel], good_for: 180 days}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 3}}
touches:
  note: {purpose: inform, channel: email}
guardrails:
  at_most: {any: 2 per 30 days, email: 4 per 90 days, ask: 1 per 90 days}
"""


def club(text: str = CLUB) -> Plan:
    return read_plan(text, "club.yaml")


def before(days: float) -> dt.datetime:
    """An instant so many days before now."""
    return NOW - dt.timedelta(days=days)


class SmallLake:
    """Rows for each table, with what is not said left empty."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in TABLES}
        self._numbers = count(1)
        for identifier, name in ((GATE, "gate"), (SHOP, "shop")):
            self.rows["touchpoint"].append({"id": identifier, "name": name, "outreach": False})
        self.rows["touchpoint"].append({"id": CALL, "name": "renewal call", "outreach": True})

    def customer(self, identifier: UUID, since: dt.date | None = None, name: str = "", **attributes: object) -> None:
        self.rows["customer"].append(
            {"id": identifier, "name": name, "since": since, "timezone": "", "attributes": json.dumps(attributes)}
        )

    def owned(self, customer: UUID, owner: UUID, name: str = "Dana") -> None:
        """Give a customer an owner."""
        if owner not in [row["id"] for row in self.rows["staff"]]:
            self.rows["staff"].append({"id": owner, "name": name, "code": name.lower()})
        (row,) = (row for row in self.rows["customer"] if row["id"] == customer)
        row["owner_id"] = owner

    def fact(self, table: str, days: float, **values: object) -> UUID:
        number = next(self._numbers)
        identifier = UUID(int=10**9 + number)
        self.rows[table].append({"number": number, "id": identifier, "at": before(days), **values})
        return identifier

    def entry(self, customer: UUID, kind: str, points: float, days: float, **values: object) -> UUID:
        given = {"moment": UUID(int=7), "account_kind": "customer", "touchpoint": GATE} | values
        return self.fact("entry", days, account=customer, kind=kind, points=points, **given)

    def answer(self, customer: UUID, question: str, value: float | str | None, days: float, **values: object) -> UUID:
        given = {"value": value, "number_value": None} if isinstance(value, str) else {"number_value": value}
        return self.fact("answer", days, customer=customer, question=question, **({"value": ""} | given | values))

    def touch(
        self, customer: UUID, name: str, channel: str, purpose: str, days: float, event: str = "made", **values: object
    ) -> UUID:
        said = {"customer": customer, "name": name, "channel": channel, "purpose": purpose, "event": event}
        return self.fact("touch_event", days, **said | values)

    def outcome(self, customer: UUID, outcome: str, days: float, **values: object) -> UUID:
        return self.fact("outcome", days, customer=customer, outcome=outcome, **values)

    def book(self, customer: UUID) -> list[Entry]:
        """A customer's entries as the ledger's own arithmetic takes them."""
        return [
            Entry(
                row["id"], customer, day_of(row["at"]), Kind(row["kind"]), row["points"], row.get("corrects"),
                row.get("recovers"),
            )
            for row in self.rows["entry"]
            if row["account"] == customer
        ]  # fmt: skip

    def write(self, folder: Path) -> None:
        with duckdb.connect() as engine:
            engine.execute("SET TimeZone = 'UTC'")
            for table in TABLES:
                rows = self.rows[table.name]
                if not rows:
                    continue
                place = folder / table.name
                place.mkdir(parents=True)
                texts = {
                    column.name: pa.array([_text(row.get(column.name)) for row in rows], pa.string())
                    for column in table.columns
                }
                engine.register("rows", pa.table(texts))
                picked = ", ".join(
                    f'CAST("{c.name}" AS {"VARCHAR" if c.kind == "JSON" else c.kind}) AS "{c.name}"'
                    for c in table.columns
                )
                file = f"{1:012d}-{10**6:012d}.parquet" if table.fact else "all.parquet"
                engine.execute(f"COPY (SELECT {picked} FROM rows) TO '{place / file}'")


def _text(value: object) -> str | None:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return None if value is None else str(value)


@contextmanager
def engine_over(lake: SmallLake) -> Iterator[Engine]:
    with TemporaryDirectory() as place:
        lake.write(Path(place))
        with Engine(Path(place)) as engine:
            yield engine


def state_of(lake: SmallLake, plan: Plan | None = None, now: dt.datetime = NOW) -> dict[UUID, dict[str, object]]:
    """The state of each customer, with what is estimated, by id."""
    chosen = plan or club()
    with engine_over(lake) as engine:
        state, _ = with_estimates(engine.run(state_statements(chosen, now)), chosen)
    return {UUID(row["customer"]): row for row in state.to_pylist()}


def recent_of(lake: SmallLake) -> list[dict[str, object]]:
    with engine_over(lake) as engine:
        return engine.run([*state_statements(club(), NOW), RECENT_STATEMENT]).to_pylist()
