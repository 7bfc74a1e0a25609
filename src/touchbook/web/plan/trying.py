"""Trying a text on the coming week: begun, watched, stopped, and set beside the plan in force."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.store.people import customers_seen_by
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.plan.comparison import compare
from touchbook.web.plan.draft import checked, draft_of
from touchbook.web.plan.views import page
from touchbook.workflows import jobs

STEPS = ("waiting", "opening", "reading", "planning", "comparing")


@require_POST
@needs(May.PUBLISH_PLAN)
def begin_trial(request: PersonRequest) -> HttpResponse:
    """Begin to plan the coming week with a text. Nothing is written down."""
    draft = draft_of(request)
    found = checked(draft.text)
    refusal = "" if found.usable else _("Mend the errors first; then the week can be tried.")
    if not refusal:
        asked = {"text": draft.text, "based_on": draft.based_on}
        try:
            # Each press is a trial of its own; a form that is sent twice at once is refused as the second one.
            job = jobs.begin(_home(), settings.TOUCHBOOK_DATABASE_URL, "try", mint(now()), request.person.id, asked)
        except Refused as error:
            refusal = str(error)
        else:
            if request.htmx:  # type: ignore[attr-defined]
                return _fragment(request, job)
            return HttpResponseRedirect(reverse("plan-trial", args=[job.id]))
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "plan/_trial.html", {"refusal": refusal, "running": _mine(request)})
    return page(request, draft, typed=True, trial_refusal=refusal, status=422)


@needs(May.PUBLISH_PLAN)
def trial(request: PersonRequest, job: UUID) -> HttpResponse:
    """How far a trial is, and what came of it."""
    found = _own(request, job)
    if request.htmx:  # type: ignore[attr-defined]
        return _fragment(request, found)
    return render(request, "plan/trial.html", _told(request, found))


@require_POST
@needs(May.PUBLISH_PLAN)
def stop_trial(request: PersonRequest, job: UUID) -> HttpResponse:
    """Stop a trial."""
    found = jobs.stop(_home(), _own(request, job).id)
    if request.htmx:  # type: ignore[attr-defined]
        return _fragment(request, found)
    return HttpResponseRedirect(reverse("plan-trial", args=[job]))


def _home() -> Path:
    return Path(settings.TOUCHBOOK_HOME)


def _own(request: PersonRequest, job: UUID) -> jobs.Job:
    found = jobs.look(_home(), job)
    if found.staff != request.person.id or found.kind != "try":
        raise NotFound(_("This is no longer kept; begin it again."))
    return found


def _mine(request: PersonRequest) -> jobs.Job | None:
    return next((one for one in jobs.running(_home()) if one.staff == request.person.id and one.kind == "try"), None)


def _fragment(request: PersonRequest, job: jobs.Job) -> HttpResponse:
    return render(request, "plan/_trial.html", _told(request, job))


def _told(request: PersonRequest, job: jobs.Job) -> dict[str, Any]:
    """What the templates of a trial are told."""
    told: dict[str, Any] = {
        "job": job,
        "done_steps": STEPS.index(job.step) if job.step in STEPS else 0,
        "all_steps": len(STEPS),
    }
    if job.result is not None:
        seen = customers_seen_by(request.person)
        told["comparison"] = compare(job.result, lambda ids: dict(seen.filter(id__in=ids).values_list("id", "name")))
    return told
