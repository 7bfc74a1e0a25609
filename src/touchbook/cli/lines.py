"""Lines of text that fit a terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap

WIDTH_MAX = 110
_TEXT_MIN = 30  # a column narrower than this is no column: the text goes below its heading instead


def width() -> int:
    """How long lines may be: as the terminal, but never too long to read; that much too when it is no terminal."""
    return min(WIDTH_MAX, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH_MAX


def wrapped(prefix: str, text: str, columns: int | None = None) -> list[str]:
    """A text in lines of at most *columns* characters (``width()`` unless given), indented to the end of a prefix."""
    columns = columns or width()
    if len(prefix) > columns - _TEXT_MIN and prefix.strip():
        indent = " " * (len(prefix) - len(prefix.lstrip()) + 4)
        return [prefix.rstrip(), *wrapped(indent, text, max(columns, len(indent) + _TEXT_MIN))]
    lines = textwrap.wrap(
        text, columns, initial_indent=prefix, subsequent_indent=" " * len(prefix),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return lines or [prefix]
