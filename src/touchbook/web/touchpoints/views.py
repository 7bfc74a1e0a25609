"""Touchpoints."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from touchbook.web.access import May, PersonRequest, needs


@needs(May.SEE_JOURNEY)
def show(request: PersonRequest) -> HttpResponse:
    """Where do we win and lose?"""
    return render(request, "touchpoints/touchpoints.html")
