"""Rows out of CSV and Parquet files, in bounded memory, each with its place in the file.

A CSV record may be at most ``RECORD_CHARACTERS_MAX`` long. A longer line is passed over to its end in pieces, and a
quote that is never closed costs the row that opened it, not the rows behind it: reading goes on at the next line.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from touchbook.kernel.errors import Unreadable
from touchbook.kernel.language import say, say_digits, say_many
from touchbook.workflows.import_records.sniffing import SAMPLE_CHARACTERS, Bytes, find_delimiter, look_at

RECORD_CHARACTERS_MAX = 1 << 20
PARQUET_BATCH_ROWS = 5_000


class Trouble(NamedTuple):
    """What is wrong with a row as a row, before any column is looked at."""

    problem: str
    remedy: str


class Row(NamedTuple):
    """One row: its number (1 is the first below the header), its line in a CSV file, and its fields as text.

    ``trouble`` is set when the row could not be read; ``fields`` then holds what there is of it.
    """

    number: int
    line: int
    fields: Sequence[str]
    trouble: Trouble | None = None


class Source(Protocol):
    """A file with rows."""

    path: Path
    digest: str
    columns: tuple[str, ...]
    form: str  # what was detected, in words
    guessed_encoding: str  # of a file that is not UTF-8 or UTF-16 and whose encoding nobody named; else empty
    rows_estimate: int

    def rows(self) -> Iterator[Row]:
        """Every row, from the first; may be called again."""
        ...


def open_source(path: Path, delimiter: str = "", encoding: str = "") -> Source:
    """Look at a file and make its rows readable; *delimiter* and *encoding* overrule what is detected.

    Raises ``Unreadable`` when the file is missing, empty, has no rows, or names a column twice.
    """
    found = look_at(path)
    if found.parquet:
        return ParquetSource(path, found.digest)
    return CsvSource(path, found, delimiter, encoding)


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for place, name in enumerate(columns, start=1):
        if name and name in seen:
            raise Unreadable(
                say(
                    "%(path)s names the column '%(name)s' twice (columns %(seen)s and %(place)s); rename one of them.",
                    path=path,
                    name=name,
                    seen=seen[name],
                    place=place,
                )
            )
        seen[name] = place
    if not any(columns):
        raise Unreadable(
            say("%(path)s does not name its columns in the first line; add a line with their names.", path=path)
        )


class CsvSource:
    """A CSV file."""

    def __init__(self, path: Path, found: Bytes, delimiter: str, encoding: str) -> None:
        self.path, self.digest, self.rows_estimate = path, found.digest, found.lines
        self.encoding = encoding or found.encoding
        self.guessed_encoding = "" if encoding or found.encoding.startswith("utf") else found.encoding
        with self._open() as stream:
            sample = stream.read(SAMPLE_CHARACTERS)
        first, _, rest = sample.partition("\n")
        # Excel writes and reads a first line "sep=;" that names the delimiter.
        self._preamble = first.strip().lower().startswith("sep=") and len(first.strip()) == 5
        if self._preamble:
            delimiter, sample = delimiter or first.strip()[4], rest
        whole = sample[: sample.rfind("\n") + 1] if len(sample) >= SAMPLE_CHARACTERS else sample
        self.delimiter = delimiter or find_delimiter(whole or sample)
        _, header, trouble = next(self._records(), (0, (), None))
        if trouble or not header:
            raise Unreadable(
                say(
                    "The first line of %(path)s cannot be read as the names of its columns%(trouble)s; "
                    "correct that line.",
                    path=path,
                    trouble=f": {trouble.problem}" if trouble else "",
                )
            )
        self.columns = tuple(name.strip() for name in header)
        _check_columns(path, self.columns)
        if next(self.rows(), None) is None:
            raise Unreadable(
                say("%(path)s has names of columns but no row below them; there is nothing to import.", path=path)
            )
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
        self.form = f"CSV, {names.get(self.delimiter, self.delimiter)}-separated, {self.encoding}"

    def _open(self) -> io.TextIOWrapper:
        # What cannot be decoded becomes a lone surrogate, by which the row is found and set aside.
        errors = "replace" if self.encoding.startswith("utf-16") else "surrogateescape"
        try:
            return self.path.open(encoding=self.encoding, errors=errors, newline="")
        except LookupError as error:
            raise Unreadable(
                say(
                    "'%(encoding)s' is not an encoding; write one such as utf-8 or cp1252 in the map.",
                    encoding=self.encoding,
                )
            ) from error

    def rows(self) -> Iterator[Row]:
        """Every row below the header."""
        records = self._records()
        next(records, None)
        width = len(self.columns)
        for number, (line, fields, trouble) in enumerate(records, start=1):
            if trouble is None and len(fields) == width:
                yield Row(number, line, fields)
            elif trouble is None and len(fields) > width and not any(fields[width:]):
                yield Row(number, line, fields[:width])  # a delimiter at the end of the line is harmless
            else:
                yield Row(number, line, fields, trouble or _misfit(len(fields), width))

    def _records(self) -> Iterator[tuple[int, Sequence[str], Trouble | None]]:
        """Line, fields and what is wrong, of every record from the first line on."""
        csv.field_size_limit(max(csv.field_size_limit(), RECORD_CHARACTERS_MAX))
        with self._open() as stream:
            if self._preamble:
                stream.readline()
            lines = _Lines(stream.readline, 1 if self._preamble else 0)
            # Strict: text behind a closing quote is a fault of the row, not a part of its field.
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            while True:
                lines.begin()
                try:
                    fields = next(reader)
                except StopIteration:
                    return
                except _LongLine:
                    yield lines.first, (), _long()
                except (_LongRecord, csv.Error) as error:
                    yield lines.first, lines.start(), lines.resume(error)
                else:
                    if fields:  # a blank line is no row
                        yield lines.first, fields, lines.trouble


def _misfit(found: int, width: int) -> Trouble:
    return Trouble(
        say_many(
            "the row has %(count)s field where the file has %(width)s columns",
            "the row has %(count)s fields where the file has %(width)s columns",
            found,
            count=found,
            width=width,
        ),
        say("put quotes around a field that contains the delimiter, or add what is missing"),
    )


def _long() -> Trouble:
    most = say_digits(f"{RECORD_CHARACTERS_MAX:,}")
    what = say("the line is longer than %(most)s characters", most=most)
    return Trouble(what, say("shorten it, or close a quote that was left open"))


def _open() -> Trouble:
    what = say("a quote is opened in this row and never closed")
    return Trouble(what, say("close it, or double a quote that belongs to the text"))


def _stray() -> Trouble:
    return Trouble(say("there is text behind a closing quote"), say("double each quote that belongs to the text"))


def _nul() -> Trouble:
    return Trouble(say("the row contains a NUL character"), say("export the file again, or remove the character"))


def _undecoded() -> Trouble:
    what = say("the row contains bytes that are not valid in the file's encoding")
    return Trouble(what, say("export the file as UTF-8"))


class _LongLine(Exception):
    """A line longer than a record may be; it has been passed over."""


class _LongRecord(Exception):
    """A record that runs on over too many lines."""


class _Lines:
    """The lines of a file for ``csv.reader``, none longer than a record may be, with what is known of the record."""

    def __init__(self, readline: Callable[[int], str], line: int) -> None:
        self._readline = readline
        self._again: deque[str | None] = deque()  # lines to be read once more; None for one that was too long
        self._held: list[str | None] = []  # the lines of this record
        self._size = 0
        self._line = line
        self.first = line + 1
        self.trouble: Trouble | None = None

    def begin(self) -> None:
        """A new record begins with the next line."""
        self._held.clear()
        self._size = 0
        self.first = self._line + 1
        self.trouble = None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._fetch()
        if line is None:
            if self._held:
                self._again.appendleft(None)
                raise _LongRecord
            self._line += 1
            raise _LongLine
        if not line:
            raise StopIteration
        self._line += 1
        self._held.append(line)
        self._size += len(line)
        if self._size > RECORD_CHARACTERS_MAX:
            raise _LongRecord
        if "\0" in line:
            self.trouble = _nul()
        if not line.isascii() and not _encodable(line):
            self.trouble = _undecoded()
        return line

    def _fetch(self) -> str | None:
        line = self._readline(RECORD_CHARACTERS_MAX)
        if len(line) < RECORD_CHARACTERS_MAX or line.endswith(("\n", "\r")):
            return line
        while (piece := self._readline(RECORD_CHARACTERS_MAX)) and not piece.endswith(("\n", "\r")):
            pass
        return None

    def start(self) -> tuple[str, ...]:
        """The beginning of the record's first line, to show it."""
        return (str(self._held[0])[:200].rstrip("\r\n"),) if self._held else ()

    def resume(self, error: Exception) -> Trouble:
        """Go on at the line behind the record's first; returns what was wrong with that one."""
        spanned = len(self._held) > 1
        self._again.extendleft(reversed(self._held[1:]))
        self._line = self.first
        if isinstance(error, _LongRecord) or spanned or "end of data" in str(error):
            return _open()
        return _stray()


