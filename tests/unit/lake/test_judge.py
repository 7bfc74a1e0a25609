"""Conditions are judged alike for one customer in the moment and for all of them in a week's plan."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from touchbook.lake import judge
from touchbook.lake.engine import Engine
from touchbook.lake.judge import judge_one

PEOPLE = pa.table(
    {
        "balance": pa.array([0.1, -2.5, None, 1e-300, 12.0], pa.float64()),
        "seats": pa.array([3, None, 0, 2**40, -1], pa.int64()),
        "type": pa.array(["family", None, "it's", 'say "no" \\ twice', "'; DROP\0TABLE"], pa.string()),
        "hardship": pa.array([True, False, None, False, True], pa.bool_()),
        "joined": pa.array([dt.date(2020, 2, 29), None, dt.date(1999, 12, 31), dt.date(2026, 1, 1), None], pa.date32()),
    }
)
CONDITIONS = {
    "in the red": "balance < 0",
    "a tenth": "balance = 0.1",
    "half the seats": "seats / 2 > 1",
    "many": "seats > 1000000000",
    "quoted": "type IN ('it''s', 'say \"no\" \\ twice')",
    "starts": "type LIKE '%DROP%'",
    "cared for": "hardship",
    "unknown": "type IS NULL OR joined IS NULL",
    "young": "joined >= DATE '2020-01-01'",
    "all": "TRUE",
}


def one_by_one(conditions: dict[str, str]) -> dict[str, list[bool]]:
    rows = [judge_one(PEOPLE.slice(row, 1), conditions) for row in range(PEOPLE.num_rows)]
    return {name: [bool(row[name][0]) for row in rows] for name in conditions}


def test_one_customer_is_judged_as_all_are(tmp_path: Path):
    with Engine(tmp_path) as engine:
        together = {name: truths.tolist() for name, truths in engine.conditions(PEOPLE, CONDITIONS).items()}
    assert one_by_one(CONDITIONS) == together
    assert [name for name, truths in together.items() if not any(truths)] == []
    assert one_by_one({}) == {}


def test_however_many_plans_are_asked_about_few_statements_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(judge, "STATEMENTS_KEPT", 2)
    for _ in range(2):
        for least in range(4):
            assert one_by_one({"enough": f"seats > {least}"})["enough"] == [least < 3, False, False, True, False]
