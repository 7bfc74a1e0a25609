"""Which plans were in force, and how any two of them differ, in words."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.ids import mint
from touchbook.store.models import PlanVersion
from touchbook.web.access import May, PersonRequest, may, needs
from touchbook.web.plan.draft import checked, words_between

A_PAGE = 30


@needs(May.READ_PLAN)
def versions(request: PersonRequest) -> HttpResponse:
    """Every version, the last first."""
    listed = PlanVersion.objects.order_by("-number").defer("text")
    found = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "plan/versions.html", {"found": found, "latest": listed.first()})


@needs(May.READ_PLAN)
def version(request: PersonRequest, number: int) -> HttpResponse:
    """One version: its text, what it changed, and the way back to it."""
    found = PlanVersion.objects.filter(number=number).first()
    if found is None:
        raise NotFound(_("There is no version %(number)d of the plan.") % {"number": number})
    latest = PlanVersion.objects.order_by("-number").values_list("number", flat=True).first()
    before = PlanVersion.objects.filter(number__lt=number).order_by("-number").values_list("number", flat=True).first()
    told = {
        "version": found,
        "before": before,
        "latest": latest,
        "changes": words_between(before, number) if before else None,
        "back": words_between(latest, number) if latest and latest != number else None,
        "id": mint(now()),
        "may_publish": may(request.person, May.PUBLISH_PLAN) and checked(found.text).usable,
    }
    return render(request, "plan/version.html", told)


@needs(May.READ_PLAN)
def differences(request: PersonRequest) -> HttpResponse:
    """How two versions differ."""
    numbers = list(PlanVersion.objects.order_by("-number").values_list("number", flat=True))
    newest = numbers[0] if numbers else 0
    old, new = (
        int(given) if (given := request.GET.get(name, "")[:9]).isdecimal() else otherwise
        for name, otherwise in (("old", numbers[1] if len(numbers) > 1 else newest), ("new", newest))
    )
    known = old in numbers and new in numbers
    told = {"old": old, "new": new, "numbers": numbers, "known": known}
    return render(request, "plan/difference.html", {**told, "words": words_between(old, new) if known else None})
