"""What a phone sends: moments, one or a batch, each answered for itself; undoing one; making good what went wrong."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused, TouchbookError
from touchbook.store.models import Customer, Entry, Moment
from touchbook.store.open_withdrawals import OpenWithdrawal, open_withdrawals
from touchbook.store.people import may_see
from touchbook.store.queries import plan_in_force, terms_of
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.log.requests import id_of, instant_of, moment_of, sent, text_of
from touchbook.web.origin import origin_of
from touchbook.web.templatetags.words import day, points
from touchbook.workflows.correct import CorrectionRequest, undo
from touchbook.workflows.log_moment import Asked, log_moment
from touchbook.workflows.recover import RecoveryRequest, offers_for, recover, what_may_be_recovered

BATCH_MAX = 50


@require_POST
@needs(May.LOG)
def moments(request: PersonRequest) -> HttpResponse:
    """Log what a phone kept: ``{person, moments: [...]}``. Each is durable before it is answered as logged.

    An item is ``logged``, was logged ``before``, or is ``refused`` with a sentence; one refusal keeps no other back.
    """
    said = sent(request)
    items = said.get("moments")
    if not isinstance(items, list) or len(items) > BATCH_MAX:
        raise Refused(_("Send a list of at most %(count)d moments at a time.") % {"count": BATCH_MAX})
    if said.get("person") != str(request.person.id):
        sentence = _("These moments were logged by somebody else; they are kept until that person signs in here.")
        return JsonResponse({"sentence": sentence}, status=409)
    return JsonResponse({"results": [_logged(item, request) for item in items]})


@require_POST
@needs(May.LOG)
def take_back(request: PersonRequest) -> HttpResponse:
    """Undo a moment, or a recovery, that this person logged within the last minute."""
    said, person = sent(request), request.person
    correction = CorrectionRequest(
        id_of(said, "id"), now(), moment=id_of(said, "moment"), by=person.name, origin=origin_of(request)
    )
    undo(correction, person.id)
    return JsonResponse({"status": "undone"})


@needs(May.LOG)
def recoveries(request: PersonRequest) -> HttpResponse:
    """What may be made good now, and how: of a moment that this person logged, and of a customer whom they may see."""
    found: dict[UUID, OpenWithdrawal] = {}
    if moment := request.GET.get("moment"):
        own = Moment.objects.filter(id=id_of({"id": moment}, "id"), staff=request.person.id).first()
        if own is not None:
            account = own.customer or own.touchpoint
            found |= {one.entry: one for one in open_withdrawals(account, own.id)}
    if customer := request.GET.get("customer"):
        identifier = id_of({"id": customer}, "id")
        if may_see(request.person, identifier):
            found |= {one.entry: one for one in open_withdrawals(identifier)}
    told = [_open(one, request) for one in found.values()]
    return JsonResponse({"open": [one for one in told if one["points"] > 0]})


@require_POST
@needs(May.LOG)
def make_good(request: PersonRequest) -> HttpResponse:
    """Record a recovery of a withdrawal, by what the plan lets this person offer."""
    said, person = sent(request), request.person
    withdrawal = Entry.objects.filter(id=id_of(said, "withdrawal")).first()
    if withdrawal is None or not _is_theirs(withdrawal, request):
        raise NotFound(_("There is no such withdrawal among those you may see."))
    using, note = text_of(said, "using"), text_of(said, "note")
    if not using and plan_in_force()[1].recoveries:
        raise Refused(_("Choose what you offer."))
    if not using and not note.strip():
        raise Refused(_("Write what you did to make it good."))
    done = recover(
        RecoveryRequest(
            id_of(said, "id"),
            withdrawal.id,
            instant_of(said, "at"),
            staff=person.id,
            note=note,
            source="web",
            using=using,
            by=person.name,
            origin=origin_of(request),
        )
    )
    return JsonResponse({"status": "recorded", "moment": str(done.moment), "points": points(done.points)})


def _logged(item: object, request: PersonRequest) -> dict[str, Any]:
    identifier = str(item.get("id", "")) if isinstance(item, dict) else ""
    try:
        done = log_moment(
            moment_of(item, request.person, origin_of(request)), Asked(request.plan_version, request.person.id)
        )
    except TouchbookError as error:
        return {"id": identifier, "status": "refused", "sentence": str(error)}
    return {"id": identifier, "status": "logged" if done.is_new else "before"}


def _open(one: OpenWithdrawal, request: PersonRequest) -> dict[str, Any]:
    plan = plan_in_force()[1]
    most = what_may_be_recovered(one.entry, now(), terms_of(plan.ledger))
    offers = [
        {
            "name": offer.name,
            "points": points(min(offer.points, most)),
            "money": f"{offer.money:,.2f} {plan.currency}".replace(".00 ", " ") if offer.money else "",
        }
        for offer in offers_for(request.person.role, one.touchpoint)
    ]
    return {
        "entry": str(one.entry),
        "touchpoint": one.touchpoint,
        "practice": one.practice,
        "day": day(one.at),
        "points": most,
        "most": points(most),
        "offers": offers,
        "free": not plan.recoveries,
    }


def _is_theirs(withdrawal: Entry, request: PersonRequest) -> bool:
    """Whether somebody may make a withdrawal good: that of a moment of their own, or of a customer whom they see."""
    if Moment.objects.filter(id=withdrawal.moment, staff=request.person.id).exists():
        return True
    customer = Customer.objects.filter(id=withdrawal.account).exists()
    return customer and may_see(request.person, withdrawal.account)
