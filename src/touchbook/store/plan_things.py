"""What a plan names, as rows: made, changed, retired or revived so that they say what the plan says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.plan.model import EACH_OWNER, OWNER, Plan
from touchbook.store.audit import Change
from touchbook.store.models import Department, Practice, Team, Touchpoint

Row = TypeVar("Row", bound=Model)
Key = tuple[object, ...]
Wanted = dict[Key, Mapping[str, object]]


def bring_in_line(plan: Plan, at: datetime) -> list[Change]:
    """Make touchpoints, practices, departments and teams those of *plan*, and return every change made."""
    changes: list[Change] = []
    departments: Wanted = {(one.department,): {} for one in plan.touchpoints.values() if one.department}
    _sync(Department, ("name",), departments, at, changes)
    named = {touch.team for touch in plan.touches.values() if touch.team} - {OWNER}
    named |= {one.name for one in plan.capacity.values() if one.kind == "minutes"} - {EACH_OWNER}
    teams: Wanted = {(name,): {} for name in sorted(named)}
    _sync(Team, ("name",), teams, at, changes)
    department_ids = dict(Department.objects.values_list("name", "id"))
    touchpoints: Wanted = {
        (one.name,): {
            "stage": one.stage,
            "channel": one.channel,
            "department_id": department_ids.get(one.department),
            "outreach": one.outreach,
        }
        for one in plan.touchpoints.values()
    }
    _sync(Touchpoint, ("name",), touchpoints, at, changes)
    touchpoint_ids = dict(Touchpoint.objects.values_list("name", "id"))
    practices: Wanted = {
        (touchpoint_ids[one.name], kind, practice): {"impact": impact}
        for one in plan.touchpoints.values()
        for kind, impacts in (("deposit", one.deposits), ("withdrawal", one.withdrawals))
        for practice, impact in impacts.items()
    }
    _sync(Practice, ("touchpoint_id", "kind", "name"), practices, at, changes)
    return changes


def _sync(
    model: type[Row],
    key: tuple[str, ...],
    wanted: Wanted,
    at: datetime,
    changes: list[Change],
) -> None:
    """Give the rows of a table the *wanted* values; *key* names the fields by which a row is known.

    Rows that are no longer wanted are retired where the table knows that; departments and teams simply stay.
    """
    rows = {tuple(getattr(row, name) for name in key): row for row in model._default_manager.all()}
    retires = any(field.name == "retired_at" for field in model._meta.concrete_fields)
    alive: dict[str, object] = {"retired_at": None} if retires else {}
    for identity, values in wanted.items():
        row = rows.pop(identity, None)
        if row is None:
            fixed: dict[str, Any] = dict(zip(key, identity, strict=True))
            row = model(id=mint(at), changed_at=now(), **fixed, **values, **alive)
            row.save(force_insert=True)
            changes.append(_change("create", row, None, fixed | dict(values)))
        else:
            _update(row, {**values, **alive}, changes)
    if retires:
        for row in rows.values():
            if getattr(row, "retired_at", None) is None:
                _update(row, {"retired_at": at}, changes)


def _update(row: Model, values: Mapping[str, object], changes: list[Change]) -> None:
    before = {name: getattr(row, name) for name in values}
    after = {name: value for name, value in values.items() if value != before[name]}
    if not after:
        return
    for name, value in after.items():
        setattr(row, name, value)
    row.changed_at = now()  # type: ignore[attr-defined]
    row.save(force_update=True)
    action = "change"
    if "retired_at" in after:
        action = "retire" if after["retired_at"] else "revive"
    changes.append(_change(action, row, {name: before[name] for name in after}, after))


def _change(action: str, row: Model, before: Mapping[str, object] | None, after: Mapping[str, object]) -> Change:
    named: dict[str, object] = {"name": getattr(row, "name", "")}
    kind = type(row).__name__.lower()
    identifier: UUID = row.pk
    return Change(
        action, kind, identifier, _plain(named | dict(before)) if before else None, _plain(named | dict(after))
    )


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """The values as JSON can hold them."""
    return {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in values.items()
    }
