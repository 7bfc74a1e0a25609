"""API keys: which programs may come in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import ApiKey
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.origin import origin_of
from touchbook.web.settings.forms import by_field, form_id, text
from touchbook.workflows.form_checks import FormRefused
from touchbook.workflows.make_key import KeyMade, KeyRequest, make_key
from touchbook.workflows.revoke_key import revoke_key


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(May.RUN_HOUSE)
def keys(request: PersonRequest) -> HttpResponse:
    """Which programs may come in? The answer to the form shows the key that it made, this once."""
    form, said, problems = mint(now()), "", {}
    made: KeyMade | None = None
    if request.method == "POST":
        said = text(request, "name")
        person = request.person
        ask = KeyRequest(form_id(request), said, now(), made_by=person.id, by=person.name, origin=origin_of(request))
        try:
            made, said = make_key(ask), ""
        except FormRefused as error:
            form, problems = ask.id, by_field(error.problems)
    rows = list(ApiKey.objects.select_related("made_by").order_by("-made_at"))
    told = {
        "keys": [key for key in rows if key.revoked_at is None],
        "revoked": [key for key in rows if key.revoked_at is not None],
        "made": made, "form": form, "said": said, "problems": problems,
    }  # fmt: skip
    return render(request, "settings/keys.html", told, status=422 if problems else 200)


@require_POST
@needs(May.RUN_HOUSE)
def revoke(request: PersonRequest, key: UUID) -> HttpResponse:
    """A program comes in no more."""
    revoke_key(key, now(), request.person.name, origin_of(request))
    name = ApiKey.objects.get(id=key).name
    messages.success(request, _("The key “%(name)s” is revoked; its program comes in no more.") % {"name": name})
    return redirect("settings-keys")
