"""Touchpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from touchbook.lake.present_state import latest
from touchbook.store.queries import plan_in_force, version_in_force
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.customers.listing import lake
from touchbook.web.touchpoints.charts import Bars, bars, columns, length
from touchbook.web.touchpoints.journey import (
    DAYS,
    Place,
    best_habit,
    last_day,
    places_of,
    stages_of,
    touchpoints_seen_by,
    weeks_of,
    worst_leak,
)
from touchbook.web.touchpoints.moments import moments_at
from touchbook.web.touchpoints.sentences import change, habit_sentence, leak_sentence


@needs(May.SEE_JOURNEY)
def show(request: PersonRequest) -> HttpResponse:
    """Where do we win and lose?"""
    state = latest(lake())
    if state is None or version_in_force() is None:
        return render(request, "touchpoints/making.html", {"has_plan": version_in_force() is not None})
    seen = list(touchpoints_seen_by(request.person).filter(retired_at=None))
    departments = sorted({one.department for one in seen if one.department}, key=lambda one: one.name)
    chosen = request.GET.get("department", "")
    if chosen not in {str(one.id) for one in departments}:
        chosen = ""
    places = places_of(state, [one for one in seen if not chosen or str(one.department_id) == chosen])
    drawn = bars(places)
    stages = [
        (stage.name, [_line(one, drawn) for one in stage.places]) for stage in stages_of(plan_in_force()[1], places)
    ]
    leak, habit = worst_leak(places), best_habit(places)
    return render(
        request,
        "touchpoints/touchpoints.html",
        {
            "taken_at": state.taken_at,
            "days": DAYS,
            "departments": departments,
            "chosen": chosen,
            "stages": stages,
            "is_quiet": not any(place.tally.plus or place.tally.minus for place in places),
            "leak": leak_sentence(leak) if leak else "",
            "habit": habit_sentence(habit) if habit else "",
            "lost": sum(place.tally.minus for place in places),
            "won": sum(place.tally.plus for place in places),
            "open_share": _open_share(places),
        },
    )


@needs(May.SEE_JOURNEY)
def show_one(request: PersonRequest, touchpoint: UUID) -> HttpResponse:
    """What happens at this touchpoint?"""
    found = touchpoints_seen_by(request.person).filter(id=touchpoint).first()
    if found is None:
        raise Http404(gettext("There is no such touchpoint among those of your departments."))
    before = request.GET.get("before", "")[:18]
    moments, further = moments_at(request.person, found.id, int(before) if before.isdecimal() else None)
    parts = {"touchpoint": found, "moments": moments, "further": further}
    if getattr(request, "htmx", False) and before:
        return render(request, "touchpoints/moments.html", parts)
    state = latest(lake())
    if state is None:
        return render(request, "touchpoints/making.html", {"has_plan": version_in_force() is not None})
    place = places_of(state, [found])[0]
    most = max((habit.points for habit in place.habits), default=0.0)
    sides = [
        (kind, [(habit, length(habit.points, most), change(habit.points, habit.before)) for habit in place.of(kind)])
        for kind in ("deposit", "withdrawal")
    ]
    weeks = weeks_of(state, found)
    context = {
        **parts,
        "place": place,
        "days": DAYS,
        "taken_at": state.taken_at,
        "today": last_day(state),
        "sides": sides,
        "weeks": weeks,
        "chart": columns(weeks),
        "plus_change": change(place.tally.plus, place.tally.plus_before),
        "minus_change": change(place.tally.minus, place.tally.minus_before),
        "is_later": bool(before),
    }
    return render(request, "touchpoints/touchpoint.html", context)


def _line(place: Place, drawn: Mapping[UUID, Bars]) -> tuple[Place, Bars, str]:
    """A touchpoint with its bars, and how its withdrawals compare with those before."""
    return place, drawn[place.touchpoint.id], change(place.tally.minus, place.tally.minus_before)


def _open_share(places: Iterable[Place]) -> float:
    listed = list(places)
    lost = sum(place.tally.minus for place in listed)
    return sum(place.tally.open_minus for place in listed) / lost if lost else 0.0
