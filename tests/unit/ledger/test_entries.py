"""Entries: what one may say, and what it may not."""

from __future__ import annotations

import datetime as dt
from math import inf, nan
from uuid import UUID

import pytest

from touchbook.ledger.entries import Entry, Kind, day_of
from touchbook.ledger.terms import Terms

ONE, TWO, ALICE = UUID(int=1), UUID(int=2), UUID(int=3)


def test_a_day_is_counted_from_1970_whatever_the_offset():
    assert day_of(dt.datetime(1970, 1, 2, 12, 0, tzinfo=dt.UTC)) == 1.5
    assert day_of(dt.datetime(1970, 1, 2, 14, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))) == 1.5


@pytest.mark.parametrize("points", [-1.0, nan, inf])
def test_points_are_0_or_more(points: float):
    with pytest.raises(ValueError, match="points must be 0 or more"):
        Entry(ONE, ALICE, 0, Kind.DEPOSIT, points)


def test_a_day_is_a_number():
    with pytest.raises(ValueError, match="a day is a number"):
        Entry(ONE, ALICE, nan, Kind.DEPOSIT, 1)


def test_only_a_deposit_recovers():
    with pytest.raises(ValueError, match="only a deposit can recover"):
        Entry(ONE, ALICE, 0, Kind.WITHDRAWAL, 1, recovers=TWO)


def test_a_correction_carries_nothing_else():
    with pytest.raises(ValueError, match="a correction carries no points"):
        Entry(ONE, ALICE, 0, Kind.DEPOSIT, 1, corrects=TWO)
    with pytest.raises(ValueError, match="a correction carries no points"):
        Entry(ONE, ALICE, 0, Kind.DEPOSIT, 0, corrects=TWO, recovers=TWO)


@pytest.mark.parametrize("reference", [{"corrects": ONE}, {"recovers": ONE}])
def test_an_entry_does_not_refer_to_itself(reference: dict[str, UUID]):
    with pytest.raises(ValueError, match="cannot correct or recover itself"):
        Entry(ONE, ALICE, 0, Kind.DEPOSIT, 0, **reference)


@pytest.mark.parametrize("name", ["half_life_days", "unresolved_half_life_days", "asymmetry", "engaged_at"])
@pytest.mark.parametrize("value", [0, -1, nan, inf])
def test_terms_are_above_0(name: str, value: float):
    with pytest.raises(ValueError, match=f"{name} must be above 0"):
        Terms(**{name: value})


@pytest.mark.parametrize("value", [-0.1, 1.1, nan])
def test_a_witness_remembers_between_nothing_and_all(value: float):
    with pytest.raises(ValueError, match="witness must lie between 0 and 1"):
        Terms(witness=value)
