"""The rows of a list as lines of a CSV file, which no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.utils.translation import gettext

from touchbook.lake.present_state import PresentState
from touchbook.store.models import Identifier
from touchbook.store.people import Person, customers_seen_by
from touchbook.store.people_search import reaches
from touchbook.web.access import May, may
from touchbook.web.customers.statements import Statement

_CHUNK = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ROUNDED = 3


def safe(cell: object) -> object:
    """A cell as it may stand in a file that a spreadsheet opens: a text that looks like a formula begins with a '."""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA) else cell
    return round(cell, _ROUNDED) if isinstance(cell, float) else "" if cell is None else cell


def lines(person: Person, state: PresentState, wanted: Statement) -> Iterator[str]:
    """The file, line by line, of the customers whom the person may still see; ways to reach them only for who may."""
    contacts = may(person, May.SEE_CONTACTS)
    names = wanted.columns
    head = [*names, "codes", *(["reached_by"] if contacts else [])]
    yield "\ufeff" + _line(head)
    after = 0
    while rows := state.ask(wanted.rows(_CHUNK, after)):
        ids = [row[0] for row in rows]
        seen = set(customers_seen_by(person).filter(id__in=ids).values_list("id", flat=True))
        codes, reached = _identifiers(ids)
        for row in rows:
            if row[0] in seen:
                told = [str(row[0]), *row[1:-1], codes.get(row[0], "")]
                yield _line([*told, reached.get(row[0], "")] if contacts else told)
        after = rows[-1][-1]


def file_name() -> str:
    """What the file is called."""
    return gettext("customers") + ".csv"


def _identifiers(customers: Sequence[UUID]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """What customers are called elsewhere, and how they are reached."""
    codes: dict[UUID, str] = {}
    reached: dict[UUID, str] = {}
    rows = Identifier.objects.filter(customer__in=customers).order_by("kind", "value")
    for customer, kind, value in rows.values_list("customer", "kind", "value"):
        kept = reached if reaches(kind) else codes
        kept[customer] = f"{kept[customer]}; {value}" if customer in kept else value
    return codes, reached


def _line(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([safe(cell) for cell in cells])
    return text.getvalue()
