"""Give the people of a demo their places, roles and logins, so that each page has somebody to look at it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify

from touchbook.kernel.ids import mint
from touchbook.signin.models import Login
from touchbook.store.audit import Change, audit
from touchbook.store.models import Department, Role, Staff, Team
from touchbook.world.club import Club

_OFFICE = {  # those whom the club's records do not name, because they serve nobody themselves
    "stella": ("Stella Whitcombe", Role.STRATEGIST),
    "anil": ("Anil Kapoor", Role.ANALYST),
    "ada": ("Ada Brennan", Role.ADMINISTRATOR),
}
_TEAM = _MANAGED = "member services"
_MINUTES_PER_WEEK = 6 * 60


def give_places(club: Club, by: str, at: datetime) -> None:
    """Put everybody who is recorded where they work, hire an office, and give a login to one of each role.

    The logins have no password: a demo is entered by its own address. Departments are those of the plan in force.
    """
    with transaction.atomic():
        departments = {row.name: row for row in Department.objects.all()}
        teams = {row.name: row for row in Team.objects.all()}
        placed = {one.name: one.department for one in club.staff}
        known = [row for row in Staff.objects.order_by("name") if row.name in placed]
        for row in known:
            row.department = departments.get(placed[row.name])
            row.team = teams.get(placed[row.name])
            row.minutes_per_week = _MINUTES_PER_WEEK if row.team else None
            row.changed_at = at
        managers = _managers(known)
        for row in known:
            manager = managers.get(placed[row.name])
            row.role = Role.MANAGER if row is manager else Role.FRONT_LINE
            row.manager = manager if row is not manager else None
            row.save()
        office = [
            Staff.objects.create(id=mint(at), changed_at=at, name=name, code=code, role=role)
            for code, (name, role) in _OFFICE.items()
        ]
        if _TEAM in managers and "ticketing" in departments:
            managers[_TEAM].departments.add(departments["ticketing"])
        entering = [*managers.values(), *_first_of_each(known, managers, placed), *office]
        Login.objects.bulk_create(
            Login(username=_plain(row.code), staff=row, made_at=at, password=make_password(None)) for row in entering
        )
        everybody = [*known, *office]
        changes = [Change("place", "staff", row.id, after={"name": row.name, "role": row.role}) for row in everybody]
        audit(changes, by, at)


def _plain(name: str) -> str:
    """A name as it can stand in an address: amina.malik."""
    return slugify(name).replace("-", ".")


def _managers(known: list[Staff]) -> dict[str, Staff]:
    """The first of each department, by its name."""
    found: dict[str, Staff] = {}
    for row in known:
        if row.department is not None:
            found.setdefault(row.department.name, row)
    return found


def _first_of_each(known: list[Staff], managers: Mapping[str, Staff], placed: Mapping[str, str]) -> list[Staff]:
    """One of the front line of each department; in the team that owns customers, somebody who does."""
    found: dict[str, Staff] = {}
    for row in sorted(known, key=lambda row: not row.customers.exists()):
        if row.id not in {manager.id for manager in managers.values()}:
            found.setdefault(placed[row.name], row)
    return list(found.values())
