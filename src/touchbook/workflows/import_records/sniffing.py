"""What a file is: its digest, its encoding, its delimiter. One pass over the bytes, in bounded memory."""

from __future__ import annotations

import codecs
import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from touchbook.kernel.errors import Unreadable
from touchbook.kernel.language import say

DELIMITERS = (",", ";", "\t", "|")
CHUNK_BYTES = 1 << 20
SAMPLE_CHARACTERS = 1 << 16
_SUSPECTS_MAX = 200

_GZIP, _ZIP, _OLD_EXCEL, _SQLITE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Bytes:
    """What one pass over a file found: SHA-256 in hex, line breaks, whether it is Parquet, else its encoding."""

    digest: str
    lines: int
    parquet: bool
    encoding: str


def look_at(path: Path) -> Bytes:
    """Digest a file and find its encoding.

    Raises ``Unreadable`` for a file that is missing, empty, no regular file, or of a kind that is neither CSV nor
    Parquet.
    """
    digest = hashlib.sha256()
    evidence = _Evidence()
    size, lines, head = 0, 0, b""
    try:
        if path.exists() and not path.is_file():
            raise Unreadable(say("%(path)s is not a regular file; name a CSV or Parquet file.", path=path))
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                head = head or chunk[:4096]
                size += len(chunk)
                lines += chunk.count(b"\n")
                digest.update(chunk)
                evidence.see(chunk)
    except OSError as error:
        raise Unreadable(
            say(
                "%(path)s cannot be read (%(strerror)s); name a file that you may read.",
                path=path,
                strerror=error.strerror,
            )
        ) from error
    if not head.strip(b"\x00 \r\n\t\xef\xbb\xbf\xff\xfe") and size <= len(head):
        raise Unreadable(
            say("%(path)s is empty; it needs a line with the names of the columns, and rows below it.", path=path)
        )
    if flaw := _flaw_of(head, path):
        raise Unreadable(flaw)
    parquet = head.startswith(b"PAR1")
    return Bytes(digest.hexdigest(), lines, parquet, "" if parquet else evidence.encoding(head))


def _flaw_of(head: bytes, path: Path) -> str:
    """Why a file of another kind cannot be imported, by how it begins; empty for one that may be."""
    if head.startswith(_GZIP):
        return say("%(path)s is compressed (gzip); unpack it and import what is inside.", path=path)
    if head.startswith(_ZIP):
        return say("%(path)s is a spreadsheet or a zip archive; save it as CSV (UTF-8) and import that.", path=path)
    if head.startswith(_OLD_EXCEL):
        return say("%(path)s is an old Excel file; save it as CSV (UTF-8) and import that.", path=path)
    if head.startswith(_SQLITE):
        return say("%(path)s is a database; export the table as CSV and import that.", path=path)
    return ""


class _Evidence:
    """Collects, chunk by chunk, what speaks for UTF-8 and what against it."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._valid = self._invalid = 0
        self._suspects: list[bytes] = []
        self._clean = True

    def see(self, chunk: bytes) -> None:
        if self._clean:
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError:
                self._clean = False
        if not self._clean and len(self._suspects) < _SUSPECTS_MAX:
            self._weigh(chunk)

    def _weigh(self, chunk: bytes) -> None:
        # The ends of a chunk may cut a character in two, so only whole lines inside it count.
        for line in chunk.split(b"\n")[1:-1] or [chunk]:
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                self._valid += 1
            except UnicodeDecodeError:
                self._invalid += 1
                if len(self._suspects) < _SUSPECTS_MAX:
                    self._suspects.append(line[:2000])

    def encoding(self, head: bytes) -> str:
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        # Text in UTF-16 has a zero in every other byte; a stray NUL in a byte encoding is rare.
        pairs = len(head) // 2
        for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            if pairs and head[offset::2].count(0) > 0.4 * pairs:
                return name
        # A few broken lines in a file that is UTF-8 otherwise are bad rows, not another encoding.
        if self._clean or self._valid >= max(1, self._invalid):
            return "utf-8"
        return _guess(b"\n".join(self._suspects))


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    # Western Europe's code page is by far the commonest; others must fit clearly better to be taken.
    western = from_bytes(sample, cp_isolation=["cp1252"]).best()
    if western is not None and western.chaos < 0.1:
        return "cp1252"
    best = from_bytes(sample).best()
    return best.encoding if best is not None else "latin-1"


def find_delimiter(sample: str) -> str:
    """The delimiter of a sample of CSV text (whole lines): the one that cuts most rows into the header's fields."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            rows = [row for row in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter) if row]
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        if width < 2:
            continue
        score = (sum(len(row) == width for row in rows) / len(rows), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best
