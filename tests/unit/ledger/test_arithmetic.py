"""The published arithmetic, by hand, on numbers that one can follow: half-life 180 days, unresolved 540, asymmetry 2.5."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchbook.ledger.balance import Standing, Sums, standing, weigh
from touchbook.ledger.entries import Kind, Line
from touchbook.ledger.recovery import recoverable
from touchbook.ledger.terms import Terms
from touchbook.ledger.witnesses import house_points, known_points

TERMS = Terms()
DEPOSIT, WITHDRAWAL = Kind.DEPOSIT, Kind.WITHDRAWAL


def balance(day: float, *lines: Line) -> float:
    sums = Sums(0.0)
    for line in lines:
        sums = sums.change(None, line, TERMS)
    return sums.balance(day, TERMS)


def test_a_deposit_weighs_half_after_180_days_and_a_quarter_after_360():
    assert balance(0, Line(DEPOSIT, 0, 4)) == 4
    assert balance(180, Line(DEPOSIT, 0, 4)) == 2
    assert balance(360, Line(DEPOSIT, 0, 4)) == 1


def test_a_withdrawal_weighs_two_and_a_half_times_and_fades_three_times_as_slowly():
    assert balance(0, Line(WITHDRAWAL, 0, 4)) == -10
    assert balance(540, Line(WITHDRAWAL, 0, 4)) == -5


def test_from_its_recovery_on_a_withdrawal_fades_as_fast_as_a_deposit():
    closed = Line(WITHDRAWAL, 0, 4).recovered(540)
    assert balance(540, closed) == -5
    assert balance(720, closed) == -2.5


def test_deposits_and_withdrawals_add_up():
    lines = (Line(DEPOSIT, 0, 2), Line(DEPOSIT, 180, 3), Line(WITHDRAWAL, 0, 1))
    # On day 180: 2 halved, 3 fresh, and 2.5 × 1 after a third of its half-life.
    assert balance(180, *lines) == pytest.approx(1 + 3 - 2.5 * 2 ** (-1 / 3))


def test_what_was_corrected_weighs_nothing():
    assert weigh(Line(DEPOSIT, 0, 4, void=True), 10, TERMS) == Sums(10)


def test_sums_go_from_one_day_to_another_and_back():
    sums = Sums(0, 4, 2, 1)
    assert sums.at(90, TERMS).deposits == pytest.approx(4 / sqrt(2))
    there_and_back = sums.at(90, TERMS).at(0, TERMS)
    assert (there_and_back.deposits, there_and_back.unresolved) == pytest.approx((4, 2))


@pytest.mark.parametrize(
    ("points", "referrals", "expected"),
    [(-0.1, 3, "overdrawn"), (0, 0, "neutral"), (9.9, 1, "neutral"), (10, 0, "engaged"), (10, 1, "advocate")],
)
def test_standing(points: float, referrals: int, expected: str):
    assert standing(points, referrals, TERMS) == Standing(expected)


def test_witnesses():
    assert known_points(5, TERMS) == 2
    assert house_points(5, 3, TERMS) == 6
    with pytest.raises(ValueError, match="0 or more, not -1"):
        house_points(5, -1, TERMS)


def test_a_recovery_gives_back_at_most_what_the_withdrawal_still_weighs():
    assert recoverable(Line(WITHDRAWAL, 0, 4), 0, [], TERMS) == 10
    assert recoverable(Line(WITHDRAWAL, 0, 4), 540, [], TERMS) == 5


def test_it_gives_back_half_when_the_same_touchpoint_failed_within_90_days():
    line = Line(WITHDRAWAL, 100, 4)
    assert recoverable(line, 100, [Line(WITHDRAWAL, 10, 1)], TERMS) == 5
    assert recoverable(line, 100, [Line(WITHDRAWAL, 9, 1)], TERMS) == 10  # 91 days before
    assert recoverable(line, 100, [Line(DEPOSIT, 90, 1)], TERMS) == 10
    assert recoverable(line, 100, [Line(WITHDRAWAL, 90, 1, void=True)], TERMS) == 10
    assert recoverable(line, 100, [Line(WITHDRAWAL, 90, 1).recovered(95)], TERMS) == 5  # made good, but it did fail
    assert recoverable(line, 100, [Line(WITHDRAWAL, 120, 1)], TERMS) == 10  # not known yet


@pytest.mark.parametrize(
    "line",
    [
        Line(DEPOSIT, 0, 4),
        Line(WITHDRAWAL, 0, 4, void=True),
        Line(WITHDRAWAL, 0, 4).recovered(2),
        Line(WITHDRAWAL, 6, 4),
    ],
    ids=["a deposit", "corrected away", "recovered already", "not yet happened"],
)
def test_nothing_else_can_be_recovered(line: Line):
    assert recoverable(line, 5, [], TERMS) == 0


@given(
    points=st.floats(0, 100),
    at=st.floats(0, 3000),
    wait=st.floats(0, 3000),
    later=st.floats(0, 3000),
    asymmetry=st.floats(1, 5),
    half_life=st.floats(1, 600),
    slower=st.floats(1, 10),
)
def test_a_recovery_never_raises_the_balance_by_more_than_the_withdrawal_weighed(
    points: float, at: float, wait: float, later: float, asymmetry: float, half_life: float, slower: float
):
    terms = Terms(half_life, half_life * slower, asymmetry)
    day = at + wait
    open_line = Line(WITHDRAWAL, at, points)
    given_back = recoverable(open_line, day, [], terms)
    silent = Sums(at).change(None, open_line, terms)
    recovered = silent.change(open_line, open_line.recovered(day), terms).change(
        None, Line(DEPOSIT, day, given_back), terms
    )
    weighed = terms.asymmetry * weigh(open_line, day, terms).unresolved
    assert recovered.balance(day, terms) - silent.balance(day, terms) <= weighed + 1e-9
    # Nor does it ever leave a customer better off than if nothing had gone wrong.
    assert recovered.balance(day + later, terms) <= 1e-9 * max(1.0, weighed)
