"""Days as people write them on the command line."""

from __future__ import annotations

import re
from datetime import date

import typer


def day(text: str | date) -> date:
    """A day written as 2026-04-06. Raises ``typer.BadParameter`` with the remedy."""
    if isinstance(text, date):
        return text
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} is no day; write it as 2026-04-06.")
