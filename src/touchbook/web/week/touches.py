"""The touches of a week, one by one: filtered, paged, and each with its reason."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.plan.model import OWNER
from touchbook.planner.phrases import money
from touchbook.store.models import PlannedTouch, PlanRun
from touchbook.store.weeks import counted, in_order, in_states, names_of, staff_names, touches_of
from touchbook.web.access import May, PersonRequest, customer_or_404, needs
from touchbook.web.week.runs import deciding, plan_of, run_numbered
from touchbook.web.week.states import GROUPS, group_of, states_of, words_of
from touchbook.workflows.withdraw_touch import WITHDRAWABLE

A_PAGE = 20
NO_TEAM = "-"  # in an address: the touches that no team makes


@needs(May.SEE_WEEK)
def listed(request: PersonRequest, number: int) -> HttpResponse:
    """The touches of a week, as they are filtered."""
    run = run_numbered(number)
    told = {"run": run, **filtered(request, run)}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "week/_touches.html", told)
    return render(request, "week/touches.html", told)


@needs(May.SEE_WEEK)
def one(request: PersonRequest, number: int, touch: UUID) -> HttpResponse:
    """One touch, and why it is planned."""
    return touch_page(request, run_numbered(number), touch)


def touch_page(
    request: PersonRequest, run: PlanRun, touch: UUID, *, refusal: str = "", reason: str = ""
) -> HttpResponse:
    """The page of a touch; *refusal* and what was typed, where withdrawing it was refused."""
    found = touches_of(run, request.person).filter(id=touch).first()
    if found is None:
        raise Http404(_("There is no such touch among those you may see."))
    scope = deciding(request)
    owner = staff_names([found.owner]).get(found.owner, "") if found.owner else ""
    told = {
        "run": run,
        "touch": found,
        "customer": customer_or_404(request, found.customer),
        "state": words_of(group_of(found.state)),  # type: ignore[attr-defined]
        "group": group_of(found.state),  # type: ignore[attr-defined]
        "owner": owner,
        "worth": money(found.value, plan_of(run).currency),
        "may_withdraw": scope.holds(found) and found.state in WITHDRAWABLE,  # type: ignore[attr-defined]
        "id": mint(now()),
        "refusal": refusal,
        "reason": reason,
    }
    return render(request, "week/touch.html", told, status=422 if refusal else 200)


def filtered(request: PersonRequest, run: PlanRun) -> dict[str, Any]:
    """What the list is told: one page of touches, with names, and the choices there are."""
    rows = [row for row in counted(run) if not row.held_out]
    teams = sorted({row.team for row in rows}, key=lambda team: (team == "", team))
    purposes = sorted({row.purpose for row in rows})
    chosen = {name: request.GET.get(name, "").replace("\0", "") for name in ("team", "purpose", "touch", "state")}
    found = touches_of(run, request.person)
    if chosen["team"]:
        found = found.filter(team="" if chosen["team"] == NO_TEAM else chosen["team"])
    if chosen["purpose"]:
        found = found.filter(purpose=chosen["purpose"])
    if chosen["touch"]:
        found = found.filter(name=chosen["touch"])
    if states := states_of(chosen["state"]):
        found = in_states(found, states)
    page = Paginator(in_order(found), A_PAGE).get_page(request.GET.get("page"))
    names = names_of([touch.customer for touch in page])
    kept = {name: value for name, value in chosen.items() if value}
    groups = {group_of(row.state) for row in rows}
    return {
        "page": page,
        "listed": [(touch, names.get(touch.customer, ""), words_of(group_of(_state(touch)))) for touch in page],
        "chosen": chosen,
        "kept": urlencode(kept),
        "teams": [(team or NO_TEAM, _team(team)) for team in teams],
        "purposes": purposes,
        "groups": [(name, words) for name, words, _states in GROUPS if name in groups],
    }


def _state(touch: PlannedTouch) -> str:
    return str(touch.state)  # type: ignore[attr-defined]  # annotated


def _team(team: str) -> str:
    if team == OWNER:
        return _("Owners of the relationship")
    return team or _("No team: by a channel alone")
