"""What the forms of the list send, as workflows take it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused
from touchbook.planner.schedule import WORKING_DAYS
from touchbook.store.people import Person
from touchbook.store.today import Due
from touchbook.workflows.settle_touch import OutcomeRequest, Promised, Told

_PUT_OFF = ("tried", "deferred")
DAYS_LATER = (1, 3, 7)


def outcome_of(person: Person, due: Due, data: QueryDict, origin: str) -> OutcomeRequest:
    """The outcome that a form says. Raises ``Refused`` for an id or a date that cannot be read."""
    outcome = data.get("outcome", "")
    return OutcomeRequest(
        id=id_in(data),
        touch=due.id,
        outcome=outcome,
        at=now().astimezone(timezone.get_current_timezone()),
        staff=person.id,
        reason=(data.get("own_reason", "") or data.get("reason", "")).strip() if outcome == "skipped" else "",
        due_on=_day(data, "due_on") or working_day(1) if outcome in _PUT_OFF else None,
        told=_told(due, data),
        promised=_promised(data),
        by=person.name,
        origin=origin,
    )


def id_in(data: QueryDict, name: str = "id") -> UUID:
    """The id that the form was given. Raises ``Refused``."""
    try:
        return UUID(data.get(name, ""))
    except ValueError:
        raise Refused(_("This form has lost its id; load the page again, and send it anew.")) from None


def working_day(days: int) -> date:
    """The day that lies so many days ahead, or the first working day after it."""
    day = timezone.localdate() + timedelta(days)
    while day.weekday() >= WORKING_DAYS:
        day += timedelta(1)
    return day


def _told(due: Due, data: QueryDict) -> tuple[Told, ...]:
    said = ((name, data.get(f"answer-{name}", "").strip()) for name in due.plan.questions)
    return tuple(Told(name, value) for name, value in said if value)


def _promised(data: QueryDict) -> Promised | None:
    """A promise has words and a day. A day alone is one to come back on."""
    what, day = data.get("promise", "").strip(), _day(data, "promise_due")
    if day is None:
        if what:
            raise Refused(_("Choose the day by which it is promised."))
        return None
    return Promised(what or _("Come back to them"), day)


def _day(data: QueryDict, name: str) -> date | None:
    raw = data.get(name, "").strip()
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise Refused(_("“%(day)s” is no day; choose one from the calendar.") % {"day": raw}) from None
