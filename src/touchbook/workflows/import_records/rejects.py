"""The rejects file: rows that were set aside, with the reason and as they were, to be corrected and imported again."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from touchbook.kernel.errors import Unreadable
from touchbook.workflows.import_records.reading import RECORD_CHARACTERS_MAX
from touchbook.workflows.import_records.records import Reject
from touchbook.workflows.import_records.values import shown

HEAD = ("row", "line", "column", "value", "problem", "remedy")
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def unsafe(cell: str) -> str:
    """A cell of a rejects file as it was before ``safe``."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_RISKY) else cell


def is_rejects_file(columns: Sequence[str]) -> bool:
    """Whether a file is one of ours, corrected and brought again."""
    return tuple(columns[: len(HEAD)]) == HEAD and len(columns) > len(HEAD)


def default_path(source: Path) -> Path:
    """Beside the file, or in the working directory where that is not writable."""
    name = f"{source.stem}.rejects.csv"
    return source.parent / name if os.access(source.parent, os.W_OK) else Path.cwd() / name


def free_path(wanted: Path, is_as_written: Callable[[str], bool]) -> Path:
    """*wanted*, or ``NAME-2.csv`` and so on where a rejects file is there that somebody has corrected since.

    *is_as_written* says of a file's digest whether an import left it so.
    """
    path, number = wanted, 2
    try:
        while path.exists() and _is_ours(path) and path.stat().st_size and not is_as_written(digest_of(path)):
            path, number = _numbered(wanted, number), number + 1
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def same_name(path: Path, wanted: Path) -> bool:
    """Whether *path* is *wanted*, or one that ``free_path`` took in its place."""
    number = path.stem.removeprefix(f"{wanted.stem}-")
    return path in (wanted, _numbered(wanted, int(number) if number.isdecimal() else 0))


def digest_of(path: Path) -> str:
    """SHA-256 in hex; empty for a file that is not there."""
    if not path.exists():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _numbered(wanted: Path, number: int) -> Path:
    return wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")


def _is_ours(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        return stream.readline(1000).startswith(",".join(HEAD)) or os.path.getsize(path) == 0


def _unwritable(path: Path, error: OSError) -> Unreadable:
    return Unreadable(f"The rejects file {path} cannot be written ({error.strerror}); name another with --rejects.")


class RejectsFile:
    """Appended to batch by batch; it appears with the first reject.

    What is written for a batch is on disk before the batch is committed; ``cut`` takes back what was written for one
    that never was.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self._own = len(HEAD) if is_rejects_file(columns) else 0
        self._head = [*HEAD, *columns[self._own :]]
        self._cut = False

    def cut(self, records: int) -> None:
        """Keep the first *records* rejects; 0 removes an older file of ours. Done once, before the first ``add``."""
        if self._cut:
            return
        self._cut = True
        try:
            if not self.path.exists():
                return
            if not _is_ours(self.path):
                if records == 0:
                    raise Unreadable(f"{self.path} is not a rejects file; name another with --rejects.")
                return
            if records == 0:
                self.path.unlink()
                return
            with self.path.open("r+b") as stream:
                stream.truncate(_end_of(self.path, records + 1))
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def add(self, rejects: Sequence[Reject]) -> None:
        """Append and make it last."""
        if not rejects:
            return
        try:
            fresh = not self.path.exists() or self.path.stat().st_size == 0
            with self.path.open("a", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                if fresh:
                    writer.writerow(map(safe, self._head))
                writer.writerows(self._cells(reject) for reject in rejects)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def settle(self, wanted: Path) -> str:
        """Take the name *wanted* where the file there says the same; returns the digest, empty without rejects."""
        digest = digest_of(self.path)
        if digest and self.path != wanted and digest_of(wanted) == digest:
            self.path.unlink()
            self.path = wanted
        return digest

    def _cells(self, reject: Reject) -> list[str]:
        row = reject.row
        told = [str(row.number), str(row.line or ""), reject.column, shown(reject.value), reject.problem, reject.remedy]
        fields = list(row.fields[self._own :])
        return [safe(cell.encode("utf-8", "replace").decode().replace("\0", "")) for cell in [*told, *fields]]


def _end_of(path: Path, records: int) -> int:
    """The offset in bytes behind the first *records* records of a file."""
    csv.field_size_limit(max(csv.field_size_limit(), 2 * RECORD_CHARACTERS_MAX))
    end = 0
    with path.open("rb") as stream:

        def lines() -> Iterator[str]:
            nonlocal end
            for line in stream:
                end += len(line)
                yield line.decode("utf-8", "replace")

        reader = csv.reader(lines())
        for _ in range(records):
            if next(reader, None) is None:
                break
    return end
