"""Who is left alone and why, and why anybody gets what they get."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from touchbook.kernel.errors import NotFound
from touchbook.store.models import PlannedTouch
from touchbook.store.people import Person, customers_seen_by, owners_seen_by
from touchbook.web.access import May, PersonRequest, customer_or_404, needs
from touchbook.web.left_alone import words_for
from touchbook.web.veil import may_weigh, told_of
from touchbook.web.week.runs import run_numbered
from touchbook.web.week.summary import by_reason, ends_on

A_PAGE = 40


@needs(May.SEE_WEEK)
def listed(request: PersonRequest, number: int) -> HttpResponse:
    """Those whom a week leaves alone and whom the visitor may see, by reason."""
    from touchbook.planner.left_alone import ELSEWHERE  # what is behind it takes its time to load

    run = run_numbered(number)
    rows = _rows(request.person, run.id)
    told: dict[str, Any] = {"run": run, "ends_on": ends_on(run), "is_kept": rows is not None}
    if rows is not None:
        reason = request.GET.get("reason", "")
        # Where few are passed over for others, a list of those who are in doubt would be one of who is held out.
        in_doubt = None if may_weigh(request.person) else rows.filter(pc.field("reason") == ELSEWHERE)
        if in_doubt is not None:
            rows = rows.filter(pc.field("reason") != ELSEWHERE)
            told["unnamed"] = len(in_doubt)
        counts = by_reason(rows)
        mine = rows.filter(pc.field("reason") == reason) if reason in counts else rows
        page = Paginator(range(len(mine)), A_PAGE).get_page(request.GET.get("page"))
        shown = mine.slice(max(0, page.start_index() - 1), len(page)).to_pylist()
        names = _names_seen(request.person, [UUID(row["customer"]) for row in shown])
        told |= {
            "found": page,
            "listed": [
                (row["customer"], names[UUID(row["customer"])], words_for(row["reason"]))
                for row in shown
                if UUID(row["customer"]) in names
            ],
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
    said = set(PlannedTouch.objects.filter(run=run, customer=customer).values_list("reason", flat=True))
    told: dict[str, Any] = {"run": run, "ends_on": ends_on(run), "customer": found}
    try:
        explained = told_of(run, customer, request.person)
    except NotFound:
        told["refusal"] = _("What this plan rested on is no longer kept, or did not know this customer yet.")
    else:
        within = request.htmx  # type: ignore[attr-defined]  # a page that has said the reason already
        told |= {"told": explained, "why": [one for one in explained.why if not within or one not in said]}
    return render(request, "week/_why.html" if request.htmx else "week/why.html", told)  # type: ignore[attr-defined]


def _rows(person: Person, run: UUID) -> pa.Table | None:
    """Customers and reasons, of those that a person might see then; None when the evidence is no longer kept."""
    from touchbook.workflows.list_left_alone import list_left_alone

    table = list_left_alone(Path(settings.TOUCHBOOK_HOME), settings.TOUCHBOOK_DATABASE_URL, run)
    if table is None or person.sees_everybody:
        return table
    owners = pa.array([None, *(str(one) for one in owners_seen_by(person))], pa.string())
    return table.filter(pc.field("owner").isin(owners))


def _names_seen(person: Person, customers: list[UUID]) -> dict[UUID, str]:
    """The names of those whom a person may see: the owner may have changed since the week was planned."""
    seen = customers_seen_by(person).filter(id__in=customers)
    return dict(seen.values_list("id", "name"))
