"""Customers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from touchbook.web.access import May, PersonRequest, needs


@needs(May.SEE_CUSTOMERS)
def show(request: PersonRequest) -> HttpResponse:
    """Who needs us?"""
    return render(request, "customers/customers.html")
