"""Explain one customer's part of the last plan, or of a given run, from the evidence that the run kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Q

from touchbook.kernel.errors import NotFound
from touchbook.lake.mirror import lake_folder
from touchbook.plan.loader import read_plan
from touchbook.planner.explanation import Explanation, explain
from touchbook.store.models import Customer, Identifier, PlanRun


@dataclass(frozen=True, slots=True)
class CustomerExplained:
    """An explanation, and the run and week that it belongs to."""

    run: UUID
    starts_on: date
    explanation: Explanation


def explain_customer(home: Path, database_url: str, who: str, run: UUID | None = None) -> CustomerExplained:
    """Say why a customer gets a touch, or none.

    *who* is an id, an outside identifier or a full name. Raises ``NotFound`` when nobody, or more than one, is called
    that, when there is no run yet, or when the run's evidence has been let go.
    """
    runs = PlanRun.objects.select_related("plan_version").order_by("number")
    made = runs.filter(id=run).first() if run else runs.last()
    if made is None:
        raise NotFound("There is no such plan run; make one with 'touchbook plan'.")
    path = lake_folder(home, database_url) / "runs" / f"{made.id}.parquet"
    if not path.exists():
        raise NotFound(f"The evidence of run {made.id} is no longer kept; make a new plan with 'touchbook plan'.")
    customer = find_customer(who)
    try:
        kept = pq.read_table(path, filters=[("customer", "=", str(customer))])
    except (pa.ArrowException, OSError) as error:
        raise NotFound(f"The evidence of run {made.id} is damaged; make a new plan with 'touchbook plan'.") from error
    if not kept.num_rows:
        since = Customer.objects.values_list("since", flat=True).get(id=customer)
        if since is not None and since > made.starts_on:
            raise NotFound(f"{who} joins on {since:%-d %B %Y}, after the week of run {made.id}.")
        raise NotFound(f"Run {made.id} was made before {who} was known; make a new plan with 'touchbook plan'.")
    plan = read_plan(made.plan_version.text, "the plan of that run")
    return CustomerExplained(made.id, made.starts_on, explain(plan, made.prices, kept, made.parameters["short"]))


def find_customer(who: str) -> UUID:
    """The one customer with that id, outside identifier or full name."""
    try:
        wanted = UUID(who)
    except ValueError:
        wanted = None
    if wanted and Customer.objects.filter(id=wanted).exists():
        return wanted
    address = Q(kind__in=("email", "e-mail"), value=who.lower())  # kept in lower case
    found = set(Identifier.objects.filter(Q(value=who) | address).values_list("customer_id", flat=True)[:10])
    found |= set(Customer.objects.filter(name__iexact=who).values_list("id", flat=True)[:10])
    if len(found) > 1:
        listed = ", ".join(_told_apart(found))
        raise NotFound(f"{len(found)} customers are called {who!r}; write one of their identifiers or ids: {listed}.")
    if not found:
        raise NotFound(f"No customer is called {who!r}; write a full name, an outside identifier or an id.")
    return found.pop()


def _told_apart(customers: set[UUID]) -> list[str]:
    """Each customer by an outside identifier of theirs that means nobody else, where there is one, and by their id."""
    outside: dict[UUID, str] = {}
    known = Identifier.objects.filter(customer_id__in=customers).order_by("kind", "value")
    for kind, value, customer in known.values_list("kind", "value", "customer_id"):
        shared = Identifier.objects.filter(value=value).exclude(customer_id=customer).exists()
        if not shared and not Customer.objects.filter(name__iexact=value).exists():
            outside.setdefault(customer, f"{kind} {value}")
    return [f"{outside[one]} ({one})" if one in outside else str(one) for one in sorted(customers)]
