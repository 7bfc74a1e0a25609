"""Explain one customer's part of the last plan, or of a given run, from the evidence that the run kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from touchbook.kernel.errors import NotFound
from touchbook.kernel.language import say, say_day
from touchbook.lake.engine import Engine
from touchbook.lake.mirror import lake_folder
from touchbook.plan.loader import read_plan
from touchbook.plan.model import Plan
from touchbook.planner.explanation import PER_TOUCH, Explanation, Terms, explain
from touchbook.planner.population import Floats, Population
from touchbook.planner.questions import answer_levels, frequencies
from touchbook.store.models import Customer, PlanRun
from touchbook.store.queries import find_customer

BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class CustomerExplained:
    """An explanation, and the run and week that it belongs to."""

    run: UUID
    starts_on: date
    explanation: Explanation


def explain_customer(home: Path, database_url: str, who: str, run: UUID | None = None) -> CustomerExplained:
    """Say why a customer gets a touch, or none, and what would change that.

    *who* is an id, an outside identifier or a full name. Raises ``NotFound`` when nobody, or more than one, is called
    that, when there is no run yet, or when the run's evidence has been let go.
    """
    runs = PlanRun.objects.select_related("plan_version").order_by("number")
    made = runs.filter(id=run).first() if run else runs.last()
    if made is None:
        raise NotFound(say("There is no such plan run; make one with 'touchbook plan'."))
    folder = lake_folder(home, database_url)
    path = folder / "runs" / f"{made.id}.parquet"
    if not path.exists():
        raise NotFound(
            say("The evidence of run %(id)s is no longer kept; make a new plan with 'touchbook plan'.", id=made.id)
        )
    customer = find_customer(who)
    try:
        kept = pq.read_table(path, filters=[("customer", "=", str(customer))])
    except (pa.ArrowException, OSError) as error:
        raise NotFound(
            say("The evidence of run %(id)s is damaged; make a new plan with 'touchbook plan'.", id=made.id)
        ) from error
    if not set(PER_TOUCH) <= set(kept.column_names):
        raise NotFound(
            say("Run %(id)s was made by an older Touchbook; make a new plan with 'touchbook plan'.", id=made.id)
        )
    if not kept.num_rows:
        since = Customer.objects.values_list("since", flat=True).get(id=customer)
        if since is not None and since > made.starts_on:
            raise NotFound(
                say("%(who)s joins on %(day)s, after the week of run %(id)s.", who=who, day=say_day(since), id=made.id)
            )
        raise NotFound(
            say(
                "Run %(id)s was made before %(who)s was known; make a new plan with 'touchbook plan'.",
                id=made.id,
                who=who,
            )
        )
    plan = read_plan(made.plan_version.text, "the plan of that run")
    owner = kept.column("_owner")[0].as_py()
    with Engine(folder) as engine:
        terms = Terms(
            plan=plan,
            prices=made.prices,
            starts_on=made.starts_on,
            judge=engine.conditions,
            short=made.parameters["short"],
            owner_price=made.parameters.get("owner_prices", {}).get(owner, 0.0),
            given=_given(plan, path),
            everybody=lambda columns: _everybody(path, columns),
        )
        return CustomerExplained(made.id, made.starts_on, explain(terms, kept))


def _given(plan: Plan, path: Path) -> dict[str, Floats]:
    """How often each level of a question is answered by all customers of the run."""
    levels = {question.name: answer_levels(question) for question in plan.questions.values()}
    asked = [name for name, found in levels.items() if found]
    answers = Population(pq.read_table(path, columns=asked), _nothing(), _nothing())
    return {name: frequencies(answers, plan.questions[name], levels[name]) for name in asked}


def _everybody(path: Path, columns: Sequence[str]) -> Iterable[pa.Table]:
    for batch in pq.ParquetFile(path).iter_batches(BATCH_ROWS, columns=list(columns)):
        yield pa.Table.from_batches([batch])


def _nothing() -> pa.Table:
    return pa.table({"customer": pa.array([], pa.string())})
