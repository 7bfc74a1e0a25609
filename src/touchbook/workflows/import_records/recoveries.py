"""Rows that make an earlier moment good: which withdrawals they close, and how much they may give back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from touchbook.kernel.ids import derive
from touchbook.kernel.language import say
from touchbook.ledger.book import lines_of
from touchbook.ledger.entries import Entry, Kind, day_of
from touchbook.ledger.recovery import recoverable
from touchbook.ledger.terms import Terms
from touchbook.store.accounts import ENTRY_COLUMNS, entry_of
from touchbook.store.append import select_by_ids
from touchbook.store.models import Entry as EntryRow
from touchbook.store.values import digits_of
from touchbook.workflows.import_records.batches import Keys
from touchbook.workflows.import_records.records import MomentRecord
from touchbook.workflows.import_records.values import BadValue, shown

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGEST = slice(12, None)  # the digits of a derived id that do not depend on its instant


@dataclass(frozen=True, slots=True)
class PageLine:
    """One entry on a customer's page, with the moment and the touchpoint (32 digits each) that it belongs to."""

    entry: Entry
    moment: str
    touchpoint: str


@dataclass(frozen=True, slots=True)
class OpenWithdrawal:
    """A withdrawal (32 digits) to be made good, and the most points that doing so may deposit."""

    id: str
    points_max: float


class Recoveries:
    """The pages of the customers whose moments a batch makes good."""

    def __init__(self, keys: Keys, terms: Terms) -> None:
        self._keys, self._terms = keys, terms
        self._pages: defaultdict[str, list[PageLine]] = defaultdict(list)

    def look_up(self, customers: Iterable[str]) -> None:
        """Read the pages of *customers*."""
        query = (
            f"SELECT {ENTRY_COLUMNS}, moment, touchpoint "  # noqa: S608
            f"FROM {EntryRow._meta.db_table} WHERE account"
        )
        for row in select_by_ids(query, [one for one in dict.fromkeys(customers) if one not in self._pages]):
            self.note(PageLine(entry_of(row), *map(digits_of, row[-2:])))

    def note(self, line: PageLine) -> None:
        """Put a new entry on its page, so that a later row can make it good."""
        self._pages[line.entry.account.hex].append(line)

    def forget(self) -> None:
        """Let go of all pages: the database has them."""
        self._pages.clear()

    @staticmethod
    def in_order(batch: Sequence[MomentRecord]) -> list[MomentRecord]:
        """Recoveries last and the earliest first: an export may have the newest row on top."""
        return sorted(batch, key=lambda record: (bool(record.recovers), record.at if record.recovers else _EPOCH))

    def open_withdrawals(
        self, record: MomentRecord, customer: str | None, waiting: dict[str, str]
    ) -> list[OpenWithdrawal]:
        """The withdrawals that a record makes good.

        *waiting* says of this batch's records which key each makes good. Raises ``BadValue``, without a column, when
        there is nothing to make good.
        """
        name = shown(record.recovers)
        if _goes_round(record, waiting):
            what = say("'%(name)s' is made good by a row that this row makes good itself", name=name)
            raise BadValue(what, say("break the circle"))
        import_id = self._keys.import_of(record.recovers)
        if import_id is None:
            remedy = say(
                "correct the id; where its row is further down, as in newest-first exports, import the file again"
            )
            raise BadValue(say("no earlier moment has the id '%(name)s'", name=name), remedy)
        if not record.identifiers:
            what = say("'%(name)s' is made good without a customer", name=name)
            raise BadValue(what, say("fill in whose moment it was"))
        digest = derive(_EPOCH, import_id, record.recovers).hex[_DIGEST]
        page = self._pages[customer] if customer is not None else []
        own = [line for line in page if line.moment[_DIGEST] == digest]
        if not own:
            what = say("'%(name)s' is not a moment of this customer", name=name)
            raise BadValue(what, say("correct the id, or the customer"))
        lines = lines_of(line.entry for line in page)
        day = day_of(record.at)
        if any(line.entry.day > day for line in own):
            what = say("'%(name)s' happened after this row", name=name)
            raise BadValue(what, say("correct one of the two dates"))
        found = []
        for line in own:
            fate = lines.get(line.entry.id)
            if fate is None or fate.kind is not Kind.WITHDRAWAL or fate.void or fate.recovered_day is not None:
                continue
            others = [
                lines[other.entry.id]
                for other in page
                if other.touchpoint == line.touchpoint and other.entry.id in lines and other.moment != line.moment
            ]
            found.append(OpenWithdrawal(line.entry.id.hex, recoverable(fate, day, others, self._terms)))
        if not found:
            what = say("'%(name)s' has no open withdrawal", name=name)
            raise BadValue(what, say("it was made good before, or was none: clear the cell"))
        return found


def _goes_round(record: MomentRecord, waiting: dict[str, str]) -> bool:
    key, seen = record.recovers, {record.key}
    while key and key not in seen:
        seen.add(key)
        key = waiting.get(key, "")
    return key == record.key
