"""What stands in a touch's place once it is settled: what became of it, room for more, and a way to undo it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import TouchEvent
from touchbook.store.people import Person
from touchbook.store.today import Due
from touchbook.web.today.cards import Asked, asked_of
from touchbook.web.today.forms import DAYS_LATER, working_day
from touchbook.web.today.words import MADE
from touchbook.workflows.reopen_touch import UNDO_WITHIN

_SETTLED = ("made", "answered", "skipped")


@dataclass(slots=True)
class Panel:
    """A settled touch. ``step``: the event that undo takes back; None when it is too late, or another's.

    ``id``: for what is added; ``undo_id``: for undoing. ``days``: other days for what was put off.
    ``is_kept``: what was learnt has been written down just now.
    """

    due: Due
    customer_name: str
    what: str | Promise
    step: UUID | None
    id: UUID
    undo_id: UUID
    asked: list[Asked] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[str] = ()
    is_kept: bool = False

    @property
    def again(self) -> str:
        """The outcome by which it is put off to another day."""
        return "tried" if self.due.state == "tried" else "deferred"


def panel_of(
    person: Person,
    due: Due,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[str] = (),
    is_kept: bool = False,
) -> Panel | None:
    """The panel of a touch as it is now; None while it is open and due."""
    waits = due.was_put_off and due.due_on > timezone.localdate()
    if due.state not in _SETTLED and not waits:
        return None
    last = TouchEvent.objects.filter(touch=due.id).order_by("-number").first()
    undone = (
        last is not None
        and last.event != "reopened"
        and last.staff == person.id
        and now() - last.recorded_at <= UNDO_WITHIN
    )
    panel = Panel(
        due, due.customer_name or _("a customer without a name"), _what(due), last.id if last and undone else None,
        mint(now()), mint(now()), typed=typed or {}, problems=problems, is_kept=is_kept,
    )  # fmt: skip
    if due.state == "made" and not is_kept:
        panel.asked = asked_of(due, panel.typed)
    if waits:
        panel.days = [day for day in dict.fromkeys(map(working_day, DAYS_LATER)) if day != due.due_on]
    return panel


def _what(due: Due) -> str | Promise:
    if due.state in ("made", "answered"):
        return MADE.get(due.channel, _("Done"))
    if due.state == "skipped":
        return _("Set aside as not appropriate")
    return _("No answer") if due.state == "tried" else _("Later")
