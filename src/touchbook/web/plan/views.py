"""The plan."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from touchbook.web.access import May, PersonRequest, needs


@needs(May.READ_PLAN)
def show(request: PersonRequest) -> HttpResponse:
    """How do we want to treat whom?"""
    return render(request, "plan/plan.html")
