"""Where the data lives, and how an address becomes Django's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from touchbook.kernel.errors import Unreadable
from touchbook.site.home import database_settings, database_url, home


def test_the_home_is_made_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOUCHBOOK_HOME", str(tmp_path / "a" / "b"))
    assert home() == tmp_path / "a" / "b"
    assert home().is_dir()


def test_without_a_name_it_is_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TOUCHBOOK_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in home().parents
    assert "site-packages" not in str(home())


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TOUCHBOOK_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(Unreadable, match="set TOUCHBOOK_HOME to a folder you may write"):
        home()


def test_an_sqlite_file_is_found_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOUCHBOOK_HOME", str(tmp_path / "100%25 members & friends?"))
    monkeypatch.delenv("TOUCHBOOK_DATABASE_URL", raising=False)
    assert database_settings(database_url())["NAME"] == str(
        tmp_path / "100%25 members & friends?" / "touchbook.sqlite3"
    )
    assert database_settings("sqlite:///club.sqlite3")["NAME"] == "club.sqlite3"


def test_a_postgresql_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOUCHBOOK_DATABASE_URL", "postgresql://alice:p%40ss@db.example:5433/club?sslmode=require")
    settings = database_settings(database_url())
    assert (settings["USER"], settings["PASSWORD"], settings["HOST"], settings["PORT"]) == (
        "alice",
        "p@ss",
        "db.example",
        "5433",
    )
    assert (settings["NAME"], settings["OPTIONS"]) == ("club", {"sslmode": "require"})
    assert database_settings("postgres://alice@/club?host=/run/postgresql")["HOST"] == "/run/postgresql"


def test_another_scheme_is_refused():
    with pytest.raises(Unreadable, match="begins with 'mysql:'; write sqlite:///path or postgresql://user@host/name"):
        database_settings("mysql://alice@db/club")
