"""The next touch of a customer, as the passbook shows it: looked at, never claimed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.ids import mint
from touchbook.store.models import PlannedTouch, PlanRun
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


def look(customer: UUID) -> Next:
    """What is best to do for a customer now. Nothing is written."""
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
    # Who is held out is nobody's to know: they would be treated otherwise, and nothing would be measured.
    return Next(replace(answer, closed=tuple(one for one in answer.closed if not one.is_held_out), sentences=()))


def is_held_out(customer: UUID) -> bool:
    """Whether the last run held a touch to a customer out, of which no page tells."""
    run = PlanRun.objects.order_by("-number").values_list("number", flat=True).first()
    return PlannedTouch.objects.filter(run=run, customer=customer, held_out=True).exists()
