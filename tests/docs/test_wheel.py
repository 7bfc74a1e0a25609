"""What is installed from the wheel, in an empty environment, does what the source does."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = ("club", "hotel", "airline", "city")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment that holds the locked requirements and the wheel, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    beside = Path(sys.executable).parent
    uv = shutil.which("uv", path=str(beside)) or shutil.which("uv")
    assert uv, "uv is missing: run 'make test', which installs it"
    must(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    empty = folder / "environment"
    must(sys.executable, "-m", "venv", "--without-pip", empty)
    install = (uv, "pip", "install", "--quiet", "--python", empty / "bin" / "python")
    must(*install, "--require-hashes", "--requirement", ROOT / "requirements.txt")
    must(*install, "--no-deps", wheel)
    yield empty
    shutil.rmtree(folder)  # the best part of a gigabyte


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to work in, in an empty user's home."""
    place = tmp_path / "work"
    place.mkdir()
    return place


def must(*command: object) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def touchbook(environment: Path, folder: Path, *words: str, home: Path | None = None) -> str:
    """What the installed command prints, run in *folder* with no setting but the user's home."""
    settings = {"HOME": str(folder.parent), "PATH": "/usr/bin:/bin"}
    if home:
        settings["TOUCHBOOK_HOME"] = str(home)
    command = [str(environment / "bin" / "touchbook"), *words]
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def installed(environment: Path) -> set[Path]:
    """Every file of the environment, but for bytecode."""
    return {path for path in environment.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def test_everything_works_from_the_wheel_and_nothing_is_kept_beside_the_code(environment: Path, folder: Path) -> None:
    # One test, so that workers that share the tests do not make two environments.
    before = installed(environment)
    _every_file_came_along(environment)
    _starters_pass_their_own_check(environment, folder)
    _the_demo_keeps_to_its_own_home(environment, folder)
    _the_pages_are_served(environment, folder)
    assert installed(environment) == before, "a program keeps nothing beside its own code"


def _every_file_came_along(environment: Path) -> None:
    (package,) = environment.glob("lib/python*/site-packages/touchbook")
    source = ROOT / "src" / "touchbook"
    expected = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    expected = {path for path in expected if "__pycache__" not in path.parts}
    came = {path.relative_to(package) for path in installed(environment) if package in path.parents}
    assert expected - came == set()
    assert any(path.suffix == ".sql" for path in came)


def _starters_pass_their_own_check(environment: Path, folder: Path) -> None:
    for kind in KINDS:
        assert "content" in touchbook(environment, folder, "init", kind, "--for", kind)
        assert "no warnings" in touchbook(environment, folder, "check", f"{kind}/plan.yaml")


def _the_demo_keeps_to_its_own_home(environment: Path, folder: Path) -> None:
    there = set(folder.iterdir())
    printed = touchbook(environment, folder, "demo", "--no-serve", "--members", "300")
    assert "300 members" in printed
    assert "300 customers" in printed
    assert printed.count("$ touchbook explain") == 2
    (home,) = [Path(line.split("=")[1]) for line in printed.splitlines() if "TOUCHBOOK_HOME=" in line]
    assert (home / "touchbook.sqlite3").is_file()
    assert home.parent == folder.parent / ".local" / "share" / "touchbook"
    assert [path.name for path in home.parent.iterdir()] == ["demo"]
    assert "✓" in touchbook(environment, folder, "doctor", home=home)
    assert set(folder.iterdir()) == there


def _the_pages_are_served(environment: Path, folder: Path) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [str(environment / "bin" / "touchbook"), "serve", "--port", str(port), "--workers", "1"]
    settings = {"HOME": str(folder.parent), "PATH": "/usr/bin:/bin"}
    server = subprocess.Popen(command, env=settings, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        page = _fetched(f"http://127.0.0.1:{port}/account/login/", server)
        (style,) = set(re.findall(r'href="(/static/touchbook/look\.[0-9a-f]+\.css)"', page))
        assert "--paper" in _fetched(f"http://127.0.0.1:{port}{style}", server)
    finally:
        server.terminate()
        server.wait(20)


def _fetched(address: str, server: subprocess.Popen[bytes]) -> str:
    for _ in range(300):
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            return str(answer.read().decode())
        assert server.poll() is None, server.stderr.read().decode() if server.stderr else ""
        time.sleep(0.1)
    raise AssertionError(f"{address} did not answer")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["demo", "--help"], ["plan", "--help"]], ids=" ".join)
def test_help_is_quick_because_it_imports_nothing_heavy(words: list[str]) -> None:
    program = (
        "import sys\n"
        "from touchbook.cli.main import main\n"
        f"sys.argv = ['touchbook', *{words!r}]\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'django', 'numpy', 'numba', 'scipy', 'pyarrow', 'duckdb', 'sqlglot', 'ruamel'}\n"
        "print('imported:', sorted(heavy & {name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "imported: []"
