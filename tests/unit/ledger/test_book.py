"""The book: whatever arrives, in whatever order, running sums and recomputed sums agree to 1e-9."""

from __future__ import annotations

import random
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchbook.ledger.balance import Sums
from touchbook.ledger.book import Book, lines_of, recompute
from touchbook.ledger.entries import Entry, Kind, Line
from touchbook.ledger.terms import Terms

ALICE = UUID(int=1)
DEPOSIT, WITHDRAWAL = Kind.DEPOSIT, Kind.WITHDRAWAL
TERMS = Terms()


def entry(
    number: int, day: float, kind: Kind, points: float = 0.0, corrects: int | None = None, recovers: int | None = None
) -> Entry:
    """An entry whose id, and those it refers to, are small numbers."""
    ids = [None if value is None else UUID(int=100 + value) for value in (corrects, recovers)]
    return Entry(UUID(int=100 + number), ALICE, day, kind, points, ids[0], ids[1])


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Entries of one account that correct and recover one another in any way, sensible or not, in any order."""
    count = draw(st.integers(1, 14))
    day = st.floats(0, 4000, allow_nan=False)
    points = st.one_of(st.integers(1, 5).map(float), st.floats(0, 200))
    entries = []
    for number in range(count):
        others = st.sampled_from([other for other in range(-1, count) if other != number])  # -1 never arrives
        role = draw(st.sampled_from(["plain", "plain", "withdrawal", "correction", "recovery"]))
        if role == "correction":
            entries.append(entry(number, draw(day), DEPOSIT, corrects=draw(others)))
        elif role == "recovery":
            entries.append(entry(number, draw(day), DEPOSIT, draw(points), recovers=draw(others)))
        else:
            entries.append(entry(number, draw(day), WITHDRAWAL if role == "withdrawal" else DEPOSIT, draw(points)))
    return draw(st.permutations(entries))


terms = st.builds(
    Terms,
    half_life_days=st.floats(0.5, 2000),
    unresolved_half_life_days=st.floats(0.5, 2000),
    asymmetry=st.floats(1, 5),
)


def agree(one: Sums, other: Sums, tolerance: float = 1e-9) -> bool:
    pairs = ((one.deposits, other.deposits), (one.unresolved, other.unresolved), (one.recovered, other.recovered))
    return all(abs(left - right) <= tolerance * max(1.0, abs(left), abs(right)) for left, right in pairs)


def booked(entries: list[Entry], terms: Terms) -> Book:
    book = Book(terms)
    for one in entries:
        book.post(one)
    return book


@settings(max_examples=300)
@given(histories(), terms, st.floats(0, 2000))
def test_running_and_recomputed_sums_agree(entries: list[Entry], terms: Terms, later: float):
    book = booked(entries, terms)
    if book.sums is None:
        assert all(one.corrects is not None for one in entries)
        return
    day = max(book.sums.day, *(one.day for one in entries)) + later
    assert agree(book.sums.at(day, terms), recompute(entries, day, terms))
    assert book.lines == lines_of(entries)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_makes_no_difference(entries: list[Entry], chance: random.Random):
    shuffled = entries.copy()
    chance.shuffle(shuffled)
    one, other = booked(entries, TERMS), booked(shuffled, TERMS)
    assert one.lines == other.lines
    if one.sums and other.sums:
        day = max(one.sums.day, other.sums.day)
        assert agree(one.sums.at(day, TERMS), other.sums.at(day, TERMS))


@given(histories())
def test_what_arrives_twice_counts_once(entries: list[Entry]):
    once, twice = booked(entries, TERMS), booked([one for one in entries for _ in range(2)] + entries, TERMS)
    assert once.sums == twice.sums
    assert once.lines == twice.lines


@given(histories(), st.integers(0, 13))
def test_taking_an_entry_back_is_as_if_it_had_never_been(entries: list[Entry], choice: int):
    wrong = entries[choice % len(entries)]
    if wrong.corrects is not None or any(one.corrects == wrong.id for one in entries):
        return
    correction = Entry(UUID(int=999), ALICE, 4000.0, DEPOSIT, 0.0, corrects=wrong.id)
    # What was given back for it was given for nothing.
    rest = [replace(one, points=0.0) if one.recovers == wrong.id else one for one in entries if one is not wrong]
    assert agree(recompute([*entries, correction], 4000.0, TERMS), recompute(rest, 4000.0, TERMS))


def test_a_correction_of_a_correction_reinstates():
    book = booked([entry(1, 0, DEPOSIT, 4), entry(2, 1, DEPOSIT, corrects=1)], TERMS)
    assert book.lines[UUID(int=101)].void
    book.post(entry(3, 2, DEPOSIT, corrects=2))
    assert not book.lines[UUID(int=101)].void
    assert book.sums is not None
    assert book.sums.balance(180, TERMS) == pytest.approx(2.0)


def test_a_correction_of_a_recovery_opens_the_withdrawal_again():
    book = booked([entry(1, 0, WITHDRAWAL, 4), entry(2, 10, DEPOSIT, 5, recovers=1)], TERMS)
    assert book.lines[UUID(int=101)].recovered_day == 10
    book.post(entry(3, 20, DEPOSIT, corrects=2))
    assert book.lines[UUID(int=101)] == Line(WITHDRAWAL, 0, 4)
    assert book.sums is not None
    assert book.sums.balance(540, TERMS) == pytest.approx(-2.5 * 2.0)


def test_the_earliest_recovery_that_stands_counts():
    withdrawal, later, earlier = (
        entry(1, 0, WITHDRAWAL, 4),
        entry(2, 20, DEPOSIT, 1, recovers=1),
        entry(3, 10, DEPOSIT, 1, recovers=1),
    )
    book = booked([later, withdrawal, earlier], TERMS)
    assert book.lines[withdrawal.id].recovered_day == 10
    book.post(entry(4, 30, DEPOSIT, corrects=3))
    assert book.lines[withdrawal.id].recovered_day == 20


def test_a_wrong_is_made_good_once_whatever_becomes_of_the_corrections():
    """Made good, taken back, made good again, and then the taking back was the mistake."""
    book = booked([entry(1, 0, WITHDRAWAL, 4), entry(2, 0, DEPOSIT, 9.99, recovers=1)], TERMS)
    book.post(entry(3, 1, DEPOSIT, corrects=2))
    book.post(entry(4, 1, DEPOSIT, 9.97, recovers=1))
    book.post(entry(5, 2, DEPOSIT, corrects=3))
    assert (book.lines[UUID(int=102)].points, book.lines[UUID(int=104)].points) == (9.99, 0)
    assert book.sums is not None
    assert book.sums.balance(2, TERMS) == pytest.approx(9.99 * 2 ** (-2 / 180) - 10 * 2 ** (-2 / 180))
    book.post(entry(6, 3, DEPOSIT, corrects=5))  # no, it was not: the second one carries its points again
    assert (book.lines[UUID(int=102)].void, book.lines[UUID(int=104)].points) == (True, 9.97)


def test_what_was_no_wrong_is_not_made_good():
    """Made good to Alice, who turns out to be somebody else."""
    book = booked([entry(1, 0, WITHDRAWAL, 4), entry(2, 0, DEPOSIT, 10, recovers=1)], TERMS)
    book.post(entry(3, 1, WITHDRAWAL, corrects=1))
    assert book.sums is not None
    assert book.sums.balance(1, TERMS) == pytest.approx(0)
    assert book.lines[UUID(int=102)] == Line(DEPOSIT, 0, 0)  # it happened, and weighs nothing
    book.post(entry(4, 2, WITHDRAWAL, corrects=3))
    assert book.lines[UUID(int=102)].points == 10


@given(histories(), terms)
def test_making_good_gives_the_points_of_one_recovery_at_most(entries: list[Entry], terms: Terms):
    book = booked(entries, terms)
    for wrong in {one.recovers for one in entries if one.recovers is not None}:
        given_back = [book.lines[one.id] for one in entries if one.recovers == wrong]
        assert sum(line.points > 0 and not line.void for line in given_back) <= 1


def test_a_recovery_dated_before_its_withdrawal_counts_from_the_withdrawal():
    assert (
        booked([entry(1, 30, WITHDRAWAL, 4), entry(2, 10, DEPOSIT, 1, recovers=1)], TERMS)
        .lines[UUID(int=101)]
        .recovered_day
        == 30
    )


def test_what_refers_to_an_entry_waits_for_it():
    book = booked([entry(2, 5, DEPOSIT, corrects=1)], TERMS)
    assert book.sums is None
    book.post(entry(1, 0, DEPOSIT, 4))
    assert book.lines[UUID(int=101)].void


@pytest.mark.parametrize(
    "circle",
    [
        [entry(1, 0, DEPOSIT, corrects=2), entry(2, 1, DEPOSIT, corrects=1)],
        [entry(1, 0, DEPOSIT, corrects=2), entry(2, 1, DEPOSIT, corrects=3), entry(3, 1, DEPOSIT, corrects=1)],
        [entry(1, 0, DEPOSIT, 3, recovers=2), entry(2, 1, DEPOSIT, 2, recovers=1)],
        [entry(1, 0, DEPOSIT, corrects=2), entry(2, 1, DEPOSIT, 2, recovers=1)],
    ],
    ids=["two corrections", "three corrections", "two recoveries", "a recovery and its correction"],
)
def test_entries_that_refer_to_each_other_in_a_circle_end(circle: list[Entry]):
    other = entry(9, 2, DEPOSIT, 5)
    book = booked([*circle, other], TERMS)
    assert book.sums is not None
    assert agree(book.sums, recompute([*circle, other], book.sums.day, TERMS))
    assert not book.lines[other.id].void


def test_a_very_long_chain_of_corrections_ends():
    chain = [entry(0, 0, DEPOSIT, 5)] + [entry(n, n, DEPOSIT, corrects=n - 1) for n in range(1, 5000)]
    lines = lines_of(chain)
    assert lines == {UUID(int=100): Line(DEPOSIT, 0, 5, void=True)}
    book = booked(list(reversed(chain)), TERMS)
    assert book.lines == lines


def test_nothing_but_zero_is_left_when_all_is_taken_back():
    entries = [entry(n, n * 3.7, (DEPOSIT, WITHDRAWAL)[n % 2], 1 + n % 5) for n in range(50)]
    book = booked([*entries, *(entry(1000 + n, 200 + n, DEPOSIT, corrects=n) for n in range(50))], TERMS)
    assert book.sums is not None
    assert agree(book.sums, Sums(book.sums.day), 1e-12)
