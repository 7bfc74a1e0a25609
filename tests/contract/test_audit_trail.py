"""The audit trail: the latest first, page by page, narrowed by who, by kind and by day, each by an index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from touchbook.kernel.ids import mint
from touchbook.store.audit import Change, audit
from touchbook.store.audit_trail import TrailFilter, actors, all_entries, entries, subject_kinds
from touchbook.store.models import AuditEntry

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def some(count: int = 60) -> None:
    for number in range(count):
        change = Change(
            "change", ("staff", "team", "customer")[number % 3], mint(NOW), {"n": number}, {"n": number + 1}
        )
        # Three at one instant, and every seventh said late: the trail goes by when, not by arrival.
        at = NOW + timedelta(hours=number // 3) - timedelta(days=2 if number % 7 == 0 else 0)
        audit([change], ("Ada", "Mia")[number % 2], at, "web 127.0.0.1")


def test_pages_follow_on_each_other_without_a_gap_or_a_repeat(database: str) -> None:
    some()
    seen = []
    behind = None
    while page := entries(TrailFilter(), behind, 7):
        seen += page
        behind = (page[-1].at, page[-1].number)
    assert [one.number for one in seen] == [
        one.number for one in sorted(AuditEntry.objects.all(), key=lambda one: (one.at, one.number), reverse=True)
    ]
    assert [one.number for one in all_entries(TrailFilter(), 1000, batch=7)] == [one.number for one in seen]
    assert len(list(all_entries(TrailFilter(), 10, batch=7))) == 10


def test_filters_narrow_it(database: str) -> None:
    some()
    assert not list(all_entries(TrailFilter(actor="Nobody"), 9))
    assert {one.actor for one in all_entries(TrailFilter(actor="Ada"), 99)} == {"Ada"}
    assert {one.subject_kind for one in all_entries(TrailFilter(subject_kind="team"), 99)} == {"team"}
    one = AuditEntry.objects.first()
    assert [found.id for found in entries(TrailFilter(subject=one.subject), None, 9)] == [one.id]
    inside = list(all_entries(TrailFilter(since=NOW, until=NOW + timedelta(hours=2)), 99))
    assert inside
    assert all(NOW <= found.at < NOW + timedelta(hours=2) for found in inside)
    assert actors() == ["Ada", "Mia"]
    assert subject_kinds() == ["customer", "staff", "team"]


def test_an_empty_trail_has_nobody_in_it(database: str) -> None:
    assert actors() == subject_kinds() == entries(TrailFilter(), None, 9) == []


@pytest.mark.parametrize(
    "wanted",
    [TrailFilter(), TrailFilter(actor="Ada"), TrailFilter(subject_kind="team"), TrailFilter(since=NOW, until=NOW)],
)
def test_every_filter_is_answered_by_an_index_and_without_sorting(sqlite: str, wanted: TrailFilter) -> None:
    some(6)
    seen: list[str] = []
    with connection.execute_wrapper(
        lambda execute, sql, params, many, context: (
            seen.append(sql % tuple(f"'{p}'" for p in params)),
            execute(sql, params, many, context),
        )[1]
    ):
        entries(wanted, (NOW, 5), 50)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + seen[-1])
        told = " ".join(row[-1] for row in cursor.fetchall())
    assert "USING INDEX audit_" in told
    assert "TEMP B-TREE" not in told
