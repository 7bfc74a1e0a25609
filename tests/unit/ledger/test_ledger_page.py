"""The page about the ledger computes what it says."""

from __future__ import annotations

import doctest
from dataclasses import fields
from pathlib import Path

from touchbook.ledger.terms import Terms

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "ledger.md"


def test_every_example_of_the_page_is_true():
    results = doctest.testfile(str(PAGE), module_relative=False)
    assert results.attempted > 20
    assert results.failed == 0


def test_the_page_names_every_term_and_its_default():
    text = PAGE.read_text(encoding="utf-8")
    for term in fields(Terms):
        row = next(line for line in text.splitlines() if line.startswith(f"| `{term.name.removesuffix('_days')}`"))
        assert f"| {term.default:g} " in row
