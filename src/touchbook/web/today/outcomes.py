"""What the list's forms record: outcomes, what was learnt, a mistake undone, promises settled.

Each works as a plain form, which leads to the touch's own page, and by htmx, which puts the
answer in the touch's place.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.errors import TouchbookError
from touchbook.store.models import Promise
from touchbook.store.today import Due
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.origin import origin_of
from touchbook.web.today.cards import cards_of
from touchbook.web.today.forms import id_in, outcome_of
from touchbook.web.today.panels import panel_of
from touchbook.web.today.views import due_or_404, free_touches, head_of, touch_page
from touchbook.web.today.words import reasons
from touchbook.workflows.reopen_touch import ReopenRequest, reopen_touch
from touchbook.workflows.settle_promise import SettleRequest, settle_promise
from touchbook.workflows.settle_touch import settle_touch

_SETTLED = ("made", "answered", "skipped")  # in another tab, or by a colleague: it takes no other outcome


@require_POST
@needs(May.LOG)
def settle(request: PersonRequest, touch: UUID) -> HttpResponse:
    """One tap: what became of a touch."""
    due = due_or_404(request.person, touch)
    try:
        settle_touch(outcome_of(request.person, due, request.POST, origin_of(request)))
    except TouchbookError as error:
        meanwhile = _("This touch was settled meanwhile, and stands as it was settled; nothing was changed.")
        return _as_it_is(request, touch, meanwhile if due.state in _SETTLED else str(error))
    return _as_it_is(request, touch)


@require_POST
@needs(May.LOG)
def learn(request: PersonRequest, touch: UUID) -> HttpResponse:
    """What was learnt and promised in a touch that is made."""
    due = due_or_404(request.person, touch)
    try:
        wanted = outcome_of(request.person, due, request.POST, origin_of(request))
        settle_touch(wanted)
    except TouchbookError as error:
        panel = panel_of(request.person, due, request.POST.dict(), str(error).splitlines())
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "today/panel.html", {"panel": panel}, status=422)
        return touch_page(request, due, 422, panel=panel)
    if request.htmx:  # type: ignore[attr-defined]
        panel = panel_of(request.person, due_or_404(request.person, touch), is_kept=True)
        return render(request, "today/panel.html", {"panel": panel, "focus": True})
    messages.success(request, _("Written down: what you learnt from %(name)s.") % {"name": due.customer_name})
    return redirect("today")


@require_POST
@needs(May.LOG)
def undo(request: PersonRequest, touch: UUID) -> HttpResponse:
    """Take a step back that was a mistake."""
    due_or_404(request.person, touch)
    try:
        step = id_in(request.POST, "step")
        at = now().astimezone(timezone.get_current_timezone())
        reopen_touch(
            ReopenRequest(id_in(request.POST), step, at, request.person.id, request.person.name, origin_of(request))
        )
    except TouchbookError as error:
        return _as_it_is(request, touch, str(error))
    return _as_it_is(request, touch)


@require_POST
@needs(May.LOG)
def promise(request: PersonRequest, promise: UUID) -> HttpResponse:
    """A promise of the visitor's own: kept, or let go for a reason."""
    made = Promise.objects.select_related("customer").filter(id=promise, made_by=request.person.id).first()
    if made is None:
        raise Http404(_("There is no such promise among those that you made."))
    kept = request.POST.get("what") == "kept"
    reason = request.POST.get("reason", "")
    wanted = SettleRequest(
        id_in(request.POST), made.id, kept, now(), "" if kept else reason, request.person.name, origin_of(request)
    )
    try:
        settle_promise(wanted)
    except TouchbookError as error:
        messages.error(request, str(error))
    else:
        said = _("Kept: %(what)s.") if kept else _("Let go: %(what)s.")
        messages.success(request, said % {"what": made.what})
    return redirect("today")


def _as_it_is(request: PersonRequest, touch: UUID, problem: str = "") -> HttpResponse:
    """The touch as it is now, with what is wrong, if anything."""
    due = due_or_404(request.person, touch)
    problems = problem.splitlines()
    status = 422 if problems else 200
    if not request.htmx:  # type: ignore[attr-defined]
        return touch_page(request, due, status, problems=problems) if problems else redirect("today-touch", touch)
    return _fragment(request, due, problems, status)


def _fragment(request: PersonRequest, due: Due, problems: list[str], status: int) -> HttpResponse:
    """The touch's place on the list, and the sentence at the page's head."""
    free = free_touches(request)
    head = {**head_of(request.person, free, timezone.localdate()), "focus": True, "swapped": True}
    panel = panel_of(request.person, due, problems=problems)
    if panel is not None:
        return render(request, "today/panel.html", {"panel": panel, **head}, status=status)
    card = cards_of(request.person, [due])[0]
    context = {"card": card, "reasons": reasons(), "problems": problems, **head}
    return render(request, "today/card.html", context, status=status)
