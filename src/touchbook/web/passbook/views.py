"""The passbook of a customer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from touchbook.web.access import May, PersonRequest, customer_or_404, needs


@needs(May.SEE_CUSTOMERS)
def show(request: PersonRequest, customer: UUID) -> HttpResponse:
    """How do we stand with this customer, and what comes next?"""
    return render(request, "passbook/passbook.html", {"customer": customer_or_404(request, customer)})
