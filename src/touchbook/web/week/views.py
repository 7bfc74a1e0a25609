"""What the planner decided for a week, and which weeks there were."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import Customer, PlanRun
from touchbook.store.queries import version_in_force
from touchbook.store.weeks import last_run_for, run_of, runs, weeks_about
from touchbook.web.access import May, PersonRequest, may, needs
from touchbook.web.week.runs import deciding, plan_of, run_numbered
from touchbook.web.week.summary import ends_on, summary
from touchbook.web.week.touches import filtered

A_PAGE = 30


@needs(May.SEE_WEEK)
def this_week(request: PersonRequest) -> HttpResponse:
    """What did the planner decide for this week, or the one that was planned last?"""
    run = run_of(timezone.localdate())
    if run is None:
        return render(request, "week/begin.html", _to_begin(request))
    return _page(request, run)


@needs(May.SEE_WEEK)
def show(request: PersonRequest, number: int) -> HttpResponse:
    """What did the planner decide in one run?"""
    return _page(request, run_numbered(number))


@needs(May.SEE_WEEK)
def weeks(request: PersonRequest) -> HttpResponse:
    """Every run, the last first."""
    found = Paginator(runs(), A_PAGE).get_page(request.GET.get("page"))
    rows = [(run, ends_on(run), last_run_for(run).number == run.number) for run in found]
    return render(request, "week/history.html", {"found": found, "rows": rows})


def _page(request: PersonRequest, run: PlanRun) -> HttpResponse:
    scope = deciding(request)
    before, after = weeks_about(run)
    last = last_run_for(run)
    begins = run.starts_on if run.starts_on >= timezone.localdate() else None
    told: dict[str, Any] = {
        "run": run,
        "ends_on": ends_on(run),
        "before": before,
        "after": after,
        "replaced_by": last if last.number != run.number else None,
        "scope": scope,
        "may_ask": scope.everything,
        "begins": begins,
        "id": mint(now()),
        **summary(run, plan_of(run), scope),
        **filtered(request, run),
    }
    return render(request, "week/week.html", told)


def _to_begin(request: PersonRequest) -> dict[str, Any]:
    """What to do first: a plan, then customers, then a week."""
    return {
        "has_plan": version_in_force() is not None,
        "has_customers": Customer.objects.exists(),
        "may_ask": deciding(request).everything,
        "may_publish": may(request.person, May.PUBLISH_PLAN),
        "id": mint(now()),
    }
