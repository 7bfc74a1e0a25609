"""``touchbook serve``: the pages, for browsers and phones."""

from __future__ import annotations

import os
import socket

import typer

from touchbook.cli.app import app

WEB_SETTINGS = "touchbook.site.web_settings"


@app.command()
def serve(
    host: str = typer.Option("127.0.0.1", "--host", help="The address to listen on; 0.0.0.0 for all of the machine's."),
    port: int = typer.Option(8321, "--port", min=1, max=65535, help="The port to listen on."),
    workers: int = typer.Option(2, "--workers", min=1, max=64, help="How many processes answer."),
) -> None:
    """Serve the pages until you press Ctrl-C."""
    os.environ["DJANGO_SETTINGS_MODULE"] = WEB_SETTINGS
    from touchbook.workflows.open_store import open_store

    open_store()
    typer.echo(f"Touchbook is at http://{_shown(host)}:{port}/ (Ctrl-C stops it)")
    run_server(host, port, workers)


def run_server(host: str, port: int, workers: int) -> None:
    """Gather the static files, and answer until interrupted. The store must be open."""
    from granian import Granian
    from granian.constants import Interfaces

    from touchbook.site.static_files import gather

    _must_be_free(host, port)
    gather()
    server = Granian(
        "touchbook.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=1,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    server.serve()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _must_be_free(host: str, port: int) -> None:
    """The server would share a port with an older one, and either might answer."""
    from touchbook.kernel.errors import Refused

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                f"Port {port} of {host} cannot be used ({error.strerror}); choose another with --port."
            ) from error


def _shown(host: str) -> str:
    return {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104
