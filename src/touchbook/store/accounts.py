"""The accounts' running sums: brought up to date in the same transaction as the entries that change them.

``enter`` is the way in: it adds entries and posts them. A bulk of plain entries is folded by ``post_fresh`` without an
object a row; entries that correct or recover others go through ``post``, which reads the lines they touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import transaction

from touchbook.ledger.balance import Sums
from touchbook.ledger.book import lines_of
from touchbook.ledger.entries import Entry, Kind, day_of
from touchbook.ledger.terms import Terms
from touchbook.store.append import append, hold_arrivals, present, select_by_ids
from touchbook.store.models import Account
from touchbook.store.models import Entry as EntryRow
from touchbook.store.plain import insert
from touchbook.store.values import digits_of, instant_of, uuid_of

ENTRY_COLUMNS = "id, account, at, kind, points, corrects, recovers, account_kind"
_ENTRY, _ACCOUNT = EntryRow._meta.db_table, Account._meta.db_table
_CHUNK = 20_000
_Columns = npt.NDArray[np.float64]
FreshEntry = tuple[str, str, float, str, float]  # account (digits), its kind, day, deposit or withdrawal, points


def enter(columns: Sequence[str], rows: Sequence[Sequence[Any]], terms: Terms, *, are_new: bool = False) -> int:
    """Add entries (see ``append``), keep their accounts' sums, and return how many were not there yet.

    The columns must have id, at, account, account_kind, kind and points; corrects and recovers where there are any.
    What an entry corrects or recovers must be there already or come with it. *are_new*: none of them is there, which
    need not be asked then.
    """
    place = {name: index for index, name in enumerate(columns)}
    with transaction.atomic(savepoint=False):
        hold_arrivals()
        known = set() if are_new else present(EntryRow, [row[place["id"]] for row in rows])
        fresh = list({row[place["id"]]: row for row in rows if row[place["id"]] not in known}.values())
        append(EntryRow, columns, fresh)
        references = [place[name] for name in ("corrects", "recovers") if name in place]
        if any(row[index] is not None for row in fresh for index in references):
            post([row[place["id"]] for row in fresh], terms)
        else:
            names = ("account", "account_kind", "at", "kind", "points")
            account, account_kind, at, kind, points = (place[name] for name in names)
            post_fresh(
                (
                    (digits_of(row[account]), row[account_kind], day_of(row[at]), row[kind], row[points])
                    for row in fresh
                ),
                terms,
            )
    return len(fresh)


def post_fresh(entries: Iterable[FreshEntry], terms: Terms) -> None:
    """Put brand-new entries, which neither correct nor recover anything, into their accounts' sums."""
    rows = list(entries)
    if not rows:
        return
    accounts, account_kinds, days, kinds, all_points = zip(*rows, strict=True)
    kind_of = dict(zip(accounts, account_kinds, strict=True))
    place_of = {account: place for place, account in enumerate(kind_of)}
    place = np.fromiter(map(place_of.__getitem__, accounts), np.int64, len(rows))
    day, points = np.array(days, dtype=np.float64), np.array(all_points, dtype=np.float64)
    latest = np.full(len(kind_of), -np.inf)
    np.maximum.at(latest, place, day)
    age = latest[place] - day
    is_deposit = np.fromiter(map(Kind.DEPOSIT.value.__eq__, kinds), np.bool_, len(rows))
    deposits = np.where(is_deposit, points * np.exp2(-age / terms.half_life_days), 0.0)
    unresolved = np.where(is_deposit, 0.0, points * np.exp2(-age / terms.unresolved_half_life_days))
    size = len(kind_of)
    sums = (latest, np.bincount(place, deposits, size), np.bincount(place, unresolved, size), np.zeros(size))
    _add(list(kind_of), list(kind_of.values()), np.column_stack(sums), terms)


def post(ids: Iterable[UUID], terms: Terms) -> None:
    """Put new entries of any sort, which were added before, into their accounts' sums.

    What they correct or recover is read with all that refers to it, so that each line's fate before and after is known.
    """
    new = set(ids)
    linked = related(new)
    before = lines_of(entry for entry, _ in linked.values() if entry.id not in new)
    changes: dict[UUID, tuple[str, Sums]] = {}
    for identifier, line in lines_of(entry for entry, _ in linked.values()).items():
        if line != before.get(identifier):
            entry, kind = linked[identifier]
            _, sums = changes.get(entry.account, (kind, Sums(line.day)))
            changes[entry.account] = (kind, sums.change(before.get(identifier), line, terms))
    if changes:
        accounts = [account.hex for account in changes]
        columns = [(sums.day, sums.deposits, sums.unresolved, sums.recovered) for _, sums in changes.values()]
        _add(accounts, [kind for kind, _ in changes.values()], np.array(columns), terms)


