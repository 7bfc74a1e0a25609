"""What the tests of imports share: a plan, files, and the whole database as comparable values."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from touchbook.store.models import Account, Customer, Entry, Identifier, Import, ImportedKey, Moment, Practice, Witness
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.import_records.running import Report, import_records

PLAN = """
plan: Airline
currency: USD
timezone: America/New_York
success: {outcome: returned, kind: repeat, worth: 300, period: 365 days, discount: 10%}
types: {regular: true}
attributes: {home_airline: text, vip: yes/no, seats: number, joined: date}
questions:
  feeling: {ask: How are we doing?, scale: -2..2, good_for: 90 days}
  barrier: {ask: What stops you?, choices: [price, delay, bags], good_for: 90 days}
touchpoints:
  delay:
    channel: gate
    deposits: {told before it showed: 3, rebooked unasked: 4, voucher in hand: 2}
    withdrawals: {rolling delays: 3, no word at the gate: 2}
  baggage:
    deposits: {found within a day: 3, message with its place: 2, delivered home: 4}
    withdrawals: {bag lost: 4, bag damaged: 3}
touches:
  call: {purpose: ask, channel: phone, team: service, minutes: 10, asks: [feeling]}
"""
MAP = """
source: messages
id: id
at: at
customer: {column: guest, kind: handle}
staff: staff
note: note
attributes: {home_airline: airline}
entries:
  - {when: {mood: bad, about: delay}, touchpoint: delay, practice: rolling delays, unnamed_witnesses: 2}
  - {when: {mood: bad}, touchpoint: baggage, practice: bag lost}
  - {when: {mood: good}, touchpoint: delay, practice: [told before it showed, voucher in hand]}
  - {when: {mood: none}, skip: true}
"""
HEADER = ("id", "at", "guest", "mood", "about", "staff", "airline", "note")


def adopt() -> None:
    adopt_plan(PLAN, "", "tests", datetime(2020, 1, 1, tzinfo=UTC))


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def moments(path: Path, count: int, guests: int = 40) -> Path:
    """A file of moments in which one row in ten is bad and one in seven is a repeat."""
    rows = []
    for number in range(count):
        identity = f"m{number - 3 if number % 7 == 6 else number}"
        at = "soon" if number % 10 == 4 else f"2026-0{1 + number % 9}-15T10:{number % 60:02d}:00-05:00"
        mood = ("bad", "good", "none")[number % 3]
        rows.append(
            (identity, at, f"g{number % guests}", mood, ("delay", "bag")[number % 2], f"s{number % 4}", "A", "“note”")
        )
    return write(path, HEADER, rows)


def map_file(path: Path, text: str = MAP) -> Path:
    if not path.exists() or path.read_text() != text:  # another run in the same test may be reading it
        path.write_text(text)
    return path


def run(folder: Path, file: Path, text: str = MAP, kind: Any = "moments", **options: Any) -> Report:
    return import_records(kind, file, map_file(folder / "map.yaml", text), **options)


def told_of() -> dict[str, Any]:
    """All that is recorded, without ids and instants of recording: two databases that say the same are equal."""
    handles = {one.customer_id: one.value for one in Identifier.objects.order_by("kind", "value")}
    practices = {one.id: one.name for one in Practice.objects.all()}
    moments_by_id = {one.id: one for one in Moment.objects.all()}
    return {
        "customers": sorted((handles.get(one.id), one.name, str(one.attributes)) for one in Customer.objects.all()),
        "moments": sorted(
            (one.at, one.offset_minutes, handles.get(one.customer, ""), one.note) for one in moments_by_id.values()
        ),
        "entries": sorted(
            (one.at, handles.get(one.account, one.account_kind), practices.get(one.practice, ""), one.kind, one.points)
            for one in Entry.objects.all()
        ),
        "witnesses": sorted((one.at, one.unnamed) for one in Witness.objects.all()),
        "keys": sorted(ImportedKey.objects.values_list("source", "kind", "key")),
        "sums": sorted(
            (handles.get(one.id, one.kind), round(one.deposits, 9), round(one.unresolved, 9), round(one.recovered, 9))
            for one in Account.objects.all()
        ),
        "imports": sorted(
            Import.objects.values_list("kind", "rows_done", "added", "repeated", "rejected", "customers_made")
        ),
    }


def nothing_is_recorded() -> bool:
    return not (
        Moment.objects.exists() or Entry.objects.exists() or Customer.objects.exists() or Import.objects.exists()
    )
