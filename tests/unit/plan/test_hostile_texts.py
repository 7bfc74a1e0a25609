"""A text that is made to exhaust whoever reads it is refused in a sentence, before it can."""

from __future__ import annotations

from importlib.resources import files

import pytest

from touchbook.plan.document import MAX_DEPTH, MAX_LINE, MAX_PARTS, MAX_PROBLEMS, read
from touchbook.plan.loader import load
from touchbook.plan.syntax import MAX_CHARACTERS

CLUB = (files("touchbook.plan") / "starters" / "club.yaml").read_text(encoding="utf-8")
WHEN = "when: tenure_days >= 1820"
LINES = "\n".join
HOSTILE = {
    "a billion laughs": (
        "a: &a [ha, ha]\n" + LINES(f"k{i}: &k{i} [*a, *a, *a, *a]" for i in range(5000)), "names a part of the file"
    ),
    "anchors": (LINES(f"k{i}: &b{i} x" for i in range(9000)), "the rest was not read"),
    "brackets": ("a: " + "\n".join("[" * 100 for _ in range(2000)), f"nested more than {MAX_DEPTH} deep"),
    "braces": ("a: " + "\n".join("{a: " * 50 for _ in range(1000)), f"nested more than {MAX_DEPTH} deep"),
    "indents": (LINES(" " * i + "a:" for i in range(600)), f"nested more than {MAX_DEPTH} deep"),
    "a long line": ("plan: " + "x" * MAX_LINE, "this line has 10,006 characters, and 10,000 are allowed"),
    "a long tag": ("a: !" + "x" * MAX_LINE + " b", "this line has"),
    "a long number": (CLUB.replace("hold_out: 5%", "hold_out: " + "9" * 9_000 + "%"), "hold_out"),
    "a number of many digits": (CLUB.replace("hold_out: 5%", "hold_out: 1e999999999%"), "hold_out"),
    "days without end": (CLUB.replace("rest: 7 days", "rest: " + "9" * 9_000 + " days"), "is no number"),
    "a cost without end": (CLUB.replace("cost: 1.50", "cost: 1e308"), "cost"),
    "many keys": (LINES(f"key{i}: x" for i in range(MAX_PARTS)), "more than 10,000 names and values"),
    "one key again and again": ("plan: x\n" * 20_000, "the rest was not read"),
    "a list without end": ("a: [" + ",\n".join("x" for _ in range(MAX_PARTS)) + "]", "more than 10,000 names"),
    "too much of it": ("#" * 9_000 + ("\n" + "# x" * 3_000) * 40, "is longer than 250,000 characters"),
    "brackets in a condition": (CLUB.replace(WHEN, "when: " + "(" * 3_000 + "seats > 1" + ")" * 3_000), "condition"),
    "words in a condition": (CLUB.replace(WHEN, "when: " + "seats > 1 and " * 600 + "seats > 1"), "condition"),
    "minuses in a condition": (CLUB.replace(WHEN, "when: seats > " + "-" * 9_000 + "1"), "condition"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_a_sentence(name: str) -> None:
    text, words = HOSTILE[name]
    loaded = load(text)
    assert loaded.plan is None
    assert any(words in error.what for error in loaded.errors), [error.what[:120] for error in loaded.errors[:5]]
    assert all(error.remedy for error in loaded.errors)
    assert all(len(error.what) < 400 for error in loaded.errors)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_more_is_said_than_somebody_can_read(name: str) -> None:
    assert len(read(HOSTILE[name][0]).problems) <= MAX_PROBLEMS + 1


def test_a_plan_many_times_as_large_as_any_is_read() -> None:
    before, _, after = CLUB.partition("  anniversary card:")
    more = LINES(
        f"  touch {i}: {{purpose: ask, channel: phone, to: [family], minutes: 5, team: member services}}"
        for i in range(500)
    )
    text = f"{before}{more}\n  anniversary card:{after}"
    assert len(text) < MAX_CHARACTERS
    loaded = load(text)
    assert loaded.plan is not None
    assert len(loaded.plan.touches) > 500


def test_a_plan_with_hundreds_of_errors_says_them_and_is_not_judged_as_a_strategy() -> None:
    before, _, after = CLUB.partition("  anniversary card:")
    wrong = LINES(f"  touch {i}:\n    purpos: ask\n    channel: phone\n    minuts: 5" for i in range(100))
    loaded = load(f"{before}{wrong}\n  anniversary card:{after}")
    assert len(loaded.errors) > 200
    assert not loaded.complete
    assert not loaded.warnings
