"""What a passbook's forms change: promises, consent, and who looks after the customer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused, TouchbookError
from touchbook.kernel.ids import mint
from touchbook.store.models import Customer, Promise, Staff
from touchbook.store.people import owners_seen_by
from touchbook.web.access import May, PersonRequest, customer_or_404, needs
from touchbook.web.origin import origin_of
from touchbook.web.passbook.views import page
from touchbook.workflows.change_owner import OwnerRequest, change_owner
from touchbook.workflows.form_checks import form_id
from touchbook.workflows.make_promise import PromiseRequest, make_promise
from touchbook.workflows.set_consent import ConsentRequest, set_consent
from touchbook.workflows.settle_promise import SettleRequest, settle_promise


@require_POST
@needs(May.CHANGE_CUSTOMERS)
def promise(request: PersonRequest, customer: UUID) -> HttpResponse:
    """Write down what was promised, and by when."""
    found = customer_or_404(request, customer)
    wrong = []
    due_on = _date(request.POST.get("due_on", ""))
    if due_on is None:
        wrong.append(gettext("Choose the day by which it is promised."))
    what = request.POST.get("what", "")
    if not what.strip():
        wrong.append(gettext("Write down what was promised."))
    if not wrong and due_on is not None:
        wanted = PromiseRequest(
            _id(request), found.id, what, due_on, now(),
            staff=request.person.id, by=request.person.name, origin=origin_of(request),
        )  # fmt: skip
        try:
            make_promise(wanted)
        except TouchbookError as error:
            wrong.extend(str(error).splitlines())
        else:
            return _done(request, found, gettext("The promise is written down."), "promises")
    return page(request, found, 422, promise_wrong=wrong, promise_what=what, promise_due=request.POST.get("due_on", ""))


@require_POST
@needs(May.CHANGE_CUSTOMERS)
def settle(request: PersonRequest, customer: UUID, promise: UUID) -> HttpResponse:
    """Say that a promise was kept, or let it go for a reason."""
    found = customer_or_404(request, customer)
    if not Promise.objects.filter(id=promise, customer=found).exists():
        raise Http404(gettext("There is no such promise to this customer."))
    kept = request.POST.get("kept") == "1"
    reason = request.POST.get("reason", "")
    wanted = SettleRequest(
        form_id(_id(request), promise, kept), promise, kept, now(), reason,
        by=request.person.name, origin=origin_of(request),
    )  # fmt: skip
    try:
        settle_promise(wanted)
    except TouchbookError as error:
        wrong = str(error).splitlines()
        return page(request, found, 422, settle_wrong=wrong, settle_of=promise, settle_reason=reason)
    said = gettext("The promise is kept.") if kept else gettext("The promise is let go.")
    return _done(request, found, said, "promises")


@require_POST
@needs(May.CHANGE_CUSTOMERS)
def consent(request: PersonRequest, customer: UUID) -> HttpResponse:
    """Write down what the customer said about being reached."""
    found = customer_or_404(request, customer)
    channel, purpose, allowed = (request.POST.get(name, "") for name in ("channel", "purpose", "allowed"))
    wrong = [] if allowed in ("0", "1") else [gettext("Say whether they allow it or not.")]
    if not wrong:
        wanted = ConsentRequest(
            found.id, allowed == "1", now(), channel, purpose, request.person.name, origin_of(request), _id(request)
        )
        try:
            set_consent(wanted)
        except TouchbookError as error:
            wrong = str(error).splitlines()
        else:
            return _done(request, found, gettext("What they allow is written down; it counts from now on."), "consent")
    typed = {"consent_channel": channel, "consent_purpose": purpose, "consent_allowed": allowed}
    return page(request, found, 422, consent_wrong=wrong, **typed)


@require_POST
@needs(May.CHANGE_CUSTOMERS)
def owner(request: PersonRequest, customer: UUID) -> HttpResponse:
    """Put somebody else in charge of the relationship."""
    found = customer_or_404(request, customer)
    chosen, before = (_uuid(request.POST.get(name, "")) for name in ("owner", "instead_of"))
    wanted = OwnerRequest(
        _id(request), found.id, chosen, before, now(), by=request.person.name, origin=origin_of(request)
    )
    try:
        _may_choose(request, found, chosen)
        change_owner(wanted)
    except TouchbookError as error:
        return page(request, found, 422, owner_wrong=str(error).splitlines(), owner_chosen=str(chosen or ""))
    name = Staff.objects.filter(id=chosen).values_list("name", flat=True).first() if chosen else None
    said = (
        gettext("%(name)s looks after them from now on.") % {"name": name}
        if name
        else gettext("Nobody in particular looks after them from now on.")
    )
    return _done(request, found, said, "owner")


def _may_choose(request: PersonRequest, customer: Customer, chosen: UUID | None) -> None:
    """Nobody gives a customer to a department that is not theirs."""
    if chosen is None or chosen == customer.owner_id or request.person.sees_everybody:
        return
    if chosen not in owners_seen_by(request.person):
        raise Refused(gettext("Choose somebody of your own departments; a manager of the other one can take over."))


def _done(request: PersonRequest, customer: Customer, said: str, place: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(f"{reverse('customers-passbook', args=[customer.id])}#{place}", status=303)


def _id(request: PersonRequest) -> UUID:
    """The id that the form was given, so that what is sent twice is done once."""
    return _uuid(request.POST.get("id", "")) or mint(now())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
