"""An import from its file to its report: short batches, each a transaction of its own, resumed where it stopped."""

from __future__ import annotations

import gc
import getpass
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused, Unreadable
from touchbook.kernel.ids import mint
from touchbook.kernel.language import say
from touchbook.store.models import Import
from touchbook.store.queries import version_in_force
from touchbook.workflows.import_records import checkpoint
from touchbook.workflows.import_records.answers import AnswersWriter
from touchbook.workflows.import_records.batches import Counts, Task, Writer
from touchbook.workflows.import_records.customer_changes import CustomersWriter
from touchbook.workflows.import_records.date_orders import date_cells, order_words, orders_of
from touchbook.workflows.import_records.dates import Order
from touchbook.workflows.import_records.in_force import InForce, in_force
from touchbook.workflows.import_records.mapping import RecordKind, RecordMap, file_terms, load
from touchbook.workflows.import_records.moments import MomentsWriter
from touchbook.workflows.import_records.reading import Row, Source, open_source
from touchbook.workflows.import_records.records import Converter, Record, Reject
from touchbook.workflows.import_records.rejects import (
    RejectsFile,
    default_path,
    free_path,
    is_rejects_file,
    same_name,
    unsafe,
)
from touchbook.workflows.import_records.words import words_of

BATCH_ROWS = 10_000
BATCH_CHARACTERS_MAX = 32 << 20  # so that a batch of very long rows does not fill the memory
PREVIEW_ROWS = 5


@dataclass(slots=True)
class Report:
    """What an import did, or (``dry_run``) would do."""

    kind: RecordKind
    dry_run: bool
    form: str
    dates: dict[str, str]
    guessed_encoding: str = ""
    import_id: UUID | None = None
    resumed_from: int = 0
    rows: int = 0
    added: int = 0
    changed: int = 0
    repeated: int = 0
    skipped: int = 0
    rejected: int = 0
    customers_made: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    rejects_path: Path | None = None
    preview: list[str] = field(default_factory=list)


