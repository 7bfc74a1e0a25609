"""An account's history: each balance is what the entries say of that day, and the last one is today's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_book import booked, histories, terms

from touchbook.ledger.balance import weigh
from touchbook.ledger.book import lines_of, recompute
from touchbook.ledger.entries import Entry, Kind, Line
from touchbook.ledger.history import balances_after, balances_on, parts
from touchbook.ledger.terms import Terms

TERMS = Terms()


def in_order(entries: list[Entry]) -> list[Line]:
    return sorted(lines_of(entries).values(), key=lambda line: line.day)


def weighed(lines: list[Line], day: float, terms: Terms) -> float:
    """The balance from the definition alone: each line weighed by itself."""
    sums = [weigh(line, day, terms) for line in lines]
    return sum(one.deposits - terms.asymmetry * (one.unresolved + one.recovered) for one in sums)


def close(one: float, other: float, lines: list[Line]) -> bool:
    scale = max([1.0, *(line.points for line in lines)]) * max(1, len(lines))
    return abs(one - other) <= 1e-9 * scale


@settings(max_examples=300)
@given(histories(), terms)
def test_the_balance_after_each_line_is_what_the_lines_until_then_weigh(entries: list[Entry], terms: Terms):
    lines = in_order(entries)
    found = balances_after(lines, terms)
    assert len(found) == len(lines)
    for place, line in enumerate(lines):
        assert close(found[place], weighed(lines[: place + 1], line.day, terms), lines)


@settings(max_examples=300)
@given(histories(), terms, st.lists(st.floats(0, 6000), min_size=1, max_size=12))
def test_the_curve_is_what_the_lines_weigh_on_each_day(entries: list[Entry], terms: Terms, days: list[float]):
    lines, days = in_order(entries), sorted(days)
    for day, balance in zip(days, balances_on(lines, days, terms), strict=True):
        assert close(balance, weighed([line for line in lines if line.day <= day], day, terms), lines)


@settings(max_examples=200)
@given(histories(), terms, st.floats(0, 2000))
def test_history_agrees_with_the_running_sums_and_with_recomputation(entries: list[Entry], terms: Terms, later: float):
    book, lines = booked(entries, terms), in_order(entries)
    if book.sums is None:
        return
    day = max(book.sums.day, *(one.day for one in entries)) + later
    (today,) = balances_on(lines, [day], terms)
    assert close(today, book.sums.balance(day, terms), lines)
    assert close(today, recompute(entries, day, terms).balance(day, terms), lines)
    assert close(today, sum(part.contribution for part in parts(lines, day, terms)), lines)


@settings(max_examples=200)
@given(histories(), terms, st.floats(0, 6000))
def test_what_a_line_contributes_is_points_times_asymmetry_times_fading(entries: list[Entry], terms: Terms, day: float):
    for part in parts(in_order(entries), day, terms):
        factor = 1.0 if part.line.kind is Kind.DEPOSIT else -terms.asymmetry
        points = 0.0 if part.line.void or part.age_days < 0 else part.line.points
        assert part.contribution == pytest.approx(points * factor * part.fading, rel=1e-9, abs=1e-9)


def test_a_wrong_weighs_as_open_until_it_is_made_good():
    lines = [
        Line(Kind.DEPOSIT, 0, 4),
        Line(Kind.WITHDRAWAL, 0, 4, recovered_day=540),
        Line(Kind.DEPOSIT, 540, 5),
    ]
    assert balances_after(lines, TERMS) == pytest.approx([4, -6, 0.5])  # 4 · 2^−3 − 10 · 2^−1 + 5
    assert balances_on(lines, [0, 539.999, 540, 720], TERMS) == pytest.approx([-6, -4.5, 0.5, 0.25], abs=1e-4)


def test_a_line_that_was_taken_back_leaves_the_balance_as_it_is():
    lines = [Line(Kind.DEPOSIT, 0, 4), Line(Kind.WITHDRAWAL, 180, 5, void=True), Line(Kind.DEPOSIT, 360, 1)]
    assert balances_after(lines, TERMS) == pytest.approx([4, 2, 2])


def test_nothing_has_happened_yet():
    assert balances_after([], TERMS) == []
    assert balances_on([], [1.0, 2.0], TERMS) == [0.0, 0.0]
    assert parts([], 1.0, TERMS) == []
