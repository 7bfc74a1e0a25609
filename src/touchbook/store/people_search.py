"""Finding a customer while somebody types: by the beginning of any word of their name, or of any identifier.

Every step reads an index from where the typed text begins, so that a million customers are searched as quickly as a
thousand. By their names people find only those whom they may see. Whoever stands before you may not be among those;
so a whole identifier finds everybody, but gives away no more than the name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from touchbook.store.append import select_by_ids
from touchbook.store.models import Customer, Identifier, Moment, NameWord
from touchbook.store.name_words import words_of
from touchbook.store.people import Person, customers_seen_by
from touchbook.store.values import digits_of, uuid_of

_STEPS = (200, 2_000, 10_000, 40_000)  # candidates looked at before the next, larger lot
_RARE_ENOUGH = 3_000
_LAST = "\U0010ffff"
_CONTACT_WORDS = ("mail", "phone", "mobile", "cell", "sms", "fax", "whatsapp", "address")
_WORDS = NameWord._meta.db_table


@dataclass(frozen=True, slots=True)
class Found:
    """One customer who was found, with what tells them apart.

    ``matched`` is the identifier that was typed (kind, value), where it was one; ``identifiers`` are those that reach
    nobody: a member number, a seat. Of somebody whom the person may not see (``is_seen`` is false), there is the name.
    """

    id: UUID
    name: str
    is_seen: bool = True
    matched: tuple[str, str] | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    since: date | None = None
    owner: str = ""


def find(person: Person, words: str, limit: int = 12, contacts: bool = True) -> list[Found]:
    """The customers whom *words* may mean, likeliest first.

    Those of whom it is a whole identifier come first, whoever may see them; then those seen whose names have words
    that begin with these; then those seen with an identifier that begins with it. *contacts*: whether the person may
    see how customers are reached; else no e-mail address or phone number finds anybody.
    """
    typed = " ".join(words.split())
    if not typed or limit < 1:
        return []
    matched: dict[UUID, tuple[str, str]] = {}
    for customer, *named in _identified(_spellings(typed), limit, contacts):
        matched.setdefault(customer, (named[0], named[1]))
    exact = list(matched)
    seen: dict[UUID, None] = dict.fromkeys(_seen_of(person, exact))
    order: dict[UUID, None] = dict.fromkeys(exact)
    for customer in _seen_by_name(person, words_of(typed), limit - len(order)):
        order.setdefault(customer)
        seen.setdefault(customer)
    if len(order) < limit:
        begun = list(_beginning(_spellings(typed), 8 * limit, contacts))
        allowed = set(_seen_of(person, [one for one, *_ in begun]))
        for customer, kind, value in begun:
            if customer in allowed and len(order) < limit:
                order.setdefault(customer)
                seen.setdefault(customer)
                matched.setdefault(customer, (kind, value))
    return _told(order, seen, matched)


def find_exactly(person: Person, value: str) -> list[Found]:
    """The customers of a whole identifier, such as one that was scanned, or of an id; whoever may see them."""
    typed = " ".join(value.split())
    matched = {customer: (kind, text) for customer, kind, text in _identified(_spellings(typed), 12, True)}
    try:
        identifier = UUID(typed)
    except ValueError:
        pass
    else:
        if Customer.objects.filter(id=identifier).exists():
            matched.setdefault(identifier, ("", ""))
    return _told(
        matched, set(_seen_of(person, list(matched))), {one: named for one, named in matched.items() if named[0]}
    )


def met_lately(person: Person, limit: int = 6) -> list[Found]:
    """The customers with whom a person logged moments last, the latest first."""
    theirs = Moment.objects.filter(staff=person.id, customer__isnull=False).order_by("-at")
    met = list(
        dict.fromkeys(customer for customer in theirs.values_list("customer", flat=True)[: 8 * limit] if customer)
    )
    known = dict.fromkeys(met[:limit])
    return _told(known, set(_seen_of(person, list(known))), {})


def reaches(kind: str) -> bool:
    """Whether an identifier of this kind is a way to reach somebody, as an e-mail address is."""
    return any(word in kind.casefold() for word in _CONTACT_WORDS)


def _spellings(typed: str) -> list[str]:
    """How a typed identifier may be kept: cases differ, and phone numbers are typed with spaces and without a plus."""
    typed = typed.replace("\0", "").encode("utf-8", "ignore").decode()  # what no database takes is nobody's
    bare = typed.replace(" ", "")
    both = [typed, bare] if bare != typed else [typed]
    if bare.isdecimal():
        both += [f"+{bare.removeprefix('00')}"]
    return list(dict.fromkeys(form for one in both for form in (one, one.upper(), one.lower())))


def _identified(spellings: Sequence[str], limit: int, contacts: bool) -> Iterator[tuple[UUID, str, str]]:
    rows = Identifier.objects.filter(value__in=spellings).values_list("customer_id", "kind", "value")
    return (row for row in rows[: 4 * limit] if contacts or not reaches(row[1]))


def _beginning(spellings: Sequence[str], limit: int, contacts: bool) -> Iterator[tuple[UUID, str, str]]:
    begins = Q()
    for one in spellings:
        # SQLite compares texts by their characters; PostgreSQL has an index for beginnings, whatever the collation.
        begins |= (
            Q(value__startswith=one) if connection.vendor == "postgresql" else Q(value__gte=one, value__lt=one + _LAST)
        )
    rows = Identifier.objects.filter(begins).values_list("customer_id", "kind", "value")
    return (row for row in rows[:limit] if contacts or not reaches(row[1]))


def _seen_by_name(person: Person, words: list[str], limit: int) -> list[UUID]:
    """Customers whom a person may see whose names have a word that begins with each of *words*."""
    if not words or limit < 1:
        return []
    rarest, *others = sorted(words, key=lambda word: (_count(word), -len(word)))
    found: dict[UUID, None] = {}
    start = 0
    for size in _STEPS:
        candidates = _candidates(rarest, others, size, start)
        for part in range(0, len(candidates), _STEPS[1]):
            found |= dict.fromkeys(_seen_of(person, candidates[part : part + _STEPS[1]]))
            if len(found) >= limit:
                return list(found)[:limit]
        if len(candidates) < size:
            break
        start += size
    return list(found)[:limit]


def _candidates(word: str, others: Sequence[str], size: int, start: int) -> list[UUID]:
    condition, parameters = _begins("one.word", word)
    for other in others:
        also, more = _begins("other.word", other)
        condition += (
            f" AND EXISTS (SELECT 1 FROM {_WORDS} AS other WHERE other.customer_id = one.customer_id AND {also})"  # noqa: S608
        )
        parameters += more
    order = "one.word USING ~<~" if connection.vendor == "postgresql" else "one.word"
    query = f"SELECT one.customer_id FROM {_WORDS} AS one WHERE {condition} ORDER BY {order} LIMIT %s OFFSET %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [*parameters, size, start])
        return [uuid_of(row[0]) for row in cursor.fetchall()]


def _count(word: str) -> int:
    """How many names have a word that begins so, counted no further than is needed to tell rare from common."""
    condition, parameters = _begins("word", word)
    with connection.cursor() as cursor:
        query = f"SELECT count(*) FROM (SELECT 1 FROM {_WORDS} WHERE {condition} LIMIT {_RARE_ENOUGH}) AS counted"  # noqa: S608
        cursor.execute(query, parameters)
        return int(cursor.fetchone()[0])


def _begins(column: str, word: str) -> tuple[str, list[str]]:
    """The condition that a column begins with a word, which has letters and digits only, in terms of an index."""
    if connection.vendor == "postgresql":
        return f"{column} LIKE %s", [f"{word}%"]
    return f"{column} >= %s AND {column} < %s", [word, word + _LAST]


def _seen_of(person: Person, customers: Sequence[UUID]) -> list[UUID]:
    """Those of some customers whom a person may see, in their order."""
    if not customers:
        return []
    if person.sees_everybody:
        return list(dict.fromkeys(customers))
    if connection.vendor == "postgresql":
        listed = RawSQL("SELECT unnest(%s::uuid[])", [list(customers)])
    else:
        listed = RawSQL("SELECT value FROM json_each(%s)", [json.dumps([digits_of(one) for one in customers])])
    seen = set(customers_seen_by(person).filter(id__in=listed).values_list("id", flat=True))
    return [one for one in dict.fromkeys(customers) if one in seen]


def _told(order: Iterable[UUID], seen: Iterable[UUID], matched: dict[UUID, tuple[str, str]]) -> list[Found]:
    wanted, visible = list(order), set(seen)
    rows = Customer.objects.filter(id__in=wanted).values_list("id", "name", "since", "owner__name")
    known = {row[0]: row for row in rows}
    named: dict[UUID, list[tuple[str, str]]] = {}
    query = f"SELECT customer_id, kind, value FROM {Identifier._meta.db_table} WHERE customer_id"  # noqa: S608
    for customer, kind, value in select_by_ids(query, visible, "ORDER BY kind, value"):
        if not reaches(kind):
            named.setdefault(uuid_of(customer), []).append((kind, value))
    return [
        Found(
            one,
            known[one][1],
            one in visible,
            matched.get(one),
            tuple(named.get(one, ())),
            known[one][2] if one in visible else None,
            (known[one][3] or "") if one in visible else "",
        )
        for one in wanted
        if one in known
    ]