def import_records(
    kind: RecordKind,
    path: Path,
    map_path: Path,
    *,
    rejects_path: Path | None = None,
    dry_run: bool = False,
    actor: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Import a file of one kind of record, as its map says.

    *progress* is told the rows done and about how many there are, from the start. Rows that cannot be recorded go to
    *rejects_path* (default: beside the file; a number is added where a corrected one is there); all others are kept.
    Importing the same file again adds nothing; an import that was interrupted goes on where it stopped. With *dry_run*
    nothing at all is written.

    Raises ``MapInvalid`` for a map with problems, ``Unreadable`` for a file that cannot be read, ``Refused`` without a
    plan in force, while another run imports the same file, or while an undo of such records is not finished.
    """
    try:
        text = map_path.read_bytes()
    except OSError as error:
        raise Unreadable(
            say(
                "The map %(map_path)s cannot be read (%(strerror)s); name a file you may read.",
                map_path=map_path,
                strerror=error.strerror,
            )
        ) from error
    terms = file_terms(text, str(map_path))
    source = open_source(path, terms.delimiter, terms.encoding)
    ground = in_force()
    mapped = load(text, kind, source.columns, ground.plan, ground.playbook, source=str(map_path))
    orders = orders_of(source, mapped, str(map_path))
    run = _Run(source, mapped, ground, orders, actor, now())
    run.report.dry_run = dry_run
    digest = hashlib.sha256(source.digest.encode() + hashlib.sha256(text).digest()).hexdigest()
    with _collector_at_rest():
        if dry_run:
            run.preview(progress)
        else:
            run.carry_out(digest, (rejects_path or default_path(path)).absolute(), progress)
    return run.report


def who_runs_this() -> str:
    """The name of the user whose process this is, for the audit trail."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Python's search for cyclic garbage would take a third of the time, and rows make none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Run:
    def __init__(
        self, source: Source, mapped: RecordMap, ground: InForce, orders: dict[str, Order], actor: str, at: datetime
    ) -> None:
        self._source, self._map, self._ground, self._actor, self._at = source, mapped, ground, actor, at
        self._converter = Converter(mapped, ground.plan, orders, at, source.columns)
        self._restores = is_rejects_file(source.columns)
        told = {
            name: f"{cell.format or order_words(orders[name])}; {cell.zone.key} where no zone is named"
            for name, cell in date_cells(mapped)
        }
        self.report = Report(mapped.kind, False, source.form, told, source.guessed_encoding)

    def preview(self, progress: Callable[[int, int], None] | None) -> None:
        """All that an import does, without writing."""
        checkpoint.refuse_half_undone(self._map.kind, self._map.source)
        writer = self._writer(mint(self._at), self._at)
        if progress:
            progress(0, self._source.rows_estimate)
        for rows in self._batches():
            records, counts = self._convert(rows)
            room = PREVIEW_ROWS - len(self.report.preview)
            self.report.preview += [f"row {record.row.number}: {words_of(record)}" for record in records[:room]]
            self._count(rows, counts, writer.prepare(records))
            if progress:
                progress(self.report.rows, self._source.rows_estimate)

    def carry_out(self, digest: str, wanted: Path, progress: Callable[[int, int], None] | None) -> None:
        """Import what has not been imported yet; rejects go to the file *wanted*, or to one that is like it."""
        report = self.report
        begun = checkpoint.begin(self._map.kind, self._map.source, self._source.path.name, digest, self._at)
        report.import_id, report.resumed_from = begun.id, begun.rows_done
        report.rows = begun.rows_done
        report.added, report.repeated, report.rejected = begun.added, begun.repeated, begun.rejected
        report.changed, report.customers_made = begun.changed, begun.customers_made
        report.skipped = begun.rows_done - begun.added - begun.changed - begun.repeated - begun.rejected
        rejects = RejectsFile(self._rejects_path(begun, wanted), self._source.columns)
        writer = self._writer(begun.id, begun.started_at)
        if progress:  # so that the time left can be told from the first batch on
            progress(report.rows, self._source.rows_estimate)
        for batch in self._batches():
            rows = [row for row in batch if row.number > begun.rows_done]
            for row in batch[: len(batch) - len(rows)]:
                self._converter.count(row)
            if not rows:
                continue
            records, counts = self._convert(rows)
            with transaction.atomic():
                checkpoint.check(begun, report.rows)
                self._same_plan()
                rejects.cut(report.rejected)
                counts = _together(counts, writer.prepare(records))
                checkpoint.advance(begun.id, report.rows, rows[-1].number, counts)
                writer.write(now())
                # On disk before the commit: a kill in between is put right by cutting, a lost reject could not be.
                rejects.add(counts.rejects)
            self._count(rows, counts, Counts())
            if progress:
                progress(report.rows, self._source.rows_estimate)
        checkpoint.finish(begun.id, now(), rejects.settle(wanted) if report.rejected else "")
        report.rejects_path = rejects.path if report.rejected else None

    @staticmethod
    def _rejects_path(begun: Import, wanted: Path) -> Path:
        former = Path(begun.rejects_file)
        if begun.rejects_file and same_name(former, wanted):
            return former
        path = free_path(wanted, checkpoint.is_as_written)
        checkpoint.note_rejects(begun.id, str(path))
        return path

    def _same_plan(self) -> None:
        version = version_in_force()
        if version is None or version.number != self._ground.version:
            raise Refused(
                say("Another plan came into force during the import; import again: it goes on where it stopped.")
            )

    def _writer(self, import_id: UUID, started_at: datetime) -> Writer:
        task = Task(import_id, self._map.kind, self._map.source, self._actor, self._ground.terms, started_at)
        if self._map.kind == "moments":
            return MomentsWriter(task, self._map.recovers.column if self._map.recovers else "")
        return CustomersWriter(task) if self._map.kind == "customers" else AnswersWriter(task)

    def _batches(self) -> Iterator[list[Row]]:
        batch: list[Row] = []
        characters = 0
        for row in self._source.rows():
            batch.append(self._restored(row) if self._restores else row)
            characters += sum(map(len, row.fields))
            if len(batch) == BATCH_ROWS or characters > BATCH_CHARACTERS_MAX:
                yield batch
                batch, characters = [], 0
        if batch:
            yield batch

    @staticmethod
    def _restored(row: Row) -> Row:
        return row._replace(fields=[unsafe(cell) for cell in row.fields])

    def _convert(self, rows: Sequence[Row]) -> tuple[list[Record], Counts]:
        records: list[Record] = []
        counts = Counts()
        for row in rows:
            record = self._converter.convert(row)
            if isinstance(record, Reject):
                counts.rejects.append(record)
            elif record is not None:
                records.append(record)
        return records, counts

    def _count(self, rows: Sequence[Row], *parts: Counts) -> None:
        report, rejected = self.report, 0
        for counts in parts:
            report.added += counts.added
            report.changed += counts.changed
            report.repeated += counts.repeated
            report.customers_made += counts.customers_made
            rejected += len(counts.rejects)
            report.problems.update(_general(reject) for reject in counts.rejects)
        kept = sum(counts.added + counts.changed + counts.repeated for counts in parts)
        report.rejected += rejected
        report.skipped += len(rows) - kept - rejected
        report.rows = rows[-1].number


def _together(first: Counts, second: Counts) -> Counts:
    rejects = sorted([*first.rejects, *second.rejects], key=lambda reject: reject.row.number)
    return replace(second, rejects=rejects)


def _general(reject: Reject) -> str:
    """A reject's problem without its value, so that problems of one kind are counted together."""
    problem = reject.problem
    for part in filter(None, (reject.value,)):
        problem = problem.replace(say("'%(text)s'", text=part), "…")
    return f"{reject.column}: {problem}" if reject.column else problem
