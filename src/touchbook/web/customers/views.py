"""Customers."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused
from touchbook.store.queries import version_in_force
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.customers.counts import asked
from touchbook.web.customers.csv_file import file_name, lines
from touchbook.web.customers.filters import ORDERS
from touchbook.web.customers.listing import listing, wanted
from touchbook.web.only_mine import is_only_mine
from touchbook.web.origin import origin_of
from touchbook.workflows.record_download import DownloadRequest, record_download


@needs(May.SEE_CUSTOMERS)
def show(request: PersonRequest) -> HttpResponse:
    """Who needs us?"""
    only_mine = is_only_mine(request)
    asked_for = wanted(request.person, request.GET, only_mine)
    if asked_for is None:
        return render(request, "customers/making.html", {"has_plan": version_in_force() is not None})
    after = request.GET.get("after", "")[:12]
    page = listing(request.person, asked_for, int(after) if after.isdecimal() else 0, only_mine)
    is_part = getattr(request, "htmx", False) and not page.is_first
    template = "customers/part.html" if is_part else "customers/customers.html"
    orders = [(key, label) for key, (_, label) in ORDERS.items()]
    return render(request, template, {"page": page, "orders": orders})


@require_POST
@needs(May.SEE_JOURNEY)
def download(request: PersonRequest) -> HttpResponseBase:
    """The rows of a filter, which stands in the address, as a CSV file; that somebody took it is in the audit trail."""
    asked_for = wanted(request.person, request.GET, is_only_mine(request))
    if asked_for is None:
        raise Refused(gettext("The list is still being made; load it again in a minute."))
    if asked_for.statement is None:
        raise Refused("\n".join(f"{fault.what}; {fault.remedy}" for fault in asked_for.faults))
    count = int(asked(asked_for.state, asked_for.statement.count())[0][0])
    record_download(
        DownloadRequest(
            request.person.id,
            request.get_full_path(),
            count,
            now(),
            request.person.name,
            origin_of(request),
        )
    )
    answer = StreamingHttpResponse(
        lines(request.person, asked_for.state, asked_for.statement), content_type="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name()}"'
    return answer
