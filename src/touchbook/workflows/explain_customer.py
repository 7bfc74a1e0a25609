"""Explain one customer's part of the last plan, or of a given run, from the evidence that the run kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from touchbook.kernel.errors import NotFound
from touchbook.lake.mirror import lake_folder
from touchbook.plan.loader import read_plan
from touchbook.planner.explanation import Explanation, explain
from touchbook.store.models import Customer, PlanRun
from touchbook.store.queries import find_customer


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
