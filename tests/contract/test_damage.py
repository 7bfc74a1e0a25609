"""Damaged files, full disks and odd targets: mended, or one sentence, and never a traceback."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from test_make_plan import MONDAY, club, decided, plan, run  # noqa: F401  club is a fixture

from touchbook.kernel.errors import NotFound, Refused
from touchbook.lake.mirror import lake_folder
from touchbook.workflows.explain_customer import explain_customer
from touchbook.workflows.make_plan import make_plan

URL = "TOUCHBOOK_DATABASE_URL"


@pytest.mark.usefixtures("club")
@pytest.mark.parametrize("table", ["customer", "entry", "touchpoint"])
def test_a_damaged_file_of_the_lake_is_mirrored_anew(home: Path, table: str):
    before = decided(plan(home))
    for path in (lake_folder(home, os.environ[URL]) / table).glob("*.parquet"):
        path.write_bytes(b"")
    assert run("doctor").output.count("✗ 1 of the lake's files cannot be read") == 1
    assert decided(plan(home)) == before
    assert "its files can be read" in run("doctor").output


@pytest.mark.usefixtures("club")
def test_damaged_evidence_is_said_in_a_sentence(home: Path):
    week = plan(home)
    (lake_folder(home, os.environ[URL]) / "runs" / f"{week.run}.parquet").write_bytes(b"garbage")
    with pytest.raises(NotFound, match="is damaged; make a new plan"):
        explain_customer(home, os.environ[URL], "Alice")


@pytest.mark.usefixtures("club")
def test_a_week_that_nobody_can_mean_is_refused(home: Path):
    for starts_on, said in ((dt.date(9999, 12, 31), "more than two years ahead"), (dt.date(1900, 1, 1), "Nobody was")):
        with pytest.raises(Refused, match=said):
            make_plan(home, os.environ[URL], starts_on)


@pytest.mark.usefixtures("club")
def test_json_goes_where_it_is_told_and_replaces_no_link_and_no_device(home: Path, tmp_path: Path):
    week = ("plan", "--dry-run", "--from", str(MONDAY), "--json")
    target, link = tmp_path / "week.json", tmp_path / "link.json"
    link.symlink_to(target)
    assert run(*week, str(link)).exit_code == 0
    assert link.is_symlink()
    touches = json.loads(target.read_text())["touches"]
    assert json.loads(run(*week, "-").output)["touches"] != []
    assert {touch["name"] for touch in touches} == {"Alice", "Bob", "Dave"}
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    reader = subprocess.Popen(["cat", str(fifo)], stdout=subprocess.PIPE)
    assert run(*week, str(fifo)).exit_code == 0
    assert json.loads(reader.communicate(timeout=30)[0])["customers"] == 4
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("__import__('django.db').db.OperationalError('database or disk is full')", "The disk is full; make room"),
        ("OSError(28, 'No space left on device')", "The disk is full; make room"),
        ("__import__('duckdb').IOException('cannot read x')", "could not be used (cannot read x)"),
    ],
)
def test_a_failing_disk_is_one_sentence_and_exit_code_2(error: str, said: str):
    program = (
        f"from touchbook.cli import main as module\ndef fail():\n    raise {error}\nmodule.app = fail\nmodule.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("club")
def test_what_must_be_made_and_takes_everything_is_named_as_scarce(home: Path):
    from test_make_plan import CLUB

    from touchbook.kernel.clock import now
    from touchbook.workflows.adopt_plan import adopt_plan

    adopt_plan(CLUB.replace("1 hour per week", "10 minutes per week"), "", "Alice", now())
    printed = run("plan", "--from", str(MONDAY)).output
    assert "What must be made takes all of member services" in printed
    assert "every capacity has room to spare" not in printed
    assert "A whole week's member services is not enough for a single one." in run("explain", "Alice").output


def test_a_name_that_is_no_text_is_one_sentence(home: Path):
    environment = os.environ | {"TOUCHBOOK_HOME": str(home)}
    environment.pop(URL, None)
    words = [sys.executable, "-m", "touchbook", "record", "made", b"caf\xe9"]
    subprocess.run([*words[:3], "init", str(home / "club"), "--for", "club"], env=environment, check=True)
    subprocess.run([*words[:3], "adopt", str(home / "club/plan.yaml")], env=environment, check=True)
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 2
    assert "What was typed is no UTF-8 text" in done.stderr
    assert "Traceback" not in done.stderr
