"""Accounts keep their sums with every entry, whatever it corrects or recovers, and can be counted anew."""

from __future__ import annotations

import datetime as dt
import random
import threading
from uuid import UUID

import pytest
from django.db import connection, transaction

from touchbook.kernel.ids import mint
from touchbook.ledger.balance import Sums
from touchbook.ledger.book import Book
from touchbook.ledger.entries import day_of
from touchbook.ledger.terms import Terms
from touchbook.store.accounts import enter, read, related
from touchbook.store.append import append
from touchbook.store.models import Account, Entry
from touchbook.store.recount import agree, disagreements, rebuild

TERMS = Terms()
START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
ALICE, BOB, GATE = UUID(int=1), UUID(int=2), UUID(int=3)
COLUMNS = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points", "corrects", "recovers")
Row = tuple[object, ...]


def row(
    day: float,
    kind: str,
    points: float,
    account: UUID = ALICE,
    corrects: object = None,
    recovers: object = None,
) -> Row:
    at = START + dt.timedelta(days=day)
    return (mint(at), at, GATE, account, "customer", GATE, kind, points, corrects, recovers)


def balance(account: UUID, day: float) -> float:
    return read([account])[account].balance(day_of(START) + day, TERMS)


def test_a_new_account_begins_with_its_first_entry(database: str):
    assert enter(COLUMNS, [row(0, "deposit", 4), row(0, "withdrawal", 1, BOB)], TERMS) == 2
    assert balance(ALICE, 180) == pytest.approx(2)
    assert balance(BOB, 0) == pytest.approx(-2.5)
    assert Account.objects.get(id=ALICE).kind == "customer"
    assert read([GATE]) == {}


def test_an_entry_counts_once_however_often_it_comes(database: str):
    late = row(5, "deposit", 4)
    assert enter(COLUMNS, [late, late], TERMS) == 1
    assert enter(COLUMNS, [late], TERMS) == 0
    assert enter(COLUMNS, [row(2, "deposit", 1), late], TERMS) == 1
    assert balance(ALICE, 5) == pytest.approx(4 + 2 ** (-3 / 180))
    assert read([ALICE])[ALICE].day == day_of(START) + 5  # what comes late does not turn the day back


def test_corrections_and_recoveries_change_the_sums_of_what_they_refer_to(database: str):
    failed = row(0, "withdrawal", 4)
    enter(COLUMNS, [failed], TERMS)
    recovery = row(540, "deposit", 3, recovers=failed[0])
    enter(COLUMNS, [recovery], TERMS)
    assert balance(ALICE, 720) == pytest.approx(3 / 2 - 2.5 * 1)
    mistaken = row(720, "deposit", 0, corrects=recovery[0])
    enter(COLUMNS, [mistaken], TERMS)
    assert balance(ALICE, 1080) == pytest.approx(-2.5 * 1)
    enter(COLUMNS, [row(730, "deposit", 0, corrects=mistaken[0])], TERMS)
    assert balance(ALICE, 720) == pytest.approx(3 / 2 - 2.5 * 1)
    enter(COLUMNS, [row(740, "deposit", 0, corrects=failed[0])], TERMS)
    assert balance(ALICE, 740) == pytest.approx(0, abs=1e-9)  # nothing to make good, nothing made good
    assert disagreements(TERMS) == (1, [])


def some_history(chance: random.Random, count: int, accounts: list[UUID]) -> list[Row]:
    """Rows of several accounts that correct and recover earlier ones of the same account, in a likely order."""
    rows: list[Row] = []
    corrected: set[object] = set()
    for _ in range(count):
        day, role = chance.uniform(0, 900), chance.random()
        account = chance.choice(accounts)
        own = [one for one in rows if one[3] == account]
        free = [one for one in own if one[0] not in corrected]
        if role < 0.2 and free:
            wrong = chance.choice(free)
            corrected.add(wrong[0])
            rows.append(row(day, "deposit", 0.0, account, corrects=wrong[0]))
        elif role < 0.4 and (failed := [one for one in own if one[6] == "withdrawal"]):
            rows.append(row(day, "deposit", chance.uniform(0, 9), account, recovers=chance.choice(failed)[0]))
        else:
            rows.append(row(day, chance.choice(("deposit", "withdrawal")), chance.uniform(0, 5), account))
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_any_history_in_any_batches_agrees_with_the_book_and_with_a_recount(database: str, seed: int):
    chance = random.Random(seed)
    accounts = [UUID(int=10 + number) for number in range(4)]
    rows = some_history(chance, 120, accounts)
    start = 0
    while start < len(rows):
        size = chance.choice((1, 2, 7, 30))
        enter(COLUMNS, rows[max(0, start - 2) : start + size], TERMS)  # two come again every time
        start += size
    assert disagreements(TERMS) == (4, [])
    for account in accounts:
        book = Book(TERMS)
        for entry, _ in related(Entry.objects.filter(account=account).values_list("id", flat=True)).values():
            book.post(entry)
        kept = read([account])[account]
        assert book.sums is not None
        assert agree(kept, book.sums.at(kept.day, TERMS))


