"""Publishing a text as the plan in force, and an old version again as a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.errors import PlanInvalid, Refused
from touchbook.store.queries import plan_version
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.origin import origin_of
from touchbook.web.plan.draft import Draft, checked, draft_of, words_between
from touchbook.web.plan.views import page
from touchbook.workflows.adopt_plan import Overtaken, adopt_plan
from touchbook.workflows.form_checks import form_id


@require_POST
@needs(May.PUBLISH_PLAN)
def publish(request: PersonRequest) -> HttpResponse:
    """Put a text in force; where that is refused, every problem and every typed letter stay in view."""
    draft = draft_of(request)
    refusals: dict[str, Any] = {}
    if not checked(draft.text).usable:
        refusals["text_refusal"] = _("The plan was not published: mend its errors first. Your text is kept.")
    if not draft.note:
        refusals["note_refusal"] = _("Write a note: what this version is for, as those after you would want to know.")
    if refusals:
        return page(request, draft, typed=True, status=422, **refusals)
    try:
        number = _adopt(request, draft)
    except Overtaken as error:
        return _overtaken(request, draft, error)
    except (PlanInvalid, Refused) as error:
        return page(request, draft, typed=True, status=422, text_refusal=str(error))
    if number is None:
        messages.info(request, _("This text is in force already; nothing was changed."))
    else:
        messages.success(request, _("Version %(number)d is in force.") % {"number": number})
    return HttpResponseRedirect(f"{reverse('plan')}?published={draft.based_on}")


@require_POST
@needs(May.PUBLISH_PLAN)
def publish_again(request: PersonRequest, number: int) -> HttpResponse:
    """Publish an old version's text again, as a new version with a note."""
    old, _plan = plan_version(number)
    sent = draft_of(request)
    draft = Draft(old.text, sent.based_on, sent.note, sent.id)
    if not draft.note:
        messages.error(request, _("Write a note: why version %(number)d comes back.") % {"number": number})
        return HttpResponseRedirect(reverse("plan-version", args=[number]))
    try:
        made = _adopt(request, draft)
    except Overtaken as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("plan-version", args=[number]))
    if made is None:
        messages.info(request, _("This text is in force already; nothing was changed."))
    else:
        told = {"old": number, "new": made}
        messages.success(request, _("The text of version %(old)d is in force again, as version %(new)d.") % told)
    return HttpResponseRedirect(reverse("plan-versions"))


def _adopt(request: PersonRequest, draft: Draft) -> int | None:
    """The number of the new version; None when the text was in force already. The same form is one version."""
    version_id = form_id(UUID(draft.id), draft.text)
    adopted = adopt_plan(
        draft.text, draft.note, request.person.name, now(), _("the plan"),
        origin=origin_of(request), version_id=version_id, based_on=draft.based_on,
    )  # fmt: skip
    return int(adopted.version.number) if adopted.version.id == version_id else None


def _overtaken(request: PersonRequest, draft: Draft, error: Overtaken) -> HttpResponse:
    """Say who was faster and what they changed; whoever sends the same form again has seen it."""
    seen = Draft(draft.text, error.latest.number, draft.note, draft.id)
    theirs = words_between(draft.based_on, error.latest.number) if draft.based_on else None
    return page(request, seen, typed=True, status=422, overtaken=error, theirs=theirs)
