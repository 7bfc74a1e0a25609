"""Set whether a customer may be reached by a channel and for a purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.ids import derive
from touchbook.kernel.language import say
from touchbook.plan.model import Channel, Purpose
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import Consent, Customer
from touchbook.workflows.checks import Checks, did_you_mean
from touchbook.workflows.form_checks import form_id, is_repeat


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """Whether a customer may be reached. An empty ``channel`` or ``purpose`` means every one of them.

    ``id`` is the form's, where one says it: the same form sent twice is said once.
    """

    customer: UUID
    allowed: bool
    at: datetime
    channel: str = ""
    purpose: str = ""
    by: str = ""
    origin: str = ""
    id: UUID | None = None


def set_consent(request: ConsentRequest) -> bool:
    """Set it, and keep who did and how it was before; returns False when it was, and stays, as it is.

    What was said last counts, whenever it arrives, and of two things said at one instant the refusal. What was
    overtaken before it arrived is kept in the audit trail alone.
    Raises ``NotFound`` for an unknown customer, ``Refused`` for an unknown channel or purpose.
    """
    with transaction.atomic():
        hold_arrivals()
        _check(request)
        if request.id is not None and is_repeat(_said_by(request.id, request)):
            return False
        key = {"customer_id": request.customer, "channel": request.channel, "purpose": request.purpose}
        consent = Consent.objects.filter(**key).first()
        if consent is not None and not _counts(request, consent):
            if consent.allowed != request.allowed:
                _keep(request, "consent overtaken", consent)
            return False
        _keep(request, "consent", consent)
        changes = consent is None or consent.allowed != request.allowed
        if consent is None:
            identifier = derive(request.at, "consent", request.customer, request.channel, request.purpose)
            consent = Consent(id=identifier, **key)
        consent.allowed, consent.said_at, consent.changed_at = request.allowed, request.at, now()
        consent.save()
    return changes


def _counts(request: ConsentRequest, consent: Consent) -> bool:
    """Whether a request overrules what stands."""
    said_at = _said_at(consent)
    return request.at > said_at or (request.at == said_at and consent.allowed and not request.allowed)


def _said_at(consent: Consent) -> datetime:
    return consent.said_at or consent.changed_at


def _keep(request: ConsentRequest, action: str, consent: Consent | None) -> None:
    """Leave an audit entry; its id follows from the request, so that the same one again leaves no other."""
    before = None if consent is None else {"allowed": consent.allowed, "said_at": str(_said_at(consent))}
    after = {"allowed": request.allowed, "channel": request.channel, "purpose": request.purpose}
    identifier = (
        _said_by(request.id, request)
        if request.id is not None
        else derive(
            request.at, action, request.customer, request.channel, request.purpose, str(request.allowed), request.by
        )
    )
    change = Change(action, "customer", request.customer, before, after, identifier)
    audit([change], request.by, request.at, request.origin)


def _said_by(form: UUID, request: ConsentRequest) -> UUID:
    return form_id(form, request.customer, request.channel, request.purpose, request.allowed)


def _check(request: ConsentRequest) -> None:
    checks = Checks()
    checks.instant(request.at, say("the consent"))
    checks.text(request.by, say("name of who sets it"), 200)
    checks.text(request.origin, say("origin"), 200)
    for word, known, what in ((request.channel, Channel, say("channel")), (request.purpose, Purpose, say("purpose"))):
        names = [str(one) for one in known]
        if word and word not in names:
            checks.refuse(
                say("'%(word)s' is no %(what)s; %(remedy)s", word=word, what=what, remedy=did_you_mean(word, names))
            )
    if not Customer.objects.filter(id=request.customer).exists():
        checks.missing(say("There is no customer %(customer)s; add them first.", customer=request.customer))
    checks.settle()
