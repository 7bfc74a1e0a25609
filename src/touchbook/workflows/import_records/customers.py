"""Who is meant: outside identifiers become customers, found or made in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from touchbook.kernel.ids import derive
from touchbook.kernel.language import say
from touchbook.store.append import select_by_ids
from touchbook.store.audit import Change, audit
from touchbook.store.models import Customer, Identifier, Staff
from touchbook.store.values import digits_of, uuid_of
from touchbook.workflows.import_records.bulk import insert, select_in
from touchbook.workflows.import_records.values import BadValue, shown


def origin_of(import_id: UUID) -> str:
    """What the audit trail names as the origin of what an import did."""
    return f"import {import_id}"


class Directory:
    """The customers and staff of an import: those that are there, and those that it makes; ids are their 32 digits.

    ``look_up`` reads what a batch needs, ``write`` adds what the batch made, in the batch's transaction. A preview
    never writes, and keeps what it would have made in mind.
    """

    def __init__(self, import_id: UUID, actor: str) -> None:
        self._import_id, self._actor = import_id, actor
        self._known: dict[tuple[str, str], str] = {}
        self._held: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # (customer, kind) -> values
        self._staff: dict[str, str] = {}
        self._made: list[tuple[str, dict[str, Any]]] = []
        self._identifiers: list[tuple[str, str, str]] = []
        self._named: list[tuple[str, tuple[str, str]]] = []
        self._hired: list[tuple[str, str]] = []
        self._made_count = 0

    def look_up(self, identifiers: Iterable[tuple[str, str]], staff: Iterable[str] = ()) -> None:
        """Read who is known under *identifiers*, and which *staff* codes are there."""
        values: defaultdict[str, set[str]] = defaultdict(set)
        for kind, value in identifiers:
            if (kind, value) not in self._known:
                values[kind].add(value)
        query = f"SELECT value, customer_id FROM {Identifier._meta.db_table} WHERE kind = %s AND value"  # noqa: S608
        for kind, wanted in values.items():
            for value, customer in select_in(query, [kind], sorted(wanted)):
                self._known[kind, value] = digits_of(customer)
        codes = {code for code in staff if code and code not in self._staff}
        if codes:
            query = f"SELECT code, id FROM {Staff._meta.db_table} WHERE code"  # noqa: S608
            self._staff |= {code: digits_of(found) for code, found in select_in(query, [], sorted(codes))}

    def look_up_held(self, rows: Iterable[tuple[tuple[str, str], ...]]) -> None:
        """Read, after ``look_up``, what those are called already whom *rows* would give another first identifier."""
        found = {
            UUID(self._known[one])
            for identifiers in rows
            if len(identifiers) > 1 and identifiers[0] not in self._known
            for one in identifiers[1:]
            if one in self._known
        }
        if found:
            query = f"SELECT customer_id, kind, value FROM {Identifier._meta.db_table} WHERE customer_id"  # noqa: S608
            for customer, kind, value in select_by_ids(query, sorted(found)):
                self._held[digits_of(customer), kind].add(value)

    def customer(self, identifiers: tuple[tuple[str, str], ...], at: datetime, attributes: dict[str, Any]) -> str:
        """The customer of these identifiers, made with *attributes* when none of them is known.

        Raises ``BadValue`` as ``check`` does.
        """
        if len(identifiers) == 1 and identifiers[0] in self._known:
            return self._known[identifiers[0]]
        self.check(identifiers)
        found = {self._known[one] for one in identifiers if one in self._known}
        was_there = bool(found)
        if was_there:
            customer = found.pop()
        else:
            customer = derive(at, self._import_id, "customer", *identifiers[0]).hex
            self._made.append((customer, attributes))
            self._made_count += 1
        for one in identifiers:
            self._held[customer, one[0]].add(one[1])
            if one not in self._known:
                if was_there:
                    self._named.append((customer, one))
                self._known[one] = customer
                self._identifiers.append((*one, customer))
        return customer

    def take_count(self) -> int:
        """How many customers were made since this was asked last."""
        count, self._made_count = self._made_count, 0
        return count

    def check(self, identifiers: tuple[tuple[str, str], ...]) -> None:
        """Raise ``BadValue`` when these identifiers belong to two customers, known or new.

        They do when the first is new and a later one is the customer's who has another first identifier: two members
        of a family who share an e-mail address are two.
        """
        if len(identifiers) < 2:
            return
        found = {self._known[one] for one in identifiers if one in self._known}
        if len(found) > 1:
            told = say(" and ").join(_told(kind, value) for kind, value in identifiers)
            what = say("%(identifiers)s belong to different customers", identifiers=told)
            raise BadValue(what, say("correct the row, or merge the two customers first"))
        first = identifiers[0]
        if not found or first in self._known:
            return
        others = self._held[found.pop(), first[0]].difference(value for kind, value in identifiers if kind == first[0])
        if others:
            kind, value = next(one for one in identifiers if one in self._known)
            what = say(
                "%(identifier)s belongs to %(other)s already",
                identifier=_told(kind, value),
                other=_told(first[0], min(others)),
            )
            raise BadValue(what, say("leave the %(kind)s empty, or correct it", kind=kind))

    def all_known(self, identifiers: tuple[tuple[str, str], ...]) -> bool:
        """Whether every one of these identifiers is a customer's already."""
        return all(one in self._known for one in identifiers)

    def known(self, identifiers: tuple[tuple[str, str], ...]) -> str | None:
        """The customer of any of these identifiers, or None."""
        return next((self._known[one] for one in identifiers if one in self._known), None)

    def staff(self, code: str, at: datetime) -> str:
        """The member of staff with this code; made when there is none."""
        found = self._staff.get(code)
        if found is None:
            found = self._staff[code] = derive(at, self._import_id, "staff", code).hex
            self._hired.append((found, code))
        return found

    def write(self, at: datetime) -> None:
        """Add what was made since the last time, with its audit entries; *at* is the present instant."""
        insert(Customer, ("id", "changed_at", "name", "timezone", "attributes"),
               [(customer, at, "", "", attributes) for customer, attributes in self._made])  # fmt: skip
        insert(Identifier, ("kind", "value", "customer_id"), self._identifiers)
        insert(Staff, ("id", "changed_at", "name", "code"), [(one, at, code, code) for one, code in self._hired])
        made = {customer for customer, _ in self._made}
        changes = [
            Change("create", "customer", uuid_of(customer), None, {"attributes": said}) for customer, said in self._made
        ]
        changes += [
            Change("create", "identifier", uuid_of(customer), None, {"kind": kind, "value": value})
            for customer, (kind, value) in self._named
            if customer not in made
        ]
        changes += [Change("create", "staff", uuid_of(one), None, {"code": code}) for one, code in self._hired]
        audit(changes, self._actor, at, origin_of(self._import_id))
        # The next batch asks the database again: others may have merged or removed customers in between.
        self._known.clear()
        self._held.clear()
        self._staff.clear()
        self._made, self._identifiers, self._named, self._hired = [], [], [], []


def _told(kind: str, value: str) -> str:
    return say("%(name)s '%(value)s'", name=kind, value=shown(value))
