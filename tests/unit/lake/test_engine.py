"""The engine runs SQL over one lake and can reach nothing else, whatever a condition asks for."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from touchbook.lake.engine import Engine
from touchbook.lake.mirror import parts

PEOPLE = pa.table({"customer": ["a", "b", "c"], "balance": [1.0, -2.0, None], "type": ["family", None, "other"]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lake = tmp_path / "it's a lake"  # a quote in a folder's name is no way out of a string
    lake.mkdir()
    return lake


def test_a_lake_with_nothing_in_it_has_all_its_tables(folder: Path):
    with Engine(folder) as engine:
        counted = [engine.run([f"SELECT COUNT(*) AS n FROM {name}"]).to_pylist() for name in ("entry", "customer")]
        assert counted == [[{"n": 0}], [{"n": 0}]]


def test_conditions_are_judged_a_row_at_a_time_and_unknown_is_no(folder: Path):
    with Engine(folder) as engine:
        found = engine.conditions(PEOPLE, {"in the red": "balance < 0", "family": "type = 'family'"})
        assert found["in the red"].tolist() == [False, True, False]
        assert found["family"].tolist() == [True, False, False]
        assert engine.conditions(PEOPLE, {}) == {}


@pytest.mark.parametrize(
    "query",
    [
        "EXISTS (SELECT * FROM read_csv('{file}'))",
        "EXISTS (SELECT * FROM read_text('{file}'))",
        "EXISTS (SELECT * FROM '{file}')",
        "EXISTS (SELECT * FROM read_text('{lake}/../secret.csv'))",
        "EXISTS (SELECT * FROM read_csv('https://example.com/secret.csv'))",
        "EXISTS (SELECT * FROM glob('{outside}/*'))",
    ],
)
def test_a_condition_cannot_read_a_file_outside_the_lake(folder: Path, query: str):
    secret = folder.parent / "secret.csv"
    secret.write_text("a\n1\n")
    asked = query.format(file=secret, lake=folder, outside=folder.parent)
    with Engine(folder) as engine, pytest.raises(duckdb.Error):
        engine.conditions(PEOPLE, {"spy": asked})


def test_the_door_cannot_be_opened_again(folder: Path):
    with Engine(folder) as engine:
        for statement in ("SET enable_external_access = true", "SET allowed_directories = ['/']", "INSTALL httpfs"):
            with pytest.raises(duckdb.Error):
                engine.connection.execute(statement)


def test_nothing_can_be_written_outside_the_lake(folder: Path):
    with Engine(folder) as engine, pytest.raises(duckdb.Error):
        engine.connection.execute(f"COPY (SELECT 1) TO '{folder.parent / 'out.csv'}'")
    assert not (folder.parent / "out.csv").exists()


def test_parts_within_another_do_not_count(folder: Path):
    place = folder / "entry"
    place.mkdir()
    for first, last in ((1, 10), (11, 20), (1, 20), (21, 25)):
        pq.write_table(pa.table({"number": [first]}), place / f"{first:012d}-{last:012d}.parquet")
    (place / f".{26:012d}-{30:012d}.parquet.99").write_text("half written")
    assert [(part.first, part.last) for part in parts(place)] == [(1, 20), (21, 25)]
