"""The pages in the order in which the menu names them, and who gets to see which."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from touchbook.store.people import Person
from touchbook.web.access import May, may


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the menu: the address by name, what it is called, its icon, and what it needs."""

    url: str
    label: str | Promise
    icon: str
    needs: May
    question: str | Promise


ENTRIES = (
    Entry("log", _("Log"), "log", May.LOG, _("What just happened?")),
    Entry("today", _("Today"), "today", May.LOG, _("Whom do I reach today?")),
    Entry("customers", _("Customers"), "customers", May.SEE_CUSTOMERS, _("Who needs us?")),
    Entry("touchpoints", _("Touchpoints"), "touchpoints", May.SEE_JOURNEY, _("Where do we win and lose?")),
    Entry("week", _("Week"), "week", May.SEE_WEEK, _("What did the planner decide?")),
    Entry("plan", _("Plan"), "plan", May.READ_PLAN, _("How do we want to treat whom?")),
    Entry("settings", _("Settings"), "settings", May.SEE_PEOPLE, _("Who works here, and what came in?")),
)
TABS_ON_A_PHONE = 3  # beside the one that leads to all others


def menu_of(person: Person) -> list[Entry]:
    """What a person's menu holds."""
    return [entry for entry in ENTRIES if may(person, entry.needs)]
