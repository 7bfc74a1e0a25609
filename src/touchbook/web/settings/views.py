"""Settings."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from touchbook.web.access import May, PersonRequest, needs


@needs(May.SEE_PEOPLE)
def show(request: PersonRequest) -> HttpResponse:
    """Who works here, and what came in?"""
    return render(request, "settings/settings.html")
