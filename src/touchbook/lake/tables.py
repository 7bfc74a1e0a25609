"""What the lake holds of each table: columns, their types, and how the database is asked for them.

Ids and instants come out of either database as text and are given their types by DuckDB, so that SQLite and
PostgreSQL make the same lake. Free texts (notes, words, reasons) stay out of it: erasing a person need not touch
files that are never rewritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dialect = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class LakeColumn:
    """One column: its name in both places, its type in the lake."""

    name: str
    kind: Literal["UUID", "TIMESTAMP", "VARCHAR", "DOUBLE", "BIGINT", "DATE", "BOOLEAN", "JSON"]

    def asked(self, dialect: Dialect) -> str:
        """The expression that the database is asked for: text for all but the arrival number."""
        quoted = f'"{self.name}"'
        if self.name == "number":
            return quoted
        if self.kind == "TIMESTAMP" and dialect == "postgresql":
            quoted = f"({quoted} AT TIME ZONE 'UTC')"
        return f"COALESCE(CAST({quoted} AS TEXT), '') AS \"{self.name}\""

    def typed(self) -> str:
        """The expression that gives the text its type in DuckDB; an empty text is NULL for all but VARCHAR."""
        if self.name == "number":
            return self.name
        if self.kind == "VARCHAR":
            return f'"{self.name}"'
        if self.kind == "BOOLEAN":
            return f"\"{self.name}\" IN ('1', 'true', 't') AS \"{self.name}\""
        kind = "VARCHAR" if self.kind == "JSON" else self.kind
        return f'CAST(NULLIF("{self.name}", \'\') AS {kind}) AS "{self.name}"'


@dataclass(frozen=True, slots=True)
class LakeTable:
    """One table of the lake. A fact grows by ``number``; a thing is written anew when it has changed."""

    name: str
    source: str
    columns: tuple[LakeColumn, ...]
    fact: bool = True


def _columns(**kinds: str) -> tuple[LakeColumn, ...]:
    return tuple(LakeColumn(name, kind) for name, kind in kinds.items())  # type: ignore[arg-type]


ENTRY = LakeTable(
    "entry",
    "store_entry",
    _columns(
        number="BIGINT", id="UUID", at="TIMESTAMP", moment="UUID", account="UUID", account_kind="VARCHAR",
        touchpoint="UUID", practice="UUID", kind="VARCHAR", points="DOUBLE", corrects="UUID", recovers="UUID",
    ),
)  # fmt: skip
WITNESS = LakeTable(
    "witness", "store_witness", _columns(number="BIGINT", id="UUID", at="TIMESTAMP", moment="UUID", account="UUID")
)
ANSWER = LakeTable(
    "answer",
    "store_answer",
    _columns(
        number="BIGINT", id="UUID", at="TIMESTAMP", customer="UUID", question="VARCHAR", value="VARCHAR",
        number_value="DOUBLE", corrects="UUID",
    ),
)  # fmt: skip
OUTCOME = LakeTable(
    "outcome",
    "store_outcome",
    _columns(
        number="BIGINT", id="UUID", at="TIMESTAMP", customer="UUID", outcome="VARCHAR", value_minor="BIGINT",
        currency="VARCHAR", referrer="UUID", corrects="UUID",
    ),
)  # fmt: skip
TOUCH_EVENT = LakeTable(
    "touch_event",
    "store_touchevent",
    _columns(
        number="BIGINT", id="UUID", at="TIMESTAMP", touch="UUID", customer="UUID", name="VARCHAR",
        channel="VARCHAR", purpose="VARCHAR", event="VARCHAR", due_on="DATE",
    ),
)  # fmt: skip
CUSTOMER = LakeTable(
    "customer",
    "store_customer",
    _columns(id="UUID", name="VARCHAR", since="DATE", timezone="VARCHAR", attributes="JSON", owner_id="UUID"),
    fact=False,
)
STAFF = LakeTable("staff", "store_staff", _columns(id="UUID", name="VARCHAR", code="VARCHAR"), fact=False)
CONSENT = LakeTable(
    "consent",
    "store_consent",
    _columns(customer_id="UUID", channel="VARCHAR", purpose="VARCHAR", allowed="BOOLEAN"),
    fact=False,
)
IDENTIFIER = LakeTable(
    "identifier", "store_identifier", _columns(customer_id="UUID", kind="VARCHAR", value="VARCHAR"), fact=False
)
TOUCHPOINT = LakeTable(
    "touchpoint", "store_touchpoint", _columns(id="UUID", name="VARCHAR", outreach="BOOLEAN"), fact=False
)
PRACTICE = LakeTable("practice", "store_practice", _columns(id="UUID", name="VARCHAR", kind="VARCHAR"), fact=False)

TABLES: tuple[LakeTable, ...] = (
    ENTRY,
    WITNESS,
    ANSWER,
    OUTCOME,
    TOUCH_EVENT,
    CUSTOMER,
    STAFF,
    IDENTIFIER,
    CONSENT,
    TOUCHPOINT,
    PRACTICE,
)
