"""Static files are gathered from the program into the home: compressed, and named by what is in them."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO

from django.core.management import call_command


def gather() -> None:
    """Bring the folder that is served up to date; what did not change is left as it is."""
    with redirect_stdout(StringIO()):
        call_command("collectstatic", interactive=False, verbosity=0)
