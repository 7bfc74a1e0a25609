"""Lines fit the terminal, and a long name does not push the text out of it."""

from __future__ import annotations

import pytest

from touchbook.cli import lines


def test_a_text_hangs_from_its_prefix():
    assert lines.wrapped("  care  ", "one two three four five six", 40) == ["  care  one two three four five six"]
    assert lines.wrapped("  care  ", "call Alice and Bob, then write to Carol", 40) == [
        "  care  call Alice and Bob, then write",
        "        to Carol",
    ]


def test_a_prefix_that_leaves_no_room_stands_on_a_line_of_its_own():
    name = "  a team with a name that is far too long for its column  "
    assert lines.wrapped(name, "call 3, visit 2", 60) == [name.rstrip(), "      call 3, visit 2"]


def test_words_and_hyphens_are_never_broken():
    assert lines.wrapped("", "heads-up 4b1f-22a0", 12) == ["heads-up", "4b1f-22a0"]


@pytest.mark.parametrize(("terminal", "columns", "expected"), [(True, 80, 80), (True, 300, 110), (False, 80, 110)])
def test_lines_are_as_long_as_the_terminal_and_no_longer_than_can_be_read(monkeypatch, terminal, columns, expected):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(lines.sys.stdout, "isatty", lambda: terminal, raising=False)
    assert lines.width() == expected
