"""A large club for measuring pages: customers, two years of moments, answers, its people, and a planned week."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.site.home import database_url, home
from touchbook.store.accounts import enter
from touchbook.store.append import append
from touchbook.store.models import Answer, Customer, Department, Identifier, Moment, Practice, Role, Staff, Team
from touchbook.store.name_words import keep_names
from touchbook.store.queries import terms_in_force
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.make_plan import make_plan
from touchbook.workflows.start_plan import starter
from touchbook.world.names import Names

_BATCH = 20_000
_INTO_THE_WEEK = 4  # of the planned days so many are past, whatever day it is: there is something to do today
ROLES = (Role.FRONT_LINE, Role.MANAGER, Role.STRATEGIST, Role.ADMINISTRATOR)


def build(customers: int, entries: int) -> list[UUID]:
    """Make the club in the database in use, plan its week, and return the customers' ids."""
    chance, names = random.Random(1), Names(np.random.default_rng(1))
    adopt_plan(starter("club")["plan.yaml"], "", "benchmark", now())
    staff = _staff(names)
    ids = _customers(customers, staff, chance, names)
    for rows in _batches(_moments(ids, staff, entries, chance)):
        _write(rows)
    for rows in _batches(_answers(ids, chance)):
        append(Answer, ("id", "at", "customer", "question", "value", "number_value"), rows)
    make_plan(home(), database_url(), now().date() - timedelta(days=_INTO_THE_WEEK))
    return ids


def _staff(names: Names) -> list[Staff]:
    """Fifty people in the club's departments, and one of each role that looks at pages."""
    departments, team = list(Department.objects.all()), Team.objects.first()
    made = [
        Staff(
            id=mint(now()), changed_at=now(), name=names.person(), code=f"s{place}",
            department=departments[place % len(departments)], team=team,
        )
        for place in range(50)
    ]  # fmt: skip
    for row, role in zip(made, ROLES, strict=False):
        row.role = role
    return Staff.objects.bulk_create(made)


def _customers(count: int, staff: Sequence[Staff], chance: random.Random, names: Names) -> list[UUID]:
    people = [
        Customer(
            id=mint(now()), changed_at=now(), name=names.person(),
            since=date(2015, 1, 1) + timedelta(days=chance.randrange(4_000)), timezone="Europe/London",
            attributes={"annual_value": chance.randrange(200, 1_500), "seats": chance.randrange(1, 5)},
            owner=chance.choice(staff) if chance.random() < 0.1 else None,
        )
        for _ in range(count)
    ]  # fmt: skip
    Customer.objects.bulk_create(people, batch_size=5_000)
    Identifier.objects.bulk_create(
        (Identifier(kind="member number", value=f"RF{n:07d}", customer=one) for n, one in enumerate(people)),
        batch_size=5_000,
    )
    keep_names([(person.id, person.name) for person in people], known=False)
    return [person.id for person in people]


_Row = tuple[UUID, datetime, UUID, UUID, UUID, Practice]


def _moments(ids: Sequence[UUID], staff: Sequence[Staff], count: int, chance: random.Random) -> Iterator[_Row]:
    """Moments with one entry each: most of them good, a few customers seen far more often than others."""
    practices = list(Practice.objects.all())
    weights = [6 if one.kind == "deposit" else 1 for one in practices]
    for start in range(0, count, _BATCH):
        chosen = chance.choices(practices, weights, k=min(_BATCH, count - start))
        for practice in chosen:
            at = now() - timedelta(days=chance.uniform(0.01, 730.0))
            who = ids[int(len(ids) * chance.random() ** 1.5)]
            yield mint(at), at, mint(at), who, chance.choice(staff).id, practice


def _write(rows: Sequence[_Row]) -> None:
    moments = [(moment, at, row.touchpoint_id, who, staff, "benchmark") for moment, at, _, who, staff, row in rows]
    append(Moment, ("id", "at", "touchpoint", "customer", "staff", "source"), moments)
    columns = ("id", "at", "moment", "account", "account_kind", "touchpoint", "practice", "kind", "points")
    entries = [
        (line, at, moment, who, "customer", row.touchpoint_id, row.id, row.kind, float(row.impact))
        for moment, at, line, who, _, row in rows
    ]
    enter(columns, entries, terms_in_force())


def _answers(ids: Sequence[UUID], chance: random.Random) -> Iterator[tuple[object, ...]]:
    for who in ids:
        for _ in range(chance.randrange(3)):
            at = now() - timedelta(days=chance.uniform(1.0, 300.0))
            yield mint(at), at, who, "feeling", "", float(chance.randint(-2, 2))
        if chance.random() < 0.4:
            at = now() - timedelta(days=chance.uniform(1.0, 170.0))
            yield mint(at), at, who, "barrier", chance.choice(("price", "travel", "time", "seats", "nothing")), None


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
