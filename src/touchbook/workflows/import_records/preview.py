"""The first rows of a file as a map understands them, each with what is wrong with it; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from touchbook.kernel.clock import now
from touchbook.kernel.errors import TouchbookError, Unreadable
from touchbook.workflows.import_records.date_orders import date_cells, order_words, orders_of
from touchbook.workflows.import_records.in_force import in_force
from touchbook.workflows.import_records.mapping import RecordKind, file_terms, load
from touchbook.workflows.import_records.reading import open_source
from touchbook.workflows.import_records.records import Converter, Record, Reject
from touchbook.workflows.import_records.rejects import is_rejects_file, unsafe

ROWS = 12
SAMPLES = 3
_CELL_CHARACTERS_MAX = 60


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row: its number, and what would be recorded, or what is wrong with it and what to do.

    Neither says anything of a row that the map skips.
    """

    number: int
    record: Record | None = None
    column: str = ""
    value: str = ""
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file is read, and its first rows. *dates*: by their names in the map, how they are written (a format, or
    words) and the zone of those that name none."""

    form: str
    guessed_encoding: str
    dates: dict[str, tuple[str, str]]
    rows: list[PreviewRow]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file is before anybody said what its columns mean: how it is read, about how many rows, and samples.

    ``samples`` has the first values of each column by its name.
    """

    form: str
    rows_estimate: int
    samples: dict[str, list[str]]


def look(path: Path) -> Looked:
    """Look at a file. Raises ``Unreadable`` in words that name the file and not its folder."""
    try:
        source = open_source(path)
    except Unreadable as error:
        raise Unreadable(_without_folder(error, path)) from error
    first = [row.fields for row in islice((row for row in source.rows() if row.trouble is None), SAMPLES)]
    samples = {
        name: [fields[place][:_CELL_CHARACTERS_MAX] for fields in first if fields[place]]
        for place, name in enumerate(source.columns)
        if name
    }
    return Looked(source.form, source.rows_estimate, samples)


def preview(kind: RecordKind, path: Path, text: bytes, rows: int = ROWS) -> Preview:
    """Read the first rows of a file as the map in *text* says.

    Raises ``MapInvalid`` for a map with problems, ``Unreadable`` for a file that cannot be read, ``NotFound`` without a
    plan in force.
    """
    terms = file_terms(text, "")
    try:
        source = open_source(path, terms.delimiter, terms.encoding)
    except TouchbookError as error:
        raise Unreadable(_without_folder(error, path)) from error
    ground = in_force()
    mapped = load(text, kind, source.columns, ground.plan, ground.playbook)
    orders = orders_of(source, mapped, "")
    converter = Converter(mapped, ground.plan, orders, now(), source.columns)
    restores = is_rejects_file(source.columns)
    dates = {name: (cell.format or order_words(orders[name]), cell.zone.key) for name, cell in date_cells(mapped)}
    told = []
    for read in islice(source.rows(), rows):
        row = read._replace(fields=[unsafe(cell) for cell in read.fields]) if restores else read
        record = converter.convert(row)
        if isinstance(record, Reject):
            told.append(PreviewRow(row.number, None, record.column, record.value, record.problem, record.remedy))
        else:
            told.append(PreviewRow(row.number, record))
    return Preview(source.form, source.guessed_encoding, dates, told)


def _without_folder(error: Exception, path: Path) -> str:
    return str(error).replace(str(path), path.name)
