"""The audit trail: who changed what, when, and from where."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from itertools import islice

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from touchbook.store.audit_trail import Place, TrailFilter, actors, all_entries, entries, subject_kinds
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.settings.audit_words import KINDS, TrailLine, lines_of
from touchbook.web.settings.forms import uuid_or_none
from touchbook.workflows.import_records.rejects import safe

ROWS = 40
DOWNLOAD_ROWS_MAX = 100_000
_BATCH = 500


@needs(May.RUN_HOUSE)
def audit(request: PersonRequest) -> HttpResponse:
    """Who changed what?"""
    wanted = _wanted(request)
    shown = entries(wanted, _place(request.GET.get("behind", "")), ROWS + 1)
    last = shown[ROWS - 1] if len(shown) > ROWS else None
    query = request.GET.copy()
    query.pop("behind", None)
    told = {
        "lines": lines_of(shown[:ROWS]), "wanted": wanted, "since": request.GET.get("since", ""),
        "until": request.GET.get("until", ""), "actors": actors(),
        "kinds": [(kind, KINDS.get(kind, kind)) for kind in subject_kinds()],
        "behind": f"{last.at.isoformat()}~{last.number}" if last else "", "query": query.urlencode(),
        "is_later_page": "behind" in request.GET, "rows_max": DOWNLOAD_ROWS_MAX,
    }  # fmt: skip
    return render(request, "settings/audit.html", told)


@needs(May.RUN_HOUSE)
def download(request: PersonRequest) -> HttpResponseBase:
    """The same entries as a CSV file, the latest first, with no cell that a spreadsheet takes for a formula."""
    answer = StreamingHttpResponse(_rows(_wanted(request)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit-trail.csv"'
    return answer


def _rows(wanted: TrailFilter) -> Iterator[str]:
    yield "\ufeff" + _line(("when", "who", "from where", "what", "kind", "name", "id", "before", "after"))
    found = all_entries(wanted, DOWNLOAD_ROWS_MAX, _BATCH)
    while batch := list(islice(found, _BATCH)):
        yield "".join(_line(_cells(line)) for line in lines_of(batch))


def _cells(line: TrailLine) -> tuple[str, ...]:
    one = line.entry
    before = "; ".join(f"{part.what}: {part.before}" for part in line.differences if part.before)
    after = "; ".join(f"{part.what}: {part.after}" for part in line.differences if part.after)
    when = one.at.astimezone(UTC).isoformat(timespec="seconds")
    return (when, one.actor, line.origin, line.words, line.kind, line.name, str(one.subject), before, after)


def _line(cells: tuple[str, ...]) -> str:
    stream = StringIO()
    csv.writer(stream).writerow([safe(cell.replace("\0", "")) for cell in cells])
    return stream.getvalue()


def _wanted(request: PersonRequest) -> TrailFilter:
    until = _day(request.GET.get("until", ""))
    return TrailFilter(
        request.GET.get("actor", "").replace("\0", ""),
        request.GET.get("kind", "").replace("\0", ""),
        uuid_or_none(request.GET.get("subject", "")),
        _midnight(_day(request.GET.get("since", ""))),
        _midnight(until + timedelta(1) if until and until < date.max else None),
    )


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _midnight(day: date | None) -> datetime | None:
    return (
        timezone.make_aware(datetime.combine(day, time()))
        if day and date(1900, 1, 1) < day < date(9999, 1, 1)
        else None
    )


def _place(raw: str) -> Place | None:
    at, _, number = raw.partition("~")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    if instant.utcoffset() is None or not number.isdecimal() or len(number) > 18:
        return None
    return instant, int(number)
