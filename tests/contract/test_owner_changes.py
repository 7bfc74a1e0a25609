"""Who looks after a customer: changed once, kept in the audit trail, and never over somebody else's decision."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest

from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.store.models import AuditEntry, Customer, Staff
from touchbook.workflows.change_owner import OwnerRequest, change_owner

NOW = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)


def staff(name: str, **more: object) -> UUID:
    return Staff.objects.create(id=mint(NOW), changed_at=NOW, name=name, code=name, **more).id


def owner_of(customer: UUID) -> UUID | None:
    return Customer.objects.get(id=customer).owner_id


@pytest.mark.usefixtures("database")
def test_a_customer_is_handed_over_and_the_trail_says_by_whom():
    mona, omar = staff("Mona"), staff("Omar")
    ana = Customer.objects.create(id=mint(NOW), changed_at=NOW, name="Ana", owner_id=mona).id
    request = OwnerRequest(mint(NOW), ana, omar, mona, NOW, by="Mia", origin="web 10.0.0.7")
    assert change_owner(request)
    assert owner_of(ana) == omar
    assert Customer.objects.get(id=ana).changed_at > NOW  # the planner looks at her anew
    assert not change_owner(request)  # sent twice
    (kept,) = AuditEntry.objects.filter(subject=ana)
    assert (kept.actor, kept.origin, kept.action) == ("Mia", "web 10.0.0.7", "change owner")
    assert (kept.before["name"], kept.after["name"]) == ("Mona", "Omar")

    assert change_owner(OwnerRequest(mint(NOW), ana, None, omar, NOW))
    assert owner_of(ana) is None
    assert not change_owner(OwnerRequest(mint(NOW), ana, None, None, NOW))  # it is so already


@pytest.mark.usefixtures("database")
def test_of_two_who_decide_at_once_the_second_is_told():
    mona, omar, stella = staff("Mona"), staff("Omar"), staff("Stella")
    ana = Customer.objects.create(id=mint(NOW), changed_at=NOW, name="Ana", owner_id=mona).id
    change_owner(OwnerRequest(mint(NOW), ana, omar, mona, NOW))
    with pytest.raises(Refused, match="Meanwhile it is Omar who looks after them"):
        change_owner(OwnerRequest(mint(NOW), ana, stella, mona, NOW))
    assert owner_of(ana) == omar


@pytest.mark.usefixtures("database")
def test_nobody_who_left_or_is_unknown_can_look_after_anybody():
    gone = staff("Gone", retired_at=NOW)
    ana = Customer.objects.create(id=mint(NOW), changed_at=NOW, name="Ana").id
    with pytest.raises(Refused, match="Gone left on 1 June 2026"):
        change_owner(OwnerRequest(mint(NOW), ana, gone, None, NOW))
    with pytest.raises(NotFound, match="no member of staff"):
        change_owner(OwnerRequest(mint(NOW), ana, mint(NOW), None, NOW))
    with pytest.raises(NotFound, match="no customer"):
        change_owner(OwnerRequest(mint(NOW), mint(NOW), None, None, NOW))
    request = OwnerRequest(mint(NOW), ana, staff("Mona"), None, NOW)
    change_owner(request)
    bob = Customer.objects.create(id=mint(NOW), changed_at=NOW, name="Bob").id
    with pytest.raises(Refused, match="belongs to another change"):
        change_owner(OwnerRequest(request.id, bob, None, None, NOW))
