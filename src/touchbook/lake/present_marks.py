"""How far the database has got, so that whoever described everybody can tell whether that is still so."""

from __future__ import annotations

from touchbook.lake.source import Source
from touchbook.lake.tables import TABLES, LakeColumn, LakeTable

PROMISE = LakeTable(
    "promise",
    "store_promise",
    (LakeColumn("customer_id", "UUID"), LakeColumn("due_on", "DATE"), LakeColumn("settled_at", "VARCHAR")),
    fact=False,
)
GIVEN = LakeTable(
    "given",
    "store_plannedtouch",
    (
        LakeColumn("customer", "UUID"), LakeColumn("team", "VARCHAR"), LakeColumn("owner", "UUID"),
        LakeColumn("held_out", "BOOLEAN"),
    ),
    fact=False,
)  # fmt: skip
_RUN = LakeTable("run", "store_planrun", ())
_VERSION = LakeTable("version", "store_planversion", ())


def marks(source: Source) -> dict[str, str | int]:
    """The highest arrival number of each table of facts, and the stamp of each table of things."""
    facts = [table for table in (*TABLES, _RUN, _VERSION) if table.fact]
    found: dict[str, str | int] = {table.name: source.highest(table) for table in facts}
    found |= {table.name: source.signature(table) for table in TABLES if not table.fact}
    return {**found, "promise": source.last_change(PROMISE)}