def test_a_recount_finds_what_is_wrong_and_a_rebuild_mends_it(database: str):
    enter(COLUMNS, [row(0, "deposit", 4), row(3, "withdrawal", 2), row(0, "deposit", 1, BOB)], TERMS)
    right = {account: balance(account, 10) for account in (ALICE, BOB)}
    Account.objects.filter(id=ALICE).update(deposits=4 + 1e-7)
    Account.objects.filter(id=BOB).delete()
    number, wrong = disagreements(TERMS)
    assert (number, {one.account for one in wrong}) == (2, {ALICE, BOB})
    assert rebuild(TERMS) == 2
    assert disagreements(TERMS) == (2, [])
    assert {account: pytest.approx(balance(account, 10)) for account in (ALICE, BOB)} == right


def test_an_account_of_which_millions_were_taken_back_adds_up(database: str):
    """A house account of a stadium: sums that cancel keep the rounding of what they were made from."""
    chance = random.Random(1)
    rows = [row(chance.uniform(0, 700), "withdrawal", chance.uniform(16_000, 80_000), GATE) for _ in range(300)]
    for one in rows:
        enter(COLUMNS, [one], TERMS)
    back = [row(700, "withdrawal", 0, GATE, corrects=one[0]) for one in rows]
    for one in back:
        enter(COLUMNS, [one], TERMS)
    assert 1e-9 < abs(read([GATE])[GATE].unresolved) < 1e-6
    assert disagreements(TERMS) == (1, [])
    Account.objects.filter(id=GATE).update(deposits=1.0)
    assert [one.account for one in disagreements(TERMS)[1]] == [GATE]


def test_sums_of_an_account_without_entries_are_found(database: str):
    Account.objects.create(id=BOB, kind="customer", day=20_000.0, deposits=3.0)
    assert [one.account for one in disagreements(TERMS)[1]] == [BOB]
    assert rebuild(TERMS) == 0
    assert not Account.objects.exists()


def test_two_writers_to_one_account_lose_nothing(database: str):
    connection.close()
    together = threading.Barrier(4)
    errors: list[BaseException] = []

    def write() -> None:
        try:
            together.wait()
            for number in range(15):
                enter(COLUMNS, [row(number, "deposit", 1), row(number, "withdrawal", 1, BOB)], TERMS)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Entry.objects.count() == 120
    assert disagreements(TERMS) == (2, [])


def test_arrival_numbers_become_visible_in_their_order(postgresql: str):
    """The lake reads on from the highest number that it saw: nothing with a lower one may appear later."""
    first_has_written, second_is_waiting = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            append(Entry, COLUMNS, [row(0, "deposit", 1)])
            first_has_written.set()
            second_is_waiting.wait(5)
        connection.close()

    def second() -> None:
        first_has_written.wait(5)
        append(Entry, COLUMNS, [row(0, "deposit", 2, BOB)])
        connection.close()

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    first_has_written.wait(5)
    threads[1].join(0.2)
    assert threads[1].is_alive()
    assert list(Entry.objects.values_list("number", flat=True)) == []
    second_is_waiting.set()
    for thread in threads:
        thread.join()
    assert list(Entry.objects.order_by("number").values_list("points", flat=True)) == [1, 2]


def test_when_something_fails_neither_entries_nor_sums_stay(database: str):
    enter(COLUMNS, [row(0, "deposit", 1)], TERMS)
    before = read([ALICE])
    with transaction.atomic():
        enter(COLUMNS, [row(1, "deposit", 1)], TERMS)
        transaction.set_rollback(True)  # as when a workflow fails after this
    assert Entry.objects.count() == 1
    assert read([ALICE]) == before


def test_sums_of_different_days_do_not_agree_by_chance():
    assert not agree(Sums(0, 1.0), Sums(0, 1.0 + 3e-9))
    assert agree(Sums(0, 1e6), Sums(0, 1e6 + 5e-4))
    assert agree(Sums(0, 0.0), Sums(0, 5e-4), held=1e6)
    assert not agree(Sums(0, 0.0), Sums(0, 5e-3), held=1e6)
