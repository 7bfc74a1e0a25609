"""Customers, in bulk: made, or changed by what a later file says, with the former values in the audit trail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from touchbook.kernel.ids import derive
from touchbook.store.append import select_by_ids
from touchbook.store.audit import Change, audit
from touchbook.store.models import Consent, Customer, Staff
from touchbook.store.name_words import keep_names
from touchbook.store.values import uuid_of
from touchbook.workflows.import_records.batches import Counts, Task
from touchbook.workflows.import_records.bulk import encoded, execute, insert, parameter
from touchbook.workflows.import_records.customers import Directory, origin_of
from touchbook.workflows.import_records.records import CustomerRecord, Record, Reject
from touchbook.workflows.import_records.values import BadValue

# name, since, timezone, owner (an id), attributes (a dict) and consents ("channel/purpose" -> bool), as JSON
Values = dict[str, Any]


@dataclass(slots=True)
class State:
    """What is known of a customer; ``was`` is how it stood before the batch."""

    values: Values
    was: Values


class CustomersWriter:
    """Prepares and writes batches of customers. What a file leaves empty stays as it is."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._directory = Directory(task.import_id, task.actor)
        self._states: dict[UUID, State] = {}
        self._touched: dict[UUID, State] = {}

    def prepare(self, records: Sequence[Record]) -> Counts:
        """Find out what a batch brings."""
        batch = cast(Sequence[CustomerRecord], records)
        self._touched = {}
        counts = Counts()
        identifiers = (one for record in batch for one in record.identifiers)
        self._directory.look_up(identifiers, {record.owner for record in batch})
        self._directory.look_up_held(record.identifiers for record in batch)
        found = {self._directory.known(record.identifiers) for record in batch}
        known = [uuid_of(one) for one in found if one is not None]
        self._states |= _read(one for one in known if one not in self._states)
        for record in batch:
            try:
                self._take(record, counts)
            except BadValue as error:
                counts.rejects.append(Reject(record.row, error.column, "", error.problem, error.remedy))
        counts.customers_made = self._directory.take_count()
        return counts

    def write(self, at: datetime) -> None:
        """Write what was prepared."""
        self._directory.write(at)
        touched = {one: state for one, state in self._touched.items() if state.values != state.was}
        _save(touched, at, self._task.import_id)
        changes = [Change("change", "customer", one, *_difference(state)) for one, state in touched.items()]
        audit(changes, self._task.actor, at, origin_of(self._task.import_id))
        self._states = {}

    def _take(self, record: CustomerRecord, counts: Counts) -> None:
        self._directory.check(record.identifiers)
        fresh = self._directory.known(record.identifiers) is None
        further = not self._directory.all_known(record.identifiers)
        customer = uuid_of(self._directory.customer(record.identifiers, self._task.started_at, {}))
        state = self._states.get(customer)
        if state is None:
            state = self._states[customer] = State(_nothing(), _nothing())
        after = _with(state.values, record)
        if record.owner:
            after["owner"] = str(uuid_of(self._directory.staff(record.owner, self._task.started_at)))
        if fresh:
            counts.added += 1
        elif after != state.values or further:
            counts.changed += 1
        else:
            counts.repeated += 1
        state.values = after
        self._touched[customer] = state


def restore(
    customer: UUID, before: Values, after: Values, at: datetime, import_id: UUID
) -> tuple[Values, Values] | None:
    """Give a customer back the values of *before* wherever those of *after* still stand.

    Returns the former and the new values of what was changed, or None when nothing had to be.
    """
    state = _read([customer]).get(customer)
    if state is None:
        return None
    for name, value in after.items():
        if isinstance(value, dict):
            held, former = state.values[name], before.get(name, {})
            for key, part in value.items():
                if held.get(key) == part:
                    if former.get(key) is None:
                        held.pop(key)
                    else:
                        held[key] = former[key]
        elif state.values[name] == value:
            state.values[name] = before.get(name)
    owner = state.values["owner"]
    if owner is not None and not Staff.objects.filter(id=owner).exists():
        state.values["owner"] = None  # who owned it then was removed since
    if state.values == state.was:
        return None
    _save({customer: state}, at, import_id)
    return _difference(state)


