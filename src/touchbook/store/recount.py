"""Recounting: the accounts' sums from the entries alone, streamed, to check the running ones or to build them anew.

Only corrections, recoveries and one small row an account are held in memory, so ten million entries are no trouble.
Ids stay as the driver gives them until something is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from touchbook.ledger.balance import Sums
from touchbook.ledger.book import stands
from touchbook.ledger.entries import Kind, day_of
from touchbook.ledger.terms import Terms
from touchbook.store.accounts import write
from touchbook.store.append import hold_arrivals
from touchbook.store.models import Account, Entry
from touchbook.store.values import instant_of, uuid_of

TOLERANCE = 1e-9  # relative to the larger of 1, what is compared, and what the account held
_ENTRY, _ACCOUNT = Entry._meta.db_table, Account._meta.db_table
RawId = Any  # a UUID, or its 32 digits: whatever the driver gives


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An account whose running sums are not what its entries add up to."""

    account: UUID
    kept: Sums
    counted: Sums


@dataclass(frozen=True, slots=True)
class Counted:
    """An account's kind, its sums from the entries alone, and the points it would hold had nothing been taken back."""

    kind: str
    sums: Sums
    held: float


def disagreements(terms: Terms) -> tuple[int, list[Disagreement]]:
    """How many accounts there are, and those whose running sums differ from their entries', as of one instant."""
    with _snapshot():
        query = f"SELECT id, day, deposits, unresolved, recovered FROM {_ACCOUNT}"  # noqa: S608
        kept = {row[0]: Sums(*row[1:]) for row in _stream(query)}
        counted = _count(terms, lambda account: kept[account].day if account in kept else 0.0)
    differing = []
    for account in kept.keys() | counted.keys():
        day = kept[account].day if account in kept else 0.0
        one = counted.get(account, Counted("", Sums(day), 0.0))
        if not agree(kept.get(account, Sums(day)), one.sums, one.held) or account not in kept:
            differing.append(Disagreement(uuid_of(account), kept.get(account, Sums(day)), one.sums))
    return len(kept.keys() | counted.keys()), differing


def agree(one: Sums, other: Sums, held: float = 0.0) -> bool:
    """Whether two sums of the same day are the same to 1e-9.

    *held* is what the account would hold had nothing been taken back. A sum has the rounding of the largest it was
    made from: what came of millions of points of which all but one were taken back is not known to 1e-9 of that one.
    """
    pairs = ((one.deposits, other.deposits), (one.unresolved, other.unresolved), (one.recovered, other.recovered))
    return all(abs(left - right) <= TOLERANCE * max(1.0, abs(left), abs(right), held) for left, right in pairs)


def rebuild(terms: Terms) -> int:
    """Replace all running sums by what the entries add up to, and return the number of accounts."""
    with transaction.atomic(savepoint=False):
        hold_arrivals()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max(at) FROM {_ENTRY}")  # noqa: S608
            (latest,) = cursor.fetchone()
            cursor.execute(f"DELETE FROM {_ACCOUNT}")  # noqa: S608
        if latest is None:
            return 0
        last_day = day_of(instant_of(latest))
        counted = _count(terms, lambda _: last_day)
        write(
            (uuid_of(account), one.kind, one.sums.day, one.sums.deposits, one.sums.unresolved, one.sums.recovered)
            for account, one in counted.items()
        )
        return len(counted)


def _count(terms: Terms, day_for: Callable[[RawId], float]) -> dict[RawId, Counted]:
    """What every account's entries alone come to, each as of the day that *day_for* names."""
    weightless, recovered_days = _fates()
    fast, slow = -1.0 / terms.half_life_days, -1.0 / terms.unresolved_half_life_days
    slowest = max(fast, slow)
    totals: dict[RawId, list[Any]] = {}
    query = f"SELECT id, account, account_kind, at, kind, points FROM {_ENTRY} WHERE corrects IS NULL"  # noqa: S608
    for identifier, account, account_kind, at, kind, points in _stream(query):
        total = totals.get(account)
        if total is None:
            total = totals[account] = [day_for(account), 0.0, 0.0, 0.0, 0.0, account_kind]
        day, on = total[0], _day(at)
        total[4] += points * 2.0 ** ((day - on) * slowest)
        if identifier in weightless:
            continue
        if kind == Kind.DEPOSIT:
            total[1] += points * 2.0 ** ((day - on) * fast)
        elif identifier not in recovered_days:
            total[2] += points * 2.0 ** ((day - on) * slow)
        else:
            closed = max(recovered_days[identifier], on)
            total[3] += points * 2.0 ** ((closed - on) * slow) * 2.0 ** ((day - closed) * fast)
    return {account: Counted(total[5], Sums(*total[:4]), total[4]) for account, total in totals.items()}


def _fates() -> tuple[set[RawId], dict[RawId, float]]:
    """The entries that weigh nothing, and the days from which withdrawals are recovered; see ``ledger.book``."""
    corrections: defaultdict[RawId, list[RawId]] = defaultdict(list)
    recoveries: list[tuple[RawId, float, RawId]] = []
    query = f"SELECT id, at, corrects, recovers FROM {_ENTRY} WHERE corrects IS NOT NULL OR recovers IS NOT NULL"  # noqa: S608
    for identifier, at, corrects, recovers in _stream(query):
        if corrects is not None:
            corrections[corrects].append(identifier)
        if recovers is not None:
            recoveries.append((recovers, _day(at), identifier))
    void = {identifier for identifier in list(corrections) if not stands(identifier, corrections)}
    days: dict[RawId, float] = {}
    spent: set[RawId] = set()  # recoveries of what is no wrong, or was made good before
    for withdrawal, day, recovery in sorted(recoveries):
        if recovery in void:
            continue
        if withdrawal in days or withdrawal in void:
            spent.add(recovery)
        days.setdefault(withdrawal, day)
    return void | spent, days


def _day(raw: str | datetime) -> float:
    return day_of(instant_of(raw))


def _stream(query: str) -> Iterator[tuple[Any, ...]]:
    """A query's rows, without holding them all."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(10_000):
            yield from rows


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read all as of one instant, without keeping writers waiting."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("COMMIT")
