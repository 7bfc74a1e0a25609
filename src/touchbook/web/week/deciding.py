"""Approving what was planned, and withdrawing one touch."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused
from touchbook.kernel.ids import mint
from touchbook.store.weeks import touches_of
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.origin import origin_of
from touchbook.web.week.runs import run_numbered
from touchbook.web.week.touches import NO_TEAM, touch_page
from touchbook.workflows.approve_week import Approval, approve_week
from touchbook.workflows.form_checks import form_id
from touchbook.workflows.withdraw_touch import Withdrawal, withdraw_touch


@require_POST
@needs(May.DECIDE_WEEK)
def approve(request: PersonRequest, number: int) -> HttpResponse:
    """Approve all that is one's own to decide, or the touches of one team."""
    run = run_numbered(number)
    team = request.POST.get("team", "").replace("\0", "") or None
    asked = Approval(
        id=form_id(sent_id(request), "approve", number, team), run=run.id, staff=request.person.id, at=now(),
        team="" if team == NO_TEAM else team, by=request.person.name, origin=origin_of(request),
    )  # fmt: skip
    try:
        count = approve_week(asked)
    except Refused as error:
        messages.error(request, str(error))
    else:
        told = ngettext("%(count)d touch is approved.", "%(count)d touches are approved.", count) % {"count": count}
        messages.success(request, told)
    return HttpResponseRedirect(reverse("week-run", args=[number]))


@require_POST
@needs(May.DECIDE_WEEK)
def withdraw(request: PersonRequest, number: int, touch: UUID) -> HttpResponse:
    """Withdraw one touch, for a reason."""
    run = run_numbered(number)
    if not touches_of(run, request.person).filter(id=touch).exists():
        raise Http404(_("There is no such touch among those you may see."))
    reason = request.POST.get("reason", "").strip()
    asked = Withdrawal(
        id=form_id(sent_id(request), "withdraw", touch), touch=touch, reason=reason, staff=request.person.id, at=now(),
        by=request.person.name, origin=origin_of(request),
    )  # fmt: skip
    try:
        withdraw_touch(asked)
    except Refused as error:
        return touch_page(request, run, touch, refusal=str(error), reason=asked.reason)
    messages.success(request, _("It is withdrawn, and what it would have taken is free again."))
    return HttpResponseRedirect(reverse("week-touch", args=[number, touch]))


def sent_id(request: PersonRequest) -> UUID:
    """The id that a form was given when it was shown, so that the same form sent twice is one step."""
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError:
        return mint(now())
