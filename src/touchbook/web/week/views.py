"""The week."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from touchbook.web.access import May, PersonRequest, needs


@needs(May.SEE_WEEK)
def show(request: PersonRequest) -> HttpResponse:
    """What did the planner decide?"""
    return render(request, "week/week.html")
