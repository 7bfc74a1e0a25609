"""The passbook of a customer: how do we stand, and what comes next?"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.vary import vary_on_headers

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.ids import mint
from touchbook.ledger.entries import day_of
from touchbook.ledger.history import balances_on
from touchbook.store.models import Customer, Identifier, PlanRun, Staff
from touchbook.store.passbook import book_of
from touchbook.store.people import staff_seen_by
from touchbook.store.queries import terms_in_force
from touchbook.web.access import May, PersonRequest, customer_or_404, may, needs
from touchbook.web.passbook import book as printed
from touchbook.web.passbook.moments import moment_of
from touchbook.web.passbook.qr import code_of
from touchbook.web.veil import told_of

if TYPE_CHECKING:
    from touchbook.workflows.describe_customer import Described

LINES_OF_ACCOUNT = 50


@needs(May.SEE_CUSTOMERS)
def show(request: PersonRequest, customer: UUID) -> HttpResponse:
    """The whole page, or the one that begins further back in the book."""
    return page(request, customer_or_404(request, customer))


def page(request: PersonRequest, customer: Customer, status: int = 200, **forms: Any) -> HttpResponse:
    """The passbook; *forms* are those that could not be taken, with what was typed and what is wrong."""
    from touchbook.web.passbook.sheet import sheet_of

    sheet = sheet_of(request, customer, described(customer), request.GET.get("before", ""))
    return render(request, "passbook/passbook.html", {**sheet, "form_id": mint(now()), **forms}, status=status)


@vary_on_headers("HX-Request")
@needs(May.SEE_CUSTOMERS)
def older(request: PersonRequest, customer: UUID) -> HttpResponse:
    """More lines, further back; a page of its own where no script asks."""
    found = customer_or_404(request, customer)
    before = request.GET.get("before", "")
    if not request.htmx:  # type: ignore[attr-defined]
        return page(request, found)
    lines = printed.page(found.id, book_of(found.id), terms_in_force(), before, may(request.person, May.SEE_CONTACTS))
    return render(request, "passbook/lines.html", {"customer": found, "page": lines, "is_more": True})


@needs(May.SEE_CUSTOMERS)
def moment(request: PersonRequest, customer: UUID, moment: UUID) -> HttpResponse:
    """What happened there, and what became of it."""
    found = customer_or_404(request, customer)
    told = moment_of(found, moment, terms_in_force(), request.person)
    if told is None:
        raise Http404(gettext("There is no such moment in this passbook."))
    return render(request, "passbook/moment.html", {"customer": found, "moment": told})


@vary_on_headers("HX-Request")
@needs(May.SEE_CUSTOMERS)
def how(request: PersonRequest, customer: UUID, number: str) -> HttpResponse:
    """How a number was worked out."""
    from touchbook.web.passbook.how import NEXT_TOUCH, NUMBERS
    from touchbook.web.passbook.how_money import next_touch
    from touchbook.web.passbook.next import look

    found = customer_or_404(request, customer)
    if number == NEXT_TOUCH:
        told = next_touch(described(found), look(found.id, request.person).answer)
    elif number in NUMBERS:
        told = NUMBERS[number](described(found))
    else:
        raise Http404(gettext("There is no such number in a passbook."))
    return render(request, _shape(request, "how"), {"customer": found, "how": told})


@vary_on_headers("HX-Request")
@needs(May.SEE_CUSTOMERS)
def what_would_change(request: PersonRequest, customer: UUID) -> HttpResponse:
    """What would alter the week's decision about this customer: asked of the run's evidence, when somebody asks."""
    found = customer_or_404(request, customer)
    told: dict[str, Any] = {"explained": None}
    if run := PlanRun.objects.select_related("plan_version").order_by("number").last():
        with suppress(NotFound):
            told = {"explained": told_of(run, found.id, request.person), "starts_on": run.starts_on}
    return render(request, _shape(request, "change"), {"customer": found, **told})


@vary_on_headers("HX-Request")
@needs(May.SEE_CUSTOMERS)
def card(request: PersonRequest, customer: UUID) -> HttpResponse:
    """A code to print on a card: the member number where there is one and it may be seen, else the page's address."""
    found = customer_or_404(request, customer)
    address = request.build_absolute_uri(reverse("customers-passbook", args=[found.id]))
    number = ""
    if may(request.person, May.SEE_CONTACTS):
        kept = Identifier.objects.filter(customer=found, kind="member number").order_by("value")
        number = kept.values_list("value", flat=True).first() or ""
    says_number = bool(number) and request.GET.get("of") != "address"
    told = {"customer": found, "code": code_of(number if says_number else address), "number": number}
    return render(request, _shape(request, "card"), {**told, "says_number": says_number})


@needs(May.BE_ONESELF)
def account(request: PersonRequest, staff: UUID) -> HttpResponse:
    """A member of staff's own account, for them and for their manager; nobody else learns that it is there."""
    owner = staff_seen_by(request.person).filter(id=staff).first()
    if owner is None:
        raise Http404(gettext("There is no such account among those you may see."))
    terms, book = terms_in_force(), book_of(owner.id)
    lines = printed.page(owner.id, book, terms, request.GET.get("before", ""), True, LINES_OF_ACCOUNT)
    (balance,) = balances_on(
        [one.line for one in book], [max(day_of(now()), *(one.line.day for one in book), 0.0)], terms
    )
    managed = Staff.objects.filter(manager=request.person.id, retired_at=None).order_by("name")
    told = {"owner": owner, "is_own": owner.id == request.person.id, "page": lines, "balance": balance}
    return render(request, "passbook/account.html", {**told, "managed": managed if told["is_own"] else []})


def described(customer: Customer) -> Described:
    """The customer as they are now. What it takes is imported with the first passbook: other pages need not wait."""
    from touchbook.workflows.describe_customer import describe_customer

    return describe_customer(settings.TOUCHBOOK_HOME, settings.TOUCHBOOK_DATABASE_URL, customer, now())


def _shape(request: PersonRequest, name: str) -> str:
    """The template of a fragment where a script asks, else of a page around it."""
    return f"passbook/{name}.html" if request.htmx else f"passbook/{name}_page.html"  # type: ignore[attr-defined]
