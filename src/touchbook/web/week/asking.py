"""Asking for another plan of a week: begun, watched, stopped."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from touchbook.kernel.errors import NotFound, Refused
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.origin import origin_of
from touchbook.web.week.deciding import sent_id
from touchbook.web.week.runs import deciding
from touchbook.workflows import jobs
from touchbook.workflows.form_checks import form_id

STEPS = ("waiting", "opening", "planning", "writing")


@require_POST
@needs(May.DECIDE_WEEK)
def ask(request: PersonRequest) -> HttpResponse:
    """Have a week planned, by a process of its own; where one is planned already, anew."""
    if not deciding(request).everything:
        raise Refused(_("A plan is made for all teams at once; ask those who answer for the plan."))
    starts_on = _day(request.POST.get("starts_on", ""))
    asked_id = form_id(sent_id(request), "plan", starts_on)
    asked = {
        "id": str(asked_id),
        "staff": str(request.person.id),
        "starts_on": str(starts_on) if starts_on else "",
        "by": request.person.name,
        "origin": origin_of(request),
    }
    try:
        job = jobs.begin(_home(), settings.TOUCHBOOK_DATABASE_URL, "make", asked_id, request.person.id, asked)
    except Refused as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("week"))
    return HttpResponseRedirect(reverse("week-watch", args=[job.id]))


@needs(May.DECIDE_WEEK)
def watch(request: PersonRequest, job: UUID) -> HttpResponse:
    """How far the plan is; once it is there, on to it."""
    found = _own(request, job)
    if found.state == jobs.DONE and found.result is not None:
        address = reverse("week-run", args=[found.result["run"]])
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(status=200, headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)
    told = {
        "job": found,
        "done_steps": STEPS.index(found.step) if found.step in STEPS else 0,
        "all_steps": len(STEPS),
    }
    return render(request, "week/_making.html" if request.htmx else "week/making.html", told)  # type: ignore[attr-defined]


@require_POST
@needs(May.DECIDE_WEEK)
def stop(request: PersonRequest, job: UUID) -> HttpResponse:
    """Stop it; what was planned before stays."""
    jobs.stop(_home(), _own(request, job).id)
    return HttpResponseRedirect(reverse("week-watch", args=[job]))


def _home() -> Path:
    return Path(settings.TOUCHBOOK_HOME)


def _own(request: PersonRequest, job: UUID) -> jobs.Job:
    found = jobs.look(_home(), job)
    if found.staff != request.person.id or found.kind != "make":
        raise NotFound(_("This is no longer kept; begin it again."))
    return found


def _day(text: str) -> date | None:
    """The first day of the week that is asked for; a day that has passed, or none, is tomorrow."""
    try:
        wanted = date.fromisoformat(text)
    except ValueError:
        return None
    return wanted if wanted >= timezone.localdate() else None
