"""Day first or month first: what the file says of each of its columns of dates, before a row is read."""

from __future__ import annotations

from itertools import islice

from touchbook.kernel.errors import MapInvalid, Problem
from touchbook.kernel.language import say
from touchbook.workflows.import_records.dates import Order, find_order
from touchbook.workflows.import_records.mapping import DateCell, RecordMap
from touchbook.workflows.import_records.reading import Source

SAMPLE_ROWS = 5_000


def date_cells(mapped: RecordMap) -> list[tuple[str, DateCell]]:
    """The columns of dates that a map names, by their names there."""
    return [(name, cell) for name, cell in (("at", mapped.at), ("since", mapped.since)) if cell is not None]


def orders_of(source: Source, mapped: RecordMap, map_name: str) -> dict[str, Order]:
    """How the columns of dates write day and month, by their names in the map.

    A sample of the file tells whether the question arises; the whole file is asked only when it does. Raises
    ``MapInvalid`` where nothing in the file answers it.
    """
    orders, problems = {}, []
    for name, cell in date_cells(mapped):
        index = cell.cell.index
        orders[name] = Order.NONE
        if cell.format or index < 0:
            continue
        values = (row.fields[index] for row in source.rows() if row.trouble is None)
        if find_order(islice(values, SAMPLE_ROWS)) is Order.NONE:
            continue
        orders[name] = find_order(row.fields[index] for row in source.rows() if row.trouble is None)
        if orders[name] is Order.EITHER:
            column = cell.cell.column
            what = say("every date in the column '%(column)s' can be read day first or month first", column=column)
            remedy = say(
                "write %(day_first)s, or %(month_first)s, with %(clock)s for a time",
                day_first=f'{name}: {{column: {column}, format: "%d/%m/%Y"}}',
                month_first='"%m/%d/%Y"',
                clock="%H:%M",
            )
            problems.append(Problem(cell.line, cell.place, what, remedy))
    if problems:
        raise MapInvalid(problems, map_name)
    return orders


def order_words(order: Order) -> str:
    """How a column writes dates, for a preview."""
    return "ISO 8601 or another that is clear by itself" if order is Order.NONE else order.value