def _nothing() -> Values:
    return {"name": "", "since": None, "timezone": "", "owner": None, "attributes": {}, "consents": {}}


def _copy(values: Values) -> Values:
    return {name: dict(value) if isinstance(value, dict) else value for name, value in values.items()}


def _with(values: Values, record: CustomerRecord) -> Values:
    after = _copy(values)
    if record.name:
        after["name"] = record.name
    if record.since is not None:
        after["since"] = record.since.isoformat()
    if record.timezone:
        after["timezone"] = record.timezone
    after["attributes"] |= record.attributes
    after["consents"] |= {f"{channel}/{purpose}": allowed for (channel, purpose), allowed in record.consents.items()}
    return after


def _difference(state: State) -> tuple[Values, Values]:
    """Before and after, of what differs alone."""
    before: Values = {}
    after: Values = {}
    for name, value in state.values.items():
        was = state.was[name]
        if value == was:
            continue
        if isinstance(value, dict):
            keys = [key for key in {*value, *was} if value.get(key) != was.get(key)]
            before[name] = {key: was.get(key) for key in sorted(keys)}
            after[name] = {key: value.get(key) for key in sorted(keys)}
        else:
            before[name], after[name] = was, value
    return before, after


def _read(customers: Iterable[UUID]) -> dict[UUID, State]:
    """The customers as they stand."""
    wanted = list(customers)
    states: dict[UUID, State] = {}
    query = f"SELECT id, name, since, timezone, attributes, owner_id FROM {Customer._meta.db_table} WHERE id"  # noqa: S608
    for row in select_by_ids(query, wanted):
        attributes = json.loads(row[4]) if isinstance(row[4], str) else row[4]
        values = {
            "name": row[1],
            "since": str(row[2]) if row[2] else None,
            "timezone": row[3],
            "owner": str(uuid_of(row[5])) if row[5] else None,
            "attributes": attributes,
        }
        states[uuid_of(row[0])] = State(values | {"consents": {}}, {})
    query = f"SELECT customer_id, channel, purpose, allowed FROM {Consent._meta.db_table} WHERE customer_id"  # noqa: S608
    for row in select_by_ids(query, wanted):
        states[uuid_of(row[0])].values["consents"][f"{row[1]}/{row[2]}"] = bool(row[3])
    for state in states.values():
        state.was = _copy(state.values)
    return states


def _save(states: dict[UUID, State], at: datetime, import_id: UUID) -> None:
    columns = ("owner_id", "name", "timezone", "attributes", "changed_at", "id")
    rows = []
    for one, state in states.items():
        values = state.values
        owner = values["owner"] and UUID(values["owner"])
        rows.append((owner, values["name"], values["timezone"], values["attributes"], at, one))
    since = [state.values["since"] for state in states.values()]
    execute(
        f"UPDATE {Customer._meta.db_table} SET since = %s, owner_id = %s, name = %s, timezone = %s, "  # noqa: S608
        "attributes = %s, changed_at = %s WHERE id = %s",
        [(day, *row) for day, row in zip(since, encoded(Customer, columns, rows), strict=True)],
    )
    keep_names(
        {one: state.values["name"] for one, state in states.items() if state.values["name"] != state.was.get("name")}
    )
    gone, kept = [], []
    for one, state in states.items():
        for key in sorted({*state.values["consents"], *state.was["consents"]}):
            channel, _, purpose = key.partition("/")
            allowed = state.values["consents"].get(key)
            if allowed is None:
                gone.append((parameter(one), channel, purpose))
            elif allowed != state.was["consents"].get(key):
                kept.append((derive(at, import_id, "consent", one, key), at, at, one, channel, purpose, allowed))
    table = Consent._meta.db_table
    execute(f"DELETE FROM {table} WHERE customer_id = %s AND channel = %s AND purpose = %s", gone)  # noqa: S608
    insert(
        Consent,
        ("id", "changed_at", "said_at", "customer_id", "channel", "purpose", "allowed"),
        kept,
        "ON CONFLICT (customer_id, channel, purpose) "
        "DO UPDATE SET allowed = excluded.allowed, changed_at = excluded.changed_at, said_at = excluded.said_at",
    )
