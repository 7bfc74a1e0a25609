"""People and where they work: added, changed, retired and taken back, each once, with all problems said at once."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.ids import mint
from touchbook.store.models import AuditEntry, Customer, Department, PlannedTouch, PlanRun, PlanVersion, Staff, Team
from touchbook.workflows.change_department import DepartmentChange, change_department
from touchbook.workflows.change_staff import StaffChange, StaffValues, change_staff, values_of
from touchbook.workflows.change_team import TeamChange, change_team
from touchbook.workflows.form_checks import FormRefused
from touchbook.workflows.retire_staff import Retirement, retire_staff, take_back

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def add(name: str, **more: object) -> UUID:
    identifier = mint(NOW)
    said = {"code": name.lower(), **more}
    change_staff(
        StaffChange(identifier, identifier, StaffValues(name, **said), NOW, is_new=True, by="Ada", origin="web 1")
    )
    return identifier


def ask(staff: UUID, form: UUID | None = None, **more: object) -> bool:
    row = Staff.objects.get(id=staff)
    now_said = {name: getattr(values_of(row), name) for name in StaffValues.__slots__}
    request = StaffChange(form or mint(NOW), staff, StaffValues(**{**now_said, **more}), NOW, by="Ada", origin="web 1")
    return change_staff(request)


def test_somebody_is_added_once_however_often_the_form_is_sent(database: str) -> None:
    ada = add("Ada", role="administrator")
    form = mint(NOW)
    request = StaffChange(
        form, form, StaffValues("Amina Malik", "amina", minutes_per_week=360), NOW, is_new=True, by="Ada"
    )
    assert change_staff(request)
    assert not change_staff(request)
    assert Staff.objects.count() == 2
    entry = AuditEntry.objects.get(subject=form)
    assert (entry.actor, entry.action, entry.after["minutes per week"]) == ("Ada", "add", 360)
    assert AuditEntry.objects.get(subject=ada).origin == "web 1"


def test_the_trail_keeps_what_differs_in_words(database: str) -> None:
    team = Team.objects.create(id=mint(NOW), name="callers", changed_at=NOW)
    mona = add("Mona")
    form = mint(NOW)
    assert ask(mona, form, team=team.id, minutes_per_week=120)
    assert not ask(mona, form, team=team.id, minutes_per_week=120)
    assert not ask(mona)  # nothing differs
    entry = AuditEntry.objects.get(subject=mona, action="change")
    assert entry.before == {"name": "Mona", "team": None, "minutes per week": None}
    assert entry.after == {"name": "Mona", "team": "callers", "minutes per week": 120}


def test_all_that_is_wrong_is_said_at_once_and_by_field(database: str) -> None:
    mia = add("Mia", role="administrator")
    mona = add("Mona", manager=mia)
    leila = add("Leila", manager=mona)
    gone = add("Gone")
    retire_staff(Retirement(mint(NOW), gone, NOW))
    with pytest.raises(FormRefused) as refused:
        ask(mia, name="", code="gone", manager=leila, role="front line", minutes_per_week="many")
    problems = refused.value.problems
    assert set(problems) == {"name", "code", "manager", "role", "minutes_per_week"}
    assert problems["code"] == ("Gone, who has left, has the code “gone”; choose another.",)
    assert "only administrator" in problems["role"][0]
    assert "managed by them" in problems["manager"][0]
    for manager, said in ((mia, "Nobody manages themselves"), (gone, "has left")):
        with pytest.raises(FormRefused, match=said):
            ask(mia, manager=manager)
    with pytest.raises(FormRefused, match="Only a manager answers"):
        ask(mona, departments=frozenset({Department.objects.create(id=mint(NOW), name="gate", changed_at=NOW).id}))
    assert Staff.objects.get(id=mia).name == "Mia"


def test_of_two_who_change_the_same_person_the_second_is_told(database: str) -> None:
    mona = add("Mona")
    seen = Staff.objects.get(id=mona).changed_at
    assert ask(mona, name="Mona Lind")
    stale = StaffChange(mint(NOW), mona, StaffValues("Monika", "mona"), NOW, seen_at=seen)
    with pytest.raises(FormRefused, match="Somebody changed Mona Lind"):
        change_staff(stale)


def test_a_manager_changes_only_what_is_theirs_to_change(database: str) -> None:
    mona = add("Mona")
    request = StaffChange(
        mint(NOW), mona, StaffValues("Other", "other", role="administrator", minutes_per_week=60), NOW,
        only=("team", "minutes_per_week"),
    )  # fmt: skip
    assert change_staff(request)
    row = Staff.objects.get(id=mona)
    assert (row.name, row.code, row.role, row.minutes_per_week) == ("Mona", "mona", "front line", 60)


def test_nobody_is_changed_who_is_not_there(database: str) -> None:
    with pytest.raises(NotFound):
        change_staff(StaffChange(mint(NOW), mint(NOW), StaffValues("X", "x"), NOW))
    with pytest.raises(NotFound):
        retire_staff(Retirement(mint(NOW), mint(NOW), NOW))


def test_one_who_leaves_gives_away_customers_and_people(database: str) -> None:
    mia, mona = add("Mia", role="manager"), add("Mona")
    leila = add("Leila", manager=mona)
    ask(mona, manager=mia)
    for name in ("Ana", "Ben"):
        Customer.objects.create(id=mint(NOW), name=name, changed_at=NOW, owner_id=mona)
    with pytest.raises(FormRefused, match="looks after customers"):
        retire_staff(Retirement(mint(NOW), mona, NOW))
    with pytest.raises(FormRefused, match="cannot take over"):
        retire_staff(Retirement(mint(NOW), mona, NOW, heir=mona, is_heir_chosen=True))
    request = Retirement(mint(NOW), mona, NOW, heir=mia, is_heir_chosen=True, by="Ada")
    done = retire_staff(request)
    assert (done.is_new, done.customers, done.managed) == (True, 2, 1)
    assert not retire_staff(request).is_new
    assert set(Customer.objects.values_list("owner", flat=True)) == {mia}
    assert Staff.objects.get(id=leila).manager_id == mia
    told = AuditEntry.objects.filter(subject_kind="customer")
    assert [(one.before["name"], one.after["name"]) for one in told] == [("Mona", "Mia")] * 2
    form = mint(NOW)
    assert take_back(form, mona, NOW, "Ada")
    assert not take_back(form, mona, NOW, "Ada")
    assert Staff.objects.get(id=mona).retired_at is None


def test_the_last_administrator_stays(database: str) -> None:
    ada = add("Ada", role="administrator")
    with pytest.raises(FormRefused, match="only administrator"):
        retire_staff(Retirement(mint(NOW), ada, NOW))
    add("Bea", role="administrator")
    assert retire_staff(Retirement(mint(NOW), ada, NOW)).is_new


def test_teams_and_departments_have_names_of_their_own(database: str) -> None:
    form = mint(NOW)
    request = TeamChange(form, form, "night desk", NOW, is_new=True, by="Ada")
    assert change_team(request)
    assert not change_team(request)
    assert change_team(TeamChange(mint(NOW), form, "evening desk", NOW))
    assert AuditEntry.objects.get(action="change").before == {"name": "night desk"}
    other = mint(NOW)
    with pytest.raises(FormRefused, match="There is a team “evening desk” already"):
        change_team(TeamChange(other, other, "Evening Desk", NOW, is_new=True))
    with pytest.raises(FormRefused, match="missing"):
        change_department(DepartmentChange(other, other, "", NOW, is_new=True))
    assert change_department(DepartmentChange(other, other, "hospitality", NOW, is_new=True))
    with pytest.raises(NotFound):
        change_department(DepartmentChange(mint(NOW), mint(NOW), "x", NOW))


def test_a_team_for_which_touches_were_planned_keeps_its_name(sqlite: str) -> None:
    team = Team.objects.create(id=mint(NOW), name="callers", changed_at=NOW)
    version = PlanVersion.objects.create(id=mint(NOW), text="", digest="", in_force_from=now().replace(year=2099))
    run = PlanRun.objects.create(
        id=mint(NOW), plan_version=version, starts_on=NOW.date(), made_at=NOW, prices={}, certificate={}, parameters={}
    )
    PlannedTouch.objects.create(
        id=mint(NOW), run=run, customer=mint(NOW), name="call", purpose="ask", channel="phone", team="callers",
        due_on=NOW.date(), value=1.0, reason="",
    )  # fmt: skip
    with pytest.raises(FormRefused, match="Touches were planned"):
        change_team(TeamChange(mint(NOW), team.id, "talkers", NOW))
