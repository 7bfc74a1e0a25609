"""Opening the database: made when it is not there, brought up to date with a copy kept, refused with one sentence."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from touchbook.kernel.errors import Unreadable
from touchbook.store import append_only
from touchbook.store.models import Team
from touchbook.workflows import open_store as opening
from touchbook.workflows.open_store import migrations_applied, migrations_known, open_store


def test_the_models_and_the_migrations_say_the_same():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_new_database_is_made(home: Path, use_database: Callable[[str], None]):
    use_database(f"sqlite:///{home / 'new.sqlite3'}")
    open_store()
    assert migrations_applied() == migrations_known()
    assert append_only.missing(connection) == []
    assert not (home / "backups").exists()


def test_opening_again_changes_nothing(database: str):
    Team.objects.create(id="018f0000-0000-7000-8000-000000000001", name="gate", changed_at="2025-01-01T00:00Z")
    open_store()
    open_store()
    assert Team.objects.get().name == "gate"


@pytest.fixture
def older_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this program had one more migration than the database."""
    calls = []

    def migrate(*_: object, **__: object) -> None:
        calls.append(1)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE store_team ADD COLUMN motto text")
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9998_motto', CURRENT_TIMESTAMP)"
            )
        if len(calls) > 1:
            raise AssertionError("migrated twice")

    monkeypatch.setattr(opening, "migrations_known", lambda: {*migrations_known(), "store.9998_motto"})
    monkeypatch.setattr(opening, "call_command", migrate)


def test_an_older_database_is_brought_up_to_date_and_a_copy_is_kept(sqlite: str, home: Path, older_program: None):
    Team.objects.create(id="018f0000-0000-7000-8000-000000000001", name="gate", changed_at="2025-01-01T00:00Z")
    open_store()
    assert "store.9998_motto" in migrations_applied()
    assert Team.objects.get().name == "gate"
    (copy,) = (home / "backups").iterdir()
    with closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT name FROM store_team").fetchall() == [("gate",)]
        assert "motto" not in [row[1] for row in old.execute("PRAGMA table_info(store_team)")]


def test_two_programs_that_start_at_once_upgrade_once(sqlite: str, older_program: None):
    errors: list[BaseException] = []

    def start() -> None:
        try:
            open_store()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert "store.9998_motto" in migrations_applied()


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(sqlite: str, monkeypatch: pytest.MonkeyPatch):
    def migrate(*_: object, **__: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE half (done integer)")
            cursor.execute("INSERT INTO nowhere VALUES (1)")

    monkeypatch.setattr(opening, "migrations_known", lambda: {*migrations_known(), "store.9998_motto"})
    monkeypatch.setattr(opening, "call_command", migrate)
    with pytest.raises(Unreadable, match="cannot be used"):
        open_store()
    assert "half" not in connection.introspection.table_names()


def test_a_newer_database_is_refused(database: str, monkeypatch: pytest.MonkeyPatch):
    newest = max(name for name in migrations_known() if name.startswith("store."))
    monkeypatch.setattr(opening, "migrations_known", lambda: migrations_known() - {newest})
    with pytest.raises(Unreadable, match=rf"made by a newer Touchbook \(it has '{newest}'\); upgrade this program"):
        open_store()


def test_a_file_that_is_no_database_is_named(home: Path, use_database: Callable[[str], None]):
    file = home / "letters.sqlite3"
    file.write_text("Dear Alice, " * 100)
    use_database(f"sqlite:///{file}")
    with pytest.raises(Unreadable, match=r"letters\.sqlite3 is not an SQLite database; name another file"):
        open_store()
    assert file.read_text() == "Dear Alice, " * 100


def test_a_folder_that_is_not_there_is_named(home: Path, use_database: Callable[[str], None]):
    use_database(f"sqlite:///{home / 'nowhere' / 'new.sqlite3'}")
    with pytest.raises(Unreadable, match="cannot be opened for writing; check that the folder is there"):
        open_store()


def test_a_locked_database_is_said_to_be_locked(home: Path, use_database: Callable[[str], None]):
    file = home / "busy.sqlite3"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE notes (words text)")
        other.execute("BEGIN EXCLUSIVE")
        use_database(f"sqlite:///{file}")
        connection.settings_dict["OPTIONS"]["timeout"] = 0.05
        with pytest.raises(Unreadable, match=r"busy\.sqlite3 is locked by another program; wait"):
            open_store()


def test_a_server_that_does_not_answer_is_named(home: Path, use_database: Callable[[str], None]):
    use_database(f"postgresql://alice@/club?host={home}")
    with pytest.raises(Unreadable, match=r"The database club cannot be used .*; check TOUCHBOOK_DATABASE_URL"):
        open_store()
