"""The SQL of a list of customers: the very text that runs, and that an analyst may take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from touchbook.lake.present_state import PresentState, columns_of, literal
from touchbook.plan.model import Condition, Plan
from touchbook.plan.present_columns import present_columns
from touchbook.store.name_words import words_of
from touchbook.store.people import Person, owners_seen_by
from touchbook.web.customers.filters import MINE, NOBODYS, ORDERS, Filter

_STATE = (
    "customer", "customer_name", "type", "standing", "balance", "open_withdrawals", "feeling", "feeling_trend",
    "last_moment_days", "last_touch_days", "referrals", "has_left", "tenure_days", "owner", "stay_probability",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """A SELECT over everybody, in parts: from where, who is seen, and who is wanted of those.

    ``further``: what the columns are called that the state itself does not have.
    """

    state: PresentState
    seen: str
    wanted: str
    order: str
    further: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """What a row has, in order; its place in the list comes last."""
        return (*_STATE, *self.further)

    def rows(self, limit: int | None = None, after: int = 0) -> str:
        """Customers in order, those *after* a place."""
        place = ORDERS[self.order][0]
        known = set(columns_of(self.state))
        picked = [_column(name) if name in known else f"NULL AS {_column(name)}" for name in _STATE]
        picked += [
            _column(name) if called == name else f"{_column(called)} AS {_column(name)}"
            for name, called in self.further.items()
        ]
        conditions = [one for one in (self.seen, self.wanted, f"{place} > {after}" if after else "") if one]
        lines = [f"SELECT {', '.join(picked)}, {place}", f"FROM {self.state.customers}"]
        if conditions:
            lines.append("WHERE " + "\n  AND ".join(conditions))
        lines.append(f"ORDER BY {place}")
        if limit is not None:
            lines.append(f"LIMIT {limit}")
        return "\n".join(lines)

    def count(self) -> str:
        """How many there are."""
        where = " AND ".join(one for one in (self.seen, self.wanted) if one) or "TRUE"
        return f"SELECT COUNT(*) FROM {self.state.customers} WHERE {where}"  # noqa: S608

    def census(self, columns: Sequence[str], conditions: Sequence[str]) -> str:
        """Of those who are seen, how many are of each value of each column, with one reading for all columns.

        A row has the number of its column (−1: of everybody), the value, any name of that owner, how many they are,
        and how many of them meet each condition.
        """
        met = "".join(f", COUNT(*) FILTER (WHERE {one}) AS met_{number}" for number, one in enumerate(conditions))
        sums = "".join(f", SUM(met_{number})" for number in range(len(conditions)))
        place = " ".join(f"WHEN GROUPING({column}) = 0 THEN {number}" for number, column in enumerate(columns))
        value = ", ".join(f"{column}::VARCHAR" for column in columns)
        sets = ", ".join(f"({column})" for column in columns)
        # Everybody is put together by all columns first: to sum those few up in several ways takes no time.
        return (
            f"WITH alike AS (SELECT {', '.join(columns)}, ANY_VALUE(owner) AS owner, COUNT(*) AS people{met} "  # noqa: S608
            f"FROM {self.state.customers} WHERE {self.seen or 'TRUE'} GROUP BY {', '.join(columns)}) "
            f"SELECT CASE {place} ELSE -1 END, COALESCE({value}), ANY_VALUE(owner), SUM(people){sums} "
            f"FROM alike GROUP BY GROUPING SETS ((), {sets})"
        )


def statement(
    state: PresentState, plan: Plan, person: Person, chosen: Filter, condition: Condition | None, contacts: bool
) -> Statement:
    """What a filter means for somebody. *contacts*: whether they may find people by e-mail address and phone number."""
    wanted = [f"({condition.sql})"] if condition else []
    if chosen.words:
        wanted.append(_called(state, chosen.words, contacts))
    if chosen.owner:
        wanted.append(_owned(chosen.owner, person))
    return Statement(state, seen_by(person), "\n  AND ".join(wanted), chosen.order, present_columns(plan))


def seen_by(person: Person) -> str:
    """``store.people.customers_seen_by`` over the file; empty for whoever sees everybody."""
    if person.sees_everybody:
        return ""
    owners = ", ".join(literal(str(one)) for one in owners_seen_by(person))
    parts = [
        "_owner IS NULL",
        f"_owner IN ({owners})",
        f"list_contains(_givers, {literal(str(person.id))}::UUID)",
    ]
    if person.team:
        parts.append(f"list_contains(_teams, {literal(person.team)})")
    return f"({' OR '.join(parts)})"


def _owned(owner: str, person: Person) -> str:
    if owner == NOBODYS:
        return "_owner IS NULL"
    return f"_owner = {literal(str(person.id if owner == MINE else UUID(owner)))}"


def _called(state: PresentState, typed: str, contacts: bool) -> str:
    """By the beginning of words of their names, all of them; or by that of an identifier."""
    spellings = _spellings(typed)
    ways = [_named(state, words)] if (words := words_of(typed)) else []
    for file in (state.known_as, *([state.reached_by] if contacts else [])):
        begins = " OR ".join(_begins("value", one) for one in spellings)
        ways.append(f"SELECT customer FROM {file} WHERE {begins}")  # noqa: S608
    return "customer IN (\n    " + "\n    UNION ALL ".join(ways) + "\n  )"


def _named(state: PresentState, words: list[str]) -> str:
    first, *others = sorted(words, key=len, reverse=True)
    also = "".join(
        f" AND customer IN (SELECT customer FROM {state.called} WHERE {_begins('word', one)})"  # noqa: S608
        for one in others
    )
    return f"SELECT customer FROM {state.called} WHERE {_begins('word', first)}{also}"  # noqa: S608


def _begins(column: str, text: str) -> str:
    """That a column begins with a text, as a range: the files are in their order, and little of them is read."""
    return f"({column} >= {literal(text)} AND {column} < {literal(text)} || chr(1114111))"


def _spellings(typed: str) -> list[str]:
    """How it may be kept: phone numbers are typed with spaces, and without a plus."""
    small, bare = typed.lower(), typed.lower().replace(" ", "")
    plus = [f"+{bare.removeprefix('00')}"] if bare.isdecimal() else []
    return list(dict.fromkeys([small, bare, *plus]))


def _column(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
