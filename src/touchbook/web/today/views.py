"""Today."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from touchbook.web.access import May, PersonRequest, needs


@needs(May.LOG)
def show(request: PersonRequest) -> HttpResponse:
    """Whom do I reach today?"""
    return render(request, "today/today.html")
