"""Why a customer gets what they get, told so that nobody learns who is held out.

Whoever knew would treat them otherwise, and nothing would be measured. So a customer of whom a touch is held out is
told of as one whose touch was open and too dear; and to those who serve customers the latter are told of in the same
few words, because a worth beside a price would give the difference away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _

from touchbook.store.models import PlannedTouch, PlanRun
from touchbook.store.people import Person
from touchbook.web.access import May, may

if TYPE_CHECKING:
    from touchbook.planner.explanation import Explanation, Option
    from touchbook.planner.next_touch import Option as Tried


@dataclass(frozen=True, slots=True)
class Told:
    """An explanation as pages show it, in sentences. *is_veiled*: nothing is told of what would change it."""

    why: tuple[str, ...]
    beside: tuple[str, ...]
    changes: tuple[str, ...]
    closed: tuple[str, ...]
    is_veiled: bool = False


def told_of(run: PlanRun, customer: UUID, person: Person) -> Told:
    """What a person is told of a customer's part in a run. Raises ``NotFound`` as ``explain_customer`` does."""
    # What is behind these takes its time to load.
    from touchbook.planner.explanation.sentences import closed
    from touchbook.workflows.explain_customer import explain_customer

    planned = list(PlannedTouch.objects.filter(run=run, customer=customer).order_by("due_on", "id"))
    home = Path(settings.TOUCHBOOK_HOME)
    explained = explain_customer(home, settings.TOUCHBOOK_DATABASE_URL, str(customer), run.id).explanation
    if not any(one.held_out for one in planned) and (may_weigh(person) or not _is_in_doubt(run, explained)):
        changes = tuple(change.sentence for change in explained.changes)
        return Told(explained.why, explained.beside, changes, explained.closed)
    made = [one for one in planned if not one.held_out]
    by_name = sorted(explained.others, key=lambda option: option.touch)  # not by what is left of their worth
    return Told(_why(explained, made), (), (), tuple(closed(by_name)), True)


def veiled(closed: Sequence[Tried], person: Person) -> tuple[Tried, ...]:
    """Touches that were tried for a customer, by name: in the order of their surplus one could read who is held out."""
    shown = [
        replace(one, closed=in_doubt()) if one.is_held_out or (one.is_too_dear and not may_weigh(person)) else one
        for one in closed
    ]
    return tuple(sorted(shown, key=lambda one: one.touch))


def in_doubt() -> str:
    """What is said of every touch that was open and is not made, in place of a touch's worth and price."""
    return _("what it takes brings more elsewhere, or chance left them out to measure what touches do")


def may_weigh(person: Person) -> bool:
    """Whether somebody works with the numbers themselves; the others serve the customers."""
    return may(person, May.READ_SQL)


def _is_in_doubt(run: PlanRun, explained: Explanation) -> bool:
    """Whether somebody of whom a touch is held out could be told of in the same way."""
    if not any(_could_be_made(option) for option in explained.others):
        return False
    return not explained.made or _gives_several(run)


def _could_be_made(option: Option) -> bool:
    return not option.bars and not option.must and option.value > 0


def _gives_several(run: PlanRun) -> bool:
    """Whether anybody gets more than one touch in this week, so that one may be made and another held out."""
    each = PlannedTouch.objects.filter(run=run).values("customer").annotate(count=Count("id"))
    return each.filter(count__gt=1).exists()


def _why(explained: Explanation, made: Sequence[PlannedTouch]) -> tuple[str, ...]:
    said = [_("“%(touch)s” is planned. %(reason)s") % {"touch": one.name, "reason": one.reason} for one in made]
    if not made:
        said = [_("%(name)s is left alone this week.") % {"name": explained.name}]
    return (
        *said,
        _("A touch was open to them and is not made: %(why)s.") % {"why": in_doubt()},
        _("Which of the two it is, nobody who serves them is told, so that everybody is treated alike."),
    )
