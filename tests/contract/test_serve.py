"""``touchbook serve`` as a process of its own: what it says, whom it answers, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from touchbook.cli.serve import free_port, names_of

COMMAND = Path(sys.executable).parent / "touchbook"


class Served:
    """A server on a home, and what it wrote."""

    def __init__(self, home: Path, *options: str, port: int = 0, **environment: str) -> None:
        self.port = port or free_port()
        self._log = (home / f"{self.port}.log").open("w+")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TOUCHBOOK_", "DJANGO_"))}
        self.process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(self.port), *options],
            env={**kept, "TOUCHBOOK_HOME": str(home), **environment},
            stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip

    def text(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def wait(self) -> Served:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self.process.poll() is None, self.text()
                time.sleep(0.1)
            else:
                return self
        raise AssertionError(self.text())

    def ask(self, method: str, path: str, body: str = "", **headers: str):
        """Status, headers and text of an answer, over a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body or None, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        told = answer.read().decode(errors="replace")
        connection.close()
        return answer.status, answer.headers, told

    def sign_in(self, password: str = "wrong", **headers: str):
        """What comes of a form for signing in, sent as a browser would."""
        _, given, page = self.ask("GET", "/account/login/", **headers)
        cookie = given["Set-Cookie"].split(";")[0]
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page).group(1)
        form = urlencode({"login": "ada", "password": password, "csrfmiddlewaretoken": token})
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", "/account/login/", form, Cookie=cookie, Content_Type=kind, **headers)

    def stop(self, how: int = signal.SIGTERM) -> int:
        """End it; its exit code."""
        os.kill(self.process.pid, how)
        return self.process.wait(60)

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._log.close()


@pytest.fixture
def serve(home: Path, sqlite: str) -> Iterator[Callable[..., Served]]:
    """A function that starts a server on the test's home."""
    started: list[Served] = []

    def start(*options: str, **environment: str) -> Served:
        started.append(Served(home, *options, **environment))
        return started[-1]

    yield start
    for one in started:
        one.kill()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_says_where_it_is_answers_and_stops_at_once_without_a_trace(serve, how: int) -> None:
    server = serve().wait()
    assert f"Touchbook is at http://127.0.0.1:{server.port}/" in server.text()
    assert server.ask("GET", "/account/login/")[0] == 200
    assert server.stop(how) in (0, 130)
    assert "Traceback" not in server.text()


def test_the_first_link_makes_the_administrator_and_is_not_printed_again(serve) -> None:
    first = serve("--workers", "1").wait()
    path = re.search(r"(/account/invitation/\S+)", first.text()).group(1)
    _, given, page = first.ask("GET", path)
    cookie = given["Set-Cookie"].split(";")[0]
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page).group(1)
    words = "seven brass kettles"
    form = {"name": "Ada Brennan", "username": "ada", "password1": words, "password2": words}
    body = urlencode({**form, "csrfmiddlewaretoken": token})
    kind = "application/x-www-form-urlencoded"
    assert first.ask("POST", path, body, Cookie=cookie, Content_Type=kind)[0] == 302
    assert first.ask("GET", path)[0] == 404
    assert first.sign_in(words)[0] == 302
    first.stop()
    assert "/account/invitation/" not in serve("--workers", "1").wait().text()


def test_a_port_in_use_is_told_in_one_sentence(serve) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        late = serve(port=taken.getsockname()[1])
        assert late.process.wait(60) == 2
    assert re.fullmatch(r"Port \d+ of 127\.0\.0\.1 cannot be used \(.*\); choose another with --port\.\n", late.text())


def test_two_on_one_home_both_answer_and_count_attempts_together(serve) -> None:
    one, other = serve(), serve()
    one.wait(), other.wait()
    for server in (one, other):
        status, _, page = server.ask("GET", "/account/login/")
        assert status == 200
        for file in set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page)):
            assert server.ask("GET", file)[0] == 200, file
    answers = [server.sign_in()[2] for server in (one, other, one, other, one)]
    assert not any("tried too often" in answer for answer in answers)
    assert all("tried too often" in server.sign_in()[2] for server in (one, other) * 3)


def test_on_all_addresses_it_says_one_that_a_phone_can_open(serve) -> None:
    server = serve("--host", "0.0.0.0", "--workers", "1").wait()
    said = re.search(r"Touchbook is at http://(\S+):\d+/", server.text()).group(1)
    assert said not in ("0.0.0.0", "localhost", "127.0.0.1") or names_of("0.0.0.0")[0] == said
    assert server.ask("GET", "/account/login/", Host=f"{said}:{server.port}")[0] == 200
    status, _, told = server.ask("GET", "/account/login/", Host="evil.example")
    assert status == 400
    assert "TOUCHBOOK_HOSTS" in told


def test_behind_a_server_that_speaks_https_forms_work_and_cookies_are_for_https_alone(serve) -> None:
    server = serve("--workers", "1", TOUCHBOOK_HTTPS="1", TOUCHBOOK_HOSTS="club.example").wait()
    assert "Touchbook is at https://club.example/" in server.text()
    seen = {
        "Host": "club.example", "X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.7",
        "Referer": "https://club.example/account/login/", "Origin": "https://club.example",
    }  # fmt: skip
    _, headers, _ = server.ask("GET", "/account/login/", **seen)
    assert "Secure" in headers["Set-Cookie"]
    assert "max-age" in headers["Strict-Transport-Security"]
    status, _, told = server.sign_in(**seen)
    assert status == 200
    assert "do not belong together" in told
    assert server.sign_in(**{**seen, "Origin": "https://evil.example"})[0] == 403


def test_what_breaks_in_a_worker_is_in_the_log_and_a_sentence_on_the_page(serve, home: Path) -> None:
    server = serve("--workers", "1").wait()
    with sqlite3.connect(home / "touchbook.sqlite3") as database:
        database.execute("DROP TABLE signin_remembered")
    status, _, told = server.sign_in()
    assert status == 500
    assert "Something broke on our side" in told
    assert "Traceback" in server.text()
    assert "signin_remembered" in server.text()


def test_a_description_of_single_sign_on_that_is_wrong_is_told_before_it_starts(serve, home: Path) -> None:
    file = home / "oidc.json"
    for content, words in (
        ("{", "cannot be read as JSON"),
        ('{"issuer": "https://id.example"}', "does not say client_id, client_secret"),
        ('{"issuer": "http://id.example", "client_id": "a", "client_secret": "b"}', "with https://"),
    ):
        file.write_text(content)
        server = serve(TOUCHBOOK_OIDC=str(file))
        assert server.process.wait(60) == 2
        assert words in server.text()
        assert len(server.text().splitlines()) == 1
