"""The accounts' running sums: brought up to date in the same transaction as the entries that change them.

``enter`` is the way in: it adds entries and posts them. A bulk of plain entries is folded by ``post_fresh`` without an
object a row; entries that correct or recover others go through ``post``, which reads the lines they touch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from touchbook.ledger.balance import Sums
from touchbook.ledger.book import lines_of
from touchbook.ledger.entries import Entry, Kind, day_of
from touchbook.ledger.terms import Terms
from touchbook.store.append import append, hold_arrivals, present, select_by_ids
from touchbook.store.models import Account
from touchbook.store.models import Entry as EntryRow
from touchbook.store.values import instant_of, uuid_of

ENTRY_COLUMNS = "id, account, at, kind, points, corrects, recovers, account_kind"
_ENTRY, _ACCOUNT = EntryRow._meta.db_table, Account._meta.db_table
_UPSERT = (
    f"INSERT INTO {_ACCOUNT} (id, kind, day, deposits, unresolved, recovered)",
    "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, day = excluded.day, deposits = excluded.deposits, "
    "unresolved = excluded.unresolved, recovered = excluded.recovered",
)
_CHUNK = 20_000
FreshEntry = tuple[UUID, str, float, str, float]  # account, its kind, day, deposit or withdrawal, points


def enter(columns: Sequence[str], rows: Sequence[Sequence[Any]], terms: Terms) -> int:
    """Add entries (see ``append``), keep their accounts' sums, and return how many were not there yet.

    The columns must have id, at, account, account_kind, kind and points; corrects and recovers where there are any.
    What an entry corrects or recovers must be there already or come with it.
    """
    place = {name: index for index, name in enumerate(columns)}
    with transaction.atomic(savepoint=False):
        hold_arrivals()
        known = present(EntryRow, [row[place["id"]] for row in rows])
        fresh = list({row[place["id"]]: row for row in rows if row[place["id"]] not in known}.values())
        append(EntryRow, columns, fresh)
        references = [place[name] for name in ("corrects", "recovers") if name in place]
        if any(row[index] is not None for row in fresh for index in references):
            post([row[place["id"]] for row in fresh], terms)
        else:
            names = ("account", "account_kind", "at", "kind", "points")
            account, account_kind, at, kind, points = (place[name] for name in names)
            post_fresh(
                ((row[account], row[account_kind], day_of(row[at]), row[kind], row[points]) for row in fresh), terms
            )
    return len(fresh)


def post_fresh(entries: Iterable[FreshEntry], terms: Terms) -> None:
    """Put brand-new entries, which neither correct nor recover anything, into their accounts' sums."""
    of_account: defaultdict[UUID, list[FreshEntry]] = defaultdict(list)
    for entry in entries:
        of_account[entry[0]].append(entry)
    fast, slow = -1.0 / terms.half_life_days, -1.0 / terms.unresolved_half_life_days
    changes: dict[UUID, tuple[str, Sums]] = {}
    for account, own in of_account.items():
        day = max(entry[2] for entry in own)
        deposits = unresolved = 0.0
        for _, _, on, kind, points in own:
            if kind == Kind.DEPOSIT:
                deposits += points * 2.0 ** ((day - on) * fast)
            else:
                unresolved += points * 2.0 ** ((day - on) * slow)
        changes[account] = (own[0][1], Sums(day, deposits, unresolved))
    add(changes, terms)


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
    add(changes, terms)


def add(changes: Mapping[UUID, tuple[str, Sums]], terms: Terms) -> None:
    """Add each account's change, as sums of any day, to its running sums; new accounts begin with theirs."""
    with transaction.atomic(savepoint=False):
        hold_arrivals()  # of two writers to one account the second reads what the first has written
        accounts = list(changes)
        for start in range(0, len(accounts), _CHUNK):
            chunk = accounts[start : start + _CHUNK]
            old = read(chunk)
            write(
                (account, changes[account][0], _total(old.get(account), changes[account][1], terms))
                for account in chunk
            )


def _total(old: Sums | None, change: Sums, terms: Terms) -> Sums:
    if old is None:
        return change
    day = max(old.day, change.day)
    one, other = old.at(day, terms), change.at(day, terms)
    return Sums(day, one.deposits + other.deposits, one.unresolved + other.unresolved, one.recovered + other.recovered)


def read(accounts: Iterable[UUID]) -> dict[UUID, Sums]:
    """The running sums of those *accounts* that have any."""
    query = f"SELECT id, day, deposits, unresolved, recovered FROM {_ACCOUNT} WHERE id"  # noqa: S608
    return {uuid_of(row[0]): Sums(*row[1:]) for row in select_by_ids(query, accounts)}


def write(rows: Iterable[tuple[UUID, str, Sums]]) -> None:
    """Set accounts' running sums."""
    values = [(account, kind, sums.day, sums.deposits, sums.unresolved, sums.recovered) for account, kind, sums in rows]
    if not values:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"{_UPSERT[0]} VALUES (%s, %s, %s, %s, %s, %s) {_UPSERT[1]}", _with_hex(values))
        else:
            unnest = (
                "SELECT * FROM unnest(%s::uuid[], %s::text[], %s::float8[], %s::float8[], %s::float8[], %s::float8[])"
            )
            cursor.execute(
                f"{_UPSERT[0]} {unnest} {_UPSERT[1]}", [list(column) for column in zip(*values, strict=True)]
            )


def _with_hex(values: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(account.hex, *others) for account, *others in values]


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


def entries_of(account: UUID) -> list[Entry]:
    """All entries of an account, in their order of arrival."""
    query = f"SELECT {ENTRY_COLUMNS} FROM {_ENTRY} WHERE account"  # noqa: S608
    return [entry_of(row) for row in select_by_ids(query, [account], "ORDER BY number")]


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
