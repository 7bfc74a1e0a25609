"""``touchbook import`` and ``touchbook undo`` as people use them: what they print, and their exit codes."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from importing import HEADER, MAP, adopt, map_file, moments, write

from touchbook.cli.main import main
from touchbook.store.models import Import, Moment


@pytest.fixture
def touchbook(sqlite: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    adopt()

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["touchbook", *map(str, arguments)])
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        printed = capsys.readouterr()
        return int(str(code or 0)), printed.out, printed.err

    return call


def test_a_clean_file_ends_with_0_and_says_what_was_added(touchbook, tmp_path: Path) -> None:
    file = write(tmp_path / "m.csv", HEADER, [("1", "2026-03-01", "ann", "good", "", "", "", "")])
    code, out, err = touchbook("import", "moments", file, "--map", map_file(tmp_path / "map.yaml"))
    assert (code, err) == (0, "")
    assert "1 rows read; 1 moments added; 0 repeated; 0 skipped; 0 rejected." in out
    assert "1 new customers made." in out
    assert "take it back with: touchbook undo" in out
    code, out, _ = touchbook("import", "moments", file, "--map", tmp_path / "map.yaml")
    assert code == 0
    assert out.startswith("Nothing new: all 1 moments are here already.")


def test_rejected_rows_end_with_1_and_the_commonest_problems(touchbook, tmp_path: Path) -> None:
    code, out, err = touchbook(
        "import", "moments", moments(tmp_path / "m.csv", 40), "--map", map_file(tmp_path / "map.yaml")
    )
    assert code == 1
    assert "3 rejected" in out
    assert err.startswith("3 rows were set aside; see ")
    assert "3 × at: … is not a date" in err
    assert Moment.objects.exists()


def test_all_problems_are_counted_though_three_are_told(touchbook, tmp_path: Path) -> None:
    good = ("2026-03-01", "ann", "good", "delay", "", "", "")
    bad = ["", "yesterday", "31/31/2026", "1850-01-01", "2999-01-01"]
    rows = [(str(number), at, *good[1:]) for number, at in enumerate([*bad, "yesterday"])]
    file = write(tmp_path / "m.csv", HEADER, rows)
    _, _, err = touchbook("import", "moments", file, "--map", map_file(tmp_path / "map.yaml"))
    assert err.startswith("6 rows were set aside")
    told = [int(line.split()[0]) for line in err.splitlines()[1:4]]
    rest = 6 - sum(told)
    assert err.splitlines()[4].strip() == f"and {rest} with {rest} other {'problem' if rest == 1 else 'problems'}"


def test_a_dry_run_of_what_is_here_already_says_so(touchbook, tmp_path: Path) -> None:
    file = write(tmp_path / "m.csv", HEADER, [("1", "2026-03-01", "ann", "good", "", "", "", "")])
    command = ("import", "moments", file, "--map", map_file(tmp_path / "map.yaml"))
    touchbook(*command)
    out = touchbook(*command, "--dry-run")[1]
    assert "The first rows, which are here already:" in out
    assert "would be recorded" not in out


def test_one_changed_customer_is_told_as_one(touchbook, tmp_path: Path) -> None:
    text = "source: crm\ncustomer: {column: no, kind: member}\nname: name\n"
    command = ("import", "customers", tmp_path / "c.csv", "--map", map_file(tmp_path / "map.yaml", text))
    for name in ("Ann", "Anne"):
        write(tmp_path / "c.csv", ("no", "name"), [("1", name)])
        out = touchbook(*command)[1]
    assert "1 customer was here already and now holds what this file says" in out


def test_a_guessed_encoding_is_always_told(touchbook, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    rows = "".join(f"{number},2026-03-01,Zoë Müller {number},good,,,,\n" for number in range(9))
    file.write_bytes((",".join(HEADER) + "\n" + rows).encode("cp1252"))
    command = ("import", "moments", file, "--map", map_file(tmp_path / "map.yaml"))
    assert "Read as cp1252, a guess: the file is not UTF-8." in touchbook(*command)[1]
    (tmp_path / "named.yaml").write_text(MAP + "encoding: cp1252\n")
    assert "a guess" not in touchbook(*command[:-1], tmp_path / "named.yaml")[1]


def test_a_dry_run_shows_the_first_rows_in_words(touchbook, tmp_path: Path) -> None:
    file = write(tmp_path / "m.csv", HEADER, [("1", "2026-03-01 18:00", "ann", "bad", "delay", "", "", "")])
    code, out, _ = touchbook("import", "moments", file, "--map", map_file(tmp_path / "map.yaml"), "--dry-run")
    assert code == 0
    assert "Read as CSV, comma-separated, utf-8." in out
    assert "row 1: 2026-03-01 18:00 −0500, handle ann, delay: − rolling delays (3), seen by 2" in out
    assert "1 moments would be added" in out
    assert not Moment.objects.exists()


@pytest.mark.parametrize(
    ("content", "text", "code", "told"),
    [
        (b"", MAP, 2, "is empty"),
        (b"id,at\n", MAP, 2, "no row below"),
        (b"id,id\n1,2\n", MAP, 2, "names the column 'id' twice"),
        (b"id,at\n1,2026-03-01\n", MAP, 1, "the file has no column 'guest'"),
        (b"id,at\n1,2026-03-01\n", "source: [", 1, "map.yaml:1:"),
    ],
)
def test_what_cannot_be_imported_at_all_is_one_sentence_each(
    touchbook, tmp_path: Path, content: bytes, text: str, code: int, told: str
) -> None:
    file = tmp_path / "m.csv"
    file.write_bytes(content)
    found, out, err = touchbook("import", "moments", file, "--map", map_file(tmp_path / "map.yaml", text))
    assert (found, out) == (code, "")
    assert told in err
    assert "Traceback" not in err
    assert not Moment.objects.exists()


def test_undo_lists_and_takes_back(touchbook, tmp_path: Path) -> None:
    assert "Nothing was imported yet" in touchbook("undo")[1]
    touchbook("import", "moments", moments(tmp_path / "m.csv", 20), "--map", map_file(tmp_path / "map.yaml"))
    listed = touchbook("undo")[1]
    assert "m.csv (finished)" in listed
    code, out, _ = touchbook("undo", listed.split()[0])
    assert code == 0
    assert "is undone" in out
    assert "m.csv (undone)" in touchbook("undo")[1]
    assert "was undone before" in touchbook("undo", listed.split()[0])[1]
    assert touchbook("undo", "last")[0] == 2


def test_an_undo_that_was_interrupted_is_listed_as_such(touchbook, tmp_path: Path) -> None:
    touchbook("import", "moments", moments(tmp_path / "m.csv", 20), "--map", map_file(tmp_path / "map.yaml"))
    Import.objects.update(undo_begun_at=datetime(2026, 11, 20, tzinfo=UTC))
    listed = touchbook("undo")[1]
    assert f"(undo unfinished: run 'touchbook undo {listed.split()[0]}' again)" in listed
    assert touchbook("import", "moments", tmp_path / "m.csv", "--map", tmp_path / "map.yaml")[0] == 2
