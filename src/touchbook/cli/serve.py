"""``touchbook serve``: the pages, for browsers and phones."""

from __future__ import annotations

import os
import socket
from contextlib import suppress

import typer

from touchbook.cli.app import app

WEB_SETTINGS = "touchbook.site.web_settings"
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
_SECONDS_TO_END = 3


@app.command()
def serve(
    host: str = typer.Option("127.0.0.1", "--host", help="The address to listen on; 0.0.0.0 for all of the machine's."),
    port: int = typer.Option(8321, "--port", min=1, max=65535, help="The port to listen on."),
    workers: int = typer.Option(2, "--workers", min=1, max=64, help="How many processes answer."),
) -> None:
    """Serve the pages until you press Ctrl-C."""
    os.environ["DJANGO_SETTINGS_MODULE"] = WEB_SETTINGS
    _must_be_free(host, port)
    names = names_of(host)
    os.environ.setdefault("TOUCHBOOK_HOSTS", ",".join(names))  # before the settings are read, here and by the workers
    from touchbook.workflows.open_store import open_store

    open_store()
    address = _address(os.environ["TOUCHBOOK_HOSTS"].split(","), port)
    typer.echo(f"Touchbook is at {address}/ (Ctrl-C stops it)")
    for line in _ways_in(address):
        typer.echo(line)
    run_server(host, port, workers)


def run_server(host: str, port: int, workers: int) -> None:
    """Gather the static files, and answer until interrupted. The store must be open."""
    from django.core.management import call_command
    from granian import Granian
    from granian.constants import Interfaces

    from touchbook.cli.refresher import keep_refreshing
    from touchbook.site.static_files import gather

    _must_be_free(host, port)
    gather()
    call_command("clearsessions")  # those that nobody can use any more
    server = Granian(
        "touchbook.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        workers_kill_timeout=_SECONDS_TO_END,
        blocking_threads=1,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    keep_refreshing()
    server.serve()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def names_of(host: str) -> list[str]:
    """Under which names a server that listens on *host* may be reached: the best to tell people comes first."""
    own = ["localhost", "127.0.0.1", "[::1]"]
    if host in _EVERYWHERE:
        return list(dict.fromkeys([*_addresses_of_machine(), socket.gethostname().lower(), *own]))
    given = f"[{host}]" if ":" in host else host
    return list(dict.fromkeys([given, *own]))


def _addresses_of_machine() -> list[str]:
    """The addresses by which other devices in the same network find this machine."""
    found: list[str] = []
    for family, elsewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        # Which of its addresses the machine would use; no packet is sent for asking.
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            own = str(probe.getsockname()[0])
            found.append(f"[{own}]" if family == socket.AF_INET6 else own)
    with suppress(OSError):
        found += socket.gethostbyname_ex(socket.gethostname())[2]
    return [one for one in found if not one.startswith("127.")]


def _address(names: list[str], port: int) -> str:
    """What to type into a browser: where https is spoken, the server in front has the usual port."""
    name = next((one for one in names if one and not one.startswith((".", "*"))), "localhost")
    return f"https://{name}" if os.environ.get("TOUCHBOOK_HTTPS") == "1" else f"http://{name}:{port}"


def _ways_in(address: str) -> list[str]:
    """What to say to whoever cannot sign in yet: nobody has, or it is a demo."""
    from touchbook.kernel.clock import now
    from touchbook.kernel.ids import mint
    from touchbook.signin.demo import demo_key
    from touchbook.workflows.invite import invite_first_administrator

    if key := demo_key():
        return [f"This is a demo; {address}/account/demo/{key}/ signs in as a manager."]
    first = invite_first_administrator(mint(now()), now(), by="touchbook serve", origin="command line")
    if first is None:
        return []
    return [
        "Nobody can sign in yet. Open this link to become the administrator; it works once, for a week:",
        f"  {address}{first.path}",
    ]


def _must_be_free(host: str, port: int) -> None:
    """The server would share a port with an older one, and either might answer."""
    from touchbook.kernel.errors import Refused

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Refused(f"Port {port} of {host} cannot be used ({reason}); choose another with --port.") from error
