"""Files as people send them: every encoding and delimiter, and everything that can be wrong with a row."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from touchbook.kernel.errors import Unreadable
from touchbook.workflows.import_records.reading import RECORD_CHARACTERS_MAX, CsvSource, Row, open_source


def rows_of(path: Path, content: str | bytes) -> list[Row]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(open_source(path).rows())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "moments.csv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_delimiter_and_the_encoding_are_found(file: Path, delimiter: str, encoding: str) -> None:
    lines = [["id", "guest", "note"], ["1", "Zoë Müller", "très bien, merci"], ["2", "José Núñez", "naïve; façade"]] * 3
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    rows = rows_of(file, text.encode(encoding))
    assert list(rows[0].fields) == ["1", "Zoë Müller", "très bien, merci"]
    assert list(rows[1].fields) == ["2", "José Núñez", "naïve; façade"]
    assert not any(row.trouble for row in rows)


def test_an_excel_line_that_names_the_delimiter_is_heeded(file: Path) -> None:
    (row,) = rows_of(file, "sep=;\nid;note\n1;a, b\n")
    assert (list(row.fields), row.line) == (["1", "a, b"], 3)


def test_line_breaks_in_quotes_belong_to_the_field(file: Path) -> None:
    rows = rows_of(file, 'id,note\n1,"first\nsecond"\n2,plain\n')
    assert list(rows[0].fields) == ["1", "first\nsecond"]
    assert (rows[1].number, rows[1].line) == (2, 4)


def test_a_quote_that_is_never_closed_costs_its_own_row_only(file: Path) -> None:
    filler = "".join(f"{number},x\n" for number in range(3, 200_000))
    rows = rows_of(file, f'id,note\n1,ok\n2,"open\n{filler}')
    bad = [row for row in rows if row.trouble]
    assert [(row.number, row.line) for row in bad] == [(2, 3)]
    assert "never closed" in bad[0].trouble.problem
    assert len(rows) == 199_999


def test_a_very_long_line_is_passed_over_without_being_held(file: Path) -> None:
    with file.open("w") as stream:
        stream.write("id,note\n1,ok\n2,")
        for _ in range(64):
            stream.write("x" * (1 << 20))
        stream.write("\n3,ok\n")
    tracemalloc.start()
    rows = list(open_source(file).rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [bool(row.trouble) for row in rows] == [False, True, False]
    assert "longer than" in rows[1].trouble.problem
    assert (rows[2].number, rows[2].line) == (3, 4)
    assert peak < 16 * RECORD_CHARACTERS_MAX


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1,a\0b", "NUL"),
        ("1", "1 field where the file has 2 columns"),
        ("1,2,3", "3 fields where the file has 2 columns"),
        ('1,"a" b', "behind a closing quote"),
        (b"1,\xe9t\xe9", "not valid in the file's encoding"),
    ],
)
def test_a_bad_row_is_told_apart_and_the_next_is_kept(file: Path, row: str | bytes, told: str) -> None:
    bad = row if isinstance(row, bytes) else row.encode()
    good = "".join(f"{number},naïve\n" for number in range(5)).encode()
    rows = rows_of(file, b"id,note\n" + good + bad + b"\n7,ok\n")
    assert [bool(one.trouble) for one in rows] == [False] * 5 + [True, False]
    assert told in rows[5].trouble.problem


def test_a_delimiter_at_the_end_and_blank_lines_are_harmless(file: Path) -> None:
    rows = rows_of(file, "id,note\n1,a,\n\n2,b\n")
    assert [list(row.fields) for row in rows] == [["1", "a"], ["2", "b"]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (b"id,note\n", "no row below"),
        (b"id,note,id\n1,2,3\n", "names the column 'id' twice (columns 1 and 3)"),
        (b",,\n1,2,3\n", "does not name its columns"),
        (b'id,"note\n1,2\n', "first line"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\x1f\x8brest", "compressed"),
        (b"PAR1 but not really", "damaged Parquet"),
    ],
)
def test_a_file_without_rows_is_refused_in_one_sentence(file: Path, content: bytes, told: str) -> None:
    file.write_bytes(content)
    with pytest.raises(Unreadable) as refused:
        open_source(file)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(Unreadable, match=str(path)):
            open_source(path)


def test_parquet_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "moments.csv"
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    columns = {"id": [1, 2], "at": [at, None], "kept": [True, False], "score": [1.5, 2.0], "note": ["a", "b,\nc"]}
    parquet.write_table(pa.table(columns), path)
    source = open_source(path)
    assert source.form == "Parquet"
    assert [list(row.fields) for row in source.rows()] == [
        ["1", "2026-03-01T09:30:00+00:00", "yes", "1.5", "a"],
        ["2", "", "no", "2", "b,\nc"],
    ]


_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@given(st.lists(st.lists(_TEXT, min_size=2, max_size=2).filter(any), min_size=1, max_size=8))
def test_what_a_csv_writer_writes_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]
) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["first column", "second column"], *table])
    path = tmp_path_factory.mktemp("csv") / "any.csv"
    path.write_bytes(buffer.getvalue().encode())
    source = open_source(path, delimiter=",", encoding="utf-8")
    assert isinstance(source, CsvSource)
    assert [list(row.fields) for row in source.rows()] == table


@given(st.binary(max_size=400))
def test_no_bytes_whatever_make_reading_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(b"id,note\n" + content)
    try:
        rows = list(open_source(path).rows())
    except Unreadable:
        return
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