def _encodable(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


class ParquetSource:
    """A Parquet file. Its values become text, so that all that follows treats both kinds of file alike."""

    def __init__(self, path: Path, digest: str) -> None:
        self.path, self.digest, self.form = path, digest, "Parquet"
        self.guessed_encoding = ""
        with self._open() as file:
            self.columns = tuple(str(name) for name in file.schema_arrow.names)
            self.rows_estimate: int = file.metadata.num_rows
        _check_columns(path, self.columns)
        if self.rows_estimate == 0:
            raise Unreadable(say("%(path)s has columns but no row; there is nothing to import.", path=path))

    def _open(self) -> Any:
        import pyarrow as pa
        from pyarrow import parquet

        try:
            return parquet.ParquetFile(self.path)
        except (pa.ArrowException, OSError) as error:
            raise Unreadable(say("%(path)s is a damaged Parquet file; write it again.", path=self.path)) from error

    def rows(self) -> Iterator[Row]:
        """Every row; a value that is missing is an empty text."""
        import pyarrow as pa

        number = 0
        with self._open() as file:
            try:
                for batch in file.iter_batches(batch_size=PARQUET_BATCH_ROWS):
                    texts = [_texts(column) for column in batch.columns]
                    for fields in zip(*texts, strict=True):
                        number += 1
                        yield Row(number, 0, fields)
            except (pa.ArrowException, OSError) as error:
                raise Unreadable(
                    say(
                        "%(path)s is damaged behind row %(number)s; write it again.",
                        path=self.path,
                        number=f"{number:,}",
                    )
                ) from error


def _texts(column: Any) -> list[str]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() else repr(value)  # noqa: PLR0124
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list | tuple):
        return ";".join(_text(part) for part in value)
    return str(value)
