"""Everything that the first page of a passbook shows."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from touchbook.ledger.entries import Kind
from touchbook.planner.phrases import money
from touchbook.store.models import Customer, Identifier, Promise, Staff
from touchbook.store.passbook import BookLine, particulars
from touchbook.store.people import owners_seen_by
from touchbook.web.access import May, PersonRequest, may
from touchbook.web.passbook import book, known
from touchbook.web.passbook.next import look
from touchbook.web.passbook.year import year
from touchbook.workflows.describe_customer import Described

OPEN_SHOWN = 5


def sheet_of(request: PersonRequest, customer: Customer, described: Described, before: str) -> dict[str, Any]:
    """The context of the page's template."""
    person = request.person
    sees_contacts = may(person, May.SEE_CONTACTS)
    answers, missing = known.answers(described)
    question = described.plan.questions.get("feeling") if described.plan else None
    feeling = described.feeling if question and question.scale else None
    currency = described.plan.currency if described.plan else ""
    return {
        "customer": customer,
        "described": described,
        "type": described.type,
        "page": book.page(customer.id, described.book, described.terms, before, sees_contacts),
        "is_older": bool(before),
        "year": year(described.book, described.at, described.terms),
        "feeling": feeling,
        "feeling_words": known.feeling_words(feeling, question) if feeling else "",
        "feeling_at": described.feelings[-1][0] if described.feelings else None,
        "feeling_is_stale": any(told.is_stale for told in described.told if told.question.name == "feeling"),
        "answers": answers,
        "missing": known.listed([name for name in missing if name != "feeling" or feeling is None]),
        "attributes": known.attributes(described),
        "worth": None if described.worth is None else money(described.worth, currency),
        "lifetime_value": None if described.lifetime_value is None else money(described.lifetime_value, currency),
        "open": _open(customer, described),
        "open_rest": max(0, len(described.felt_open) - OPEN_SHOWN),
        "worst": _worst(customer, described),
        "latest": next((one for one in reversed(described.book) if not one.line.void), None),
        "next": look(customer.id, person),
        "promises": _promises(customer),
        "consents": known.consents(customer.id),
        "channels": known.CHANNELS.items(),
        "purposes": known.PURPOSES.items(),
        "reached_by": known.reached_by(customer),
        "identifiers": Identifier.objects.filter(customer=customer).order_by("kind", "value") if sees_contacts else [],
        "owners": _owners(request, customer) if may(person, May.CHANGE_CUSTOMERS) else [],
        "today": timezone.localdate(),
    }


def _open(customer: Customer, described: Described) -> list[dict[str, Any]]:
    """Open withdrawals, the heaviest first: what, since when, and how much they weigh now."""
    heaviest = described.felt_open[:OPEN_SHOWN]
    said = particulars(customer.id, [one.id for one, _ in heaviest])
    return [{"line": one, "says": said[one.id], "weight": weight} for one, weight in heaviest]


def _worst(customer: Customer, described: Described) -> dict[str, Any] | None:
    """The withdrawal that weighs most today, open or not."""
    pairs: list[tuple[BookLine, float]] = [
        (one, -part.contribution)
        for one, part in zip(described.book, described.parts, strict=True)
        if one.line.kind is Kind.WITHDRAWAL and part.contribution < 0
    ]
    if not pairs:
        return None
    one, weight = max(pairs, key=lambda pair: pair[1])
    return {"line": one, "says": particulars(customer.id, [one.id])[one.id], "weight": weight}


def _promises(customer: Customer) -> list[Promise]:
    found = Promise.objects.filter(customer=customer, settled_at=None).select_related("made_by")
    return list(found.order_by("due_on", "made_at"))


def _owners(request: PersonRequest, customer: Customer) -> list[Staff]:
    """Who may be put in charge: colleagues of the departments, or anybody where everybody is seen."""
    staff = Staff.objects.filter(retired_at=None)
    if not request.person.sees_everybody:
        staff = staff.filter(
            id__in=[*owners_seen_by(request.person), *([customer.owner_id] if customer.owner_id else [])]
        )
    return list(staff.order_by("name"))
