"""The plan as a text, with what is wrong with it beside it, and whom it would reach."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, PlanInvalid
from touchbook.plan.loader import read_plan
from touchbook.store.models import PlanVersion
from touchbook.store.people import customers_seen_by
from touchbook.store.weeks import names_of
from touchbook.web.access import May, PersonRequest, may, needs
from touchbook.web.plan.draft import Checked, Draft, checked, draft_in_force, draft_of
from touchbook.workflows.jobs import look
from touchbook.workflows.start_plan import KINDS, starter


@needs(May.READ_PLAN)
def show(request: PersonRequest) -> HttpResponse:
    """How do we want to treat whom?"""
    if not may(request.person, May.PUBLISH_PLAN):
        return _to_read(request)
    draft = draft_in_force()
    if (kind := request.GET.get("starter", "")) in KINDS and not draft.based_on:
        draft = replace(draft, text=starter(kind)["plan.yaml"])
    elif "trial" in request.GET:
        draft = _tried(request, draft)
    if not draft.text:
        return render(request, "plan/begin.html", {"kinds": KINDS})
    return page(request, draft)


@require_POST
@needs(May.PUBLISH_PLAN)
def check(request: PersonRequest) -> HttpResponse:
    """What is wrong with a text as it is being typed."""
    draft = draft_of(request)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "plan/_problems.html", {"checked": checked(draft.text), "tell": True})
    return page(request, draft, typed=True)


@require_POST
@needs(May.PUBLISH_PLAN)
def reach(request: PersonRequest) -> HttpResponse:
    """Whom each touch of a text would reach."""
    draft = draft_of(request)
    found = _reach(request, draft.text)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "plan/_reach.html", found)
    return page(request, draft, typed=True, reached=True, **found)


def page(request: PersonRequest, draft: Draft, *, status: int = 200, typed: bool = False, **more: Any) -> HttpResponse:
    """The page with a text; *typed*: it is somebody's own, and not what is kept."""
    version = PlanVersion.objects.order_by("-number").first()
    told: dict[str, Any] = {
        "draft": draft,
        "checked": checked(draft.text),
        "version": version,
        "typed": typed or (version is not None and draft.text != version.text),
        **more,
    }
    return render(request, "plan/plan.html", told, status=status)


def _to_read(request: PersonRequest) -> HttpResponse:
    version = PlanVersion.objects.order_by("-number").first()
    found: Checked | None = checked(version.text) if version else None
    draft = Draft(version.text, version.number) if version else None
    return render(request, "plan/read.html", {"version": version, "draft": draft, "checked": found})


def _tried(request: PersonRequest, draft: Draft) -> Draft:
    """The text of a trial of one's own, to go on with."""
    try:
        job = look(Path(settings.TOUCHBOOK_HOME), UUID(request.GET["trial"]))
    except (NotFound, ValueError):
        return draft
    if job.staff != request.person.id or "text" not in job.asked:
        return draft
    return replace(draft, text=job.asked["text"], based_on=int(job.asked["based_on"]))


def _reach(request: PersonRequest, text: str) -> dict[str, Any]:
    """What the template of the counts is told."""
    try:
        plan = read_plan(text)
    except PlanInvalid:
        return {"refusal": _("Mend the errors first; then it can be counted whom each touch would reach.")}
    from touchbook.workflows.count_reach import count_reach  # the engine behind it takes its time to load

    found = count_reach(Path(settings.TOUCHBOOK_HOME), settings.TOUCHBOOK_DATABASE_URL, plan, now())
    if found is None:
        return {"refusal": _("Nothing is known of any customer yet; bring customers in, and plan a week first.")}
    ids = [UUID(one) for touch in found.touches for one in touch.customers]
    seen = set(customers_seen_by(request.person).filter(id__in=ids).values_list("id", flat=True))
    names = {str(one): name for one, name in names_of(sorted(seen)).items()}
    rows = [
        (touch, [(one, names[one]) for one in touch.customers if names.get(one)])
        for touch in found.touches
    ]  # fmt: skip
    return {"reach": found, "rows": rows}
