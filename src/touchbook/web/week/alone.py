"""Who is left alone and why, and why anybody gets what they get."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from touchbook.kernel.errors import NotFound
from touchbook.store.models import PlannedTouch
from touchbook.store.people import Person, customers_seen_by, owners_seen_by
from touchbook.store.weeks import names_of
from touchbook.web.access import May, PersonRequest, customer_or_404, needs
from touchbook.web.left_alone import words_for
from touchbook.web.week.runs import run_numbered
from touchbook.web.week.summary import ends_on

A_PAGE = 40


@needs(May.SEE_WEEK)
def listed(request: PersonRequest, number: int) -> HttpResponse:
    """Those whom a week leaves alone and whom the visitor may see, by reason."""
    run = run_numbered(number)
    rows = _rows(request.person, run.id)
    told: dict[str, Any] = {"run": run, "ends_on": ends_on(run), "is_kept": rows is not None}
    if rows is not None:
        reason = request.GET.get("reason", "")
        counts = Counter(row[1] for row in rows)
        mine = [row for row in rows if row[1] == reason] if reason in counts else rows
        page = Paginator(mine, A_PAGE).get_page(request.GET.get("page"))
        names = names_of([UUID(row[0]) for row in page])
        told |= {
            "found": page,
            "listed": [(row[0], names[UUID(row[0])], words_for(row[1])) for row in page if UUID(row[0]) in names],
            "reasons": [(one, words_for(one), count) for one, count in counts.most_common()],
            "reason": reason if reason in counts else "",
            "total": len(rows),
            "kept": f"{urlencode({'reason': reason})}&" if reason in counts else "",
        }
    return render(request, "week/alone.html", told)


@needs(May.SEE_WEEK)
def why(request: PersonRequest, number: int, customer: UUID) -> HttpResponse:
    """Why one customer gets what they get, or nothing, and what would change that."""
    run = run_numbered(number)
    found = customer_or_404(request, customer)
    if PlannedTouch.objects.filter(run=run, customer=customer, held_out=True).exists():
        # Who is held out is nobody's to know: they would be treated otherwise, and nothing would be measured.
        raise Http404(_("There is nothing to tell of this customer in that week."))
    said = set(PlannedTouch.objects.filter(run=run, customer=customer).values_list("reason", flat=True))
    told: dict[str, Any] = {"run": run, "ends_on": ends_on(run), "customer": found}
    from touchbook.workflows.explain_customer import explain_customer  # what is behind it takes its time to load

    try:
        explained = explain_customer(
            Path(settings.TOUCHBOOK_HOME), settings.TOUCHBOOK_DATABASE_URL, str(customer), run.id
        ).explanation
    except NotFound:
        told["refusal"] = _("What this plan rested on is no longer kept, or did not know this customer yet.")
    else:
        within = request.htmx  # type: ignore[attr-defined]  # a page that has said the reason already
        told |= {"told": explained, "why": [one for one in explained.why if not within or one not in said]}
    return render(request, "week/_why.html" if request.htmx else "week/why.html", told)  # type: ignore[attr-defined]


def _rows(person: Person, run: UUID) -> list[tuple[str, str]] | None:
    """Customers and reasons, those that a person may see; None when the run's evidence is no longer kept."""
    from touchbook.workflows.list_left_alone import list_left_alone

    table = list_left_alone(Path(settings.TOUCHBOOK_HOME), settings.TOUCHBOOK_DATABASE_URL, run)
    if table is None:
        return None
    rows = zip(
        *(table.column(name).to_pylist() for name in ("customer", "reason", "owner")), strict=True
    )  # fmt: skip
    if person.sees_everybody:
        return [(customer, reason) for customer, reason, _owner in rows]
    owners = {str(one) for one in owners_seen_by(person)}
    mine = [(customer, reason) for customer, reason, owner in rows if owner is None or owner in owners]
    # An owner may have changed since the week was planned; whoever is not seen now is not listed.
    seen = {str(one) for one in customers_seen_by(person).values_list("id", flat=True)}
    return [row for row in mine if row[0] in seen]
