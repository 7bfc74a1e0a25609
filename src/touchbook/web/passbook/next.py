"""The next touch of a customer, as the passbook shows it: looked at, never claimed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.ids import mint
from touchbook.store.people import Person
from touchbook.web.veil import veiled
from touchbook.workflows.next_touch import NextRequest, NextTouch, next_touch


@dataclass(frozen=True, slots=True)
class Next:
    """The answer, or why there is none: no plan of the week covers today, or it was made before they were known."""

    answer: NextTouch | None
    missing: str = ""

    @property
    def team(self) -> str:
        """Who makes it, where the plan says so."""
        offer = self.answer.offer if self.answer else None
        return (offer.touch.team or "") if offer else ""


def look(customer: UUID, person: Person) -> Next:
    """What is best to do for a customer now, as a person may know it. Nothing is written."""
    at = now()
    request = NextRequest(mint(at), customer, at)
    try:
        answer = next_touch(settings.TOUCHBOOK_HOME, settings.TOUCHBOOK_DATABASE_URL, request)
    except NotFound:
        return Next(None, gettext("No plan of the week covers today, so nothing is decided for them yet."))
    if answer.offer is None and not answer.closed:
        return Next(
            None, gettext("The plan of this week was made before they were known; the next one will know them.")
        )
    return Next(replace(answer, closed=veiled(answer.closed, person), sentences=()))
