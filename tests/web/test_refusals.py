"""Refusals reach people in the language of their page, and a terminal in English."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.store.models import Customer
from touchbook.store.queries import find_customer
from touchbook.workflows.log_moment import MomentRequest, log_moment

GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de"}
NO_ENTRIES = {
    "en": "The moment has no entries; name at least one deposit or withdrawal that happened, "
    "or write in the note what it was.",
    "de": "Der Moment hat keine Buchungen; nennen Sie mindestens eine Einzahlung oder Abhebung, die es gab, "
    "oder schreiben Sie in die Notiz, was war.",
}


def _sent(mona: Client, person: UUID, customer: Customer, **headers: str) -> str:
    """What Mona's phone is told of a moment in which nothing happened."""
    moment = {"id": str(mint(now())), "at": now().isoformat(), "touchpoint": "gate", "customer": str(customer.id)}
    told = mona.post(
        "/log/moments/", {"moments": [moment], "person": str(person)}, content_type="application/json", **headers
    )
    return str(told.json())


def test_a_moment_without_entries_is_refused_in_the_language_of_the_page(
    people: dict, ana: Customer, visitor: Callable[[str], Client]
) -> None:
    mona = visitor("Mona")
    assert NO_ENTRIES["de"] in _sent(mona, people["Mona"].id, ana, **GERMAN)
    assert NO_ENTRIES["en"] in _sent(mona, people["Mona"].id, ana)


def test_a_form_says_in_german_what_is_wrong_with_it(people: dict, visitor: Callable[[str], Client]) -> None:
    ada = visitor("Ada")
    page = ada.post("/settings/teams/", {"id": str(mint(now())), "name": "member services"}, **GERMAN).content.decode()
    assert "Ein Team „member services“ gibt es schon; wählen Sie einen anderen Namen." in page


def test_outside_a_page_refusals_are_english(people: dict, ana: Customer, visitor: Callable[[str], Client]) -> None:
    visitor("Mona").get("/log/", **GERMAN)
    with pytest.raises(Refused, match="The moment has no entries"):
        log_moment(MomentRequest(mint(now()), now(), "gate", (), ana.id, people["Mona"].id))
    with pytest.raises(NotFound, match="No customer is called 'Nobody'"):
        find_customer("Nobody")