def _add(accounts: Sequence[str], kinds: Sequence[str], changes: _Columns, terms: Terms) -> None:
    """Add each account's change (n × day, deposits, unresolved, recovered) to its sums; new accounts begin with theirs.

    The arithmetic is that of ``ledger.balance.Sums.at``, for a whole batch.
    """
    with transaction.atomic(savepoint=False):
        hold_arrivals()  # of two writers to one account the second reads what the first has written
        for start in range(0, len(accounts), _CHUNK):
            part = slice(start, start + _CHUNK)
            kept = {digits_of(row[0]): row[1:] for row in _rows(accounts[part])}
            change = changes[part]
            old = np.array(
                [
                    kept.get(account) or (day, 0.0, 0.0, 0.0)
                    for account, day in zip(accounts[part], change[:, 0].tolist(), strict=True)
                ]
            )
            day = np.maximum(old[:, 0], change[:, 0])
            total = _at(old, day, terms) + _at(change, day, terms)
            write(zip(accounts[part], kinds[part], day.tolist(), *total.T.tolist(), strict=True))


def _at(sums: _Columns, day: npt.NDArray[np.float64], terms: Terms) -> _Columns:
    """Deposits, unresolved and recovered (n × 3), carried to other days."""
    elapsed = day - sums[:, 0]
    fast, slow = np.exp2(-elapsed / terms.half_life_days), np.exp2(-elapsed / terms.unresolved_half_life_days)
    return np.asarray(sums[:, 1:] * np.column_stack((fast, slow, fast)))


def read(accounts: Iterable[UUID]) -> dict[UUID, Sums]:
    """The running sums of those *accounts* that have any."""
    return {uuid_of(row[0]): Sums(*row[1:]) for row in _rows(accounts)}


def _rows(accounts: Iterable[UUID | str]) -> list[tuple[Any, ...]]:
    query = f"SELECT id, day, deposits, unresolved, recovered FROM {_ACCOUNT} WHERE id"  # noqa: S608
    return select_by_ids(query, accounts)


def write(rows: Iterable[tuple[UUID | str, str, float, float, float, float]]) -> None:
    """Set accounts' running sums; a row is id (or its digits), kind, day, deposits, unresolved, recovered."""
    names = ("kind", "day", "deposits", "unresolved", "recovered")
    ready = [(digits_of(row[0]), *row[1:]) for row in rows]
    keep = ", ".join(f"{name} = excluded.{name}" for name in names)
    insert(f"INSERT INTO {_ACCOUNT} (id, {', '.join(names)})", ready, f"ON CONFLICT (id) DO UPDATE SET {keep}")


def related(ids: Iterable[UUID]) -> dict[UUID, tuple[Entry, str]]:
    """The stored entries with these *ids*, and all that they are linked to by corrections and recoveries, however far.

    Each comes with the kind of its account.
    """
    found: dict[UUID, tuple[Entry, str]] = {}
    asked: set[UUID] = set()
    wanted = set(ids)
    while wanted:
        for column in ("id", "corrects", "recovers"):
            for row in select_by_ids(f"SELECT {ENTRY_COLUMNS} FROM {_ENTRY} WHERE {column}", wanted):  # noqa: S608
                entry = entry_of(row)
                found[entry.id] = (entry, row[-1])
        asked |= wanted
        named = {
            other for entry, _ in found.values() for other in (entry.corrects, entry.recovers) if other is not None
        }
        wanted = (named | set(found)) - asked
    return found


def entry_of(row: Sequence[Any]) -> Entry:
    """The ledger's entry of a row whose columns begin as ``ENTRY_COLUMNS`` do."""
    identifier, account, at, kind, points, corrects, recovers = row[:7]
    return Entry(
        uuid_of(identifier),
        uuid_of(account),
        day_of(instant_of(at)),
        Kind(kind),
        points,
        None if corrects is None else uuid_of(corrects),
        None if recovers is None else uuid_of(recovers),
    )
