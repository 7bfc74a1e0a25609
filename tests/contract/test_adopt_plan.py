"""Adopting a plan: a version of its text, and rows for what it names; nothing that was ever named is deleted."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from touchbook.cli.main import app
from touchbook.kernel.errors import NotFound, PlanInvalid, Refused
from touchbook.kernel.ids import mint
from touchbook.ledger.terms import Terms
from touchbook.store import models as tables
from touchbook.store.accounts import enter, read
from touchbook.store.queries import plan_in_force, plan_version, terms_in_force
from touchbook.store.recount import disagreements
from touchbook.workflows.adopt_plan import Adopted, Overtaken, adopt_plan

MONDAY = dt.datetime(2020, 3, 2, 9, 0, tzinfo=dt.UTC)
CLUB = """\
plan: Riverside FC
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: 100, period: 365 days, discount: 10%}
types: {regular: true}
ledger: {half_life: 180 days}
touchpoints:
  gate:
    stage: match day
    department: operations
    channel: visit
    deposits: {greeted by name: 2}
    withdrawals: {not my gate: 3}
  shop:
    deposits: {gift wrapped: 1}
    withdrawals: {long queue: 2}
touches:
  welcome call: {purpose: ask, channel: phone, team: member services, minutes: 10, to: regular}
capacity: {member services: 30 hours per week, front desk: 10 hours per week, email: 100 per week}
"""
SHOP = CLUB[CLUB.index("  shop:") : CLUB.index("touches:")]


def take(text: str, days: int = 0) -> Adopted:
    return adopt_plan(text, "", "Alice", MONDAY + dt.timedelta(days=days))


def test_the_text_of_a_plan_is_kept_as_it_was_written_and_what_it_names_becomes_rows(database: str):
    adopted = adopt_plan(CLUB, "first draft", "Alice", MONDAY)
    assert adopted.is_new
    version, plan = plan_in_force(MONDAY)
    assert (version.number, version.text, version.note, version.adopted_by) == (1, CLUB, "first draft", "Alice")
    assert plan.name == "Riverside FC"
    practices = {(row.kind, row.name): row.impact for row in tables.Practice.objects.filter(touchpoint__name="gate")}
    assert practices == {("deposit", "greeted by name"): 2, ("withdrawal", "not my gate"): 3}
    assert "practice 'gift wrapped' made" in adopted.changes
    assert terms_in_force() == Terms()


def test_a_plan_with_errors_is_not_adopted(database: str):
    with pytest.raises(PlanInvalid):
        adopt_plan(CLUB.replace("GBP", "a pound"), "", "Alice", MONDAY)
    assert not tables.PlanVersion.objects.exists()
    assert not tables.Touchpoint.objects.exists()


def test_before_any_plan_one_is_told_how_to_adopt_it(database: str):
    with pytest.raises(NotFound, match=r"adopt one with: touchbook adopt plan\.yaml"):
        plan_in_force(MONDAY)
    assert terms_in_force() == Terms()
    with pytest.raises(NotFound, match="no plan version 7"):
        plan_version(7)


def test_departments_and_teams_are_those_of_the_plan(database: str):
    take(CLUB)
    assert tables.Touchpoint.objects.get(name="gate").department == tables.Department.objects.get(name="operations")
    assert tables.Touchpoint.objects.get(name="gate").channel == "visit"
    assert set(tables.Team.objects.values_list("name", flat=True)) == {"member services", "front desk"}


def test_a_touchpoint_whose_moments_begin_with_us_says_so(database: str):
    take(CLUB)
    assert not tables.Touchpoint.objects.get(name="shop").outreach
    called = take(CLUB.replace("  shop:\n", "  shop:\n    outreach: true\n"), days=1)
    assert tables.Touchpoint.objects.get(name="shop").outreach
    assert not tables.Touchpoint.objects.get(name="gate").outreach
    assert called.changes == ("touchpoint 'shop' changed: outreach True, was False",)


def test_the_same_plan_again_changes_nothing(database: str):
    take(CLUB)
    audits = tables.AuditEntry.objects.count()
    again = take(CLUB, days=1)
    assert not again.is_new
    assert again.version.number == 1
    assert tables.AuditEntry.objects.count() == audits
    assert tables.PlanVersion.objects.count() == 1


def test_what_a_plan_drops_is_retired_and_what_returns_is_revived(database: str):
    take(CLUB)
    was = {row.name: row.pk for row in tables.Practice.objects.all()}
    dropped = take(CLUB.replace(SHOP, "").replace("greeted by name: 2", "smiled: 1"), days=1)
    assert set(dropped.changes) == {
        "touchpoint 'shop' retired",
        "practice 'greeted by name' retired",
        "practice 'gift wrapped' retired",
        "practice 'long queue' retired",
        "practice 'smiled' made",
    }
    assert tables.Practice.objects.get(name="gift wrapped").retired_at == MONDAY + dt.timedelta(days=1)
    back = take(CLUB, days=2)
    assert "touchpoint 'shop' revived" in back.changes
    assert {row.name: row.pk for row in tables.Practice.objects.filter(retired_at=None)} == was
    assert tables.PlanVersion.objects.count() == 3


def test_a_changed_impact_is_a_change_that_is_audited(database: str):
    take(CLUB)
    changed = take(CLUB.replace("not my gate: 3", "not my gate: 5"), days=1)
    assert changed.changes == ("practice 'not my gate' changed: impact 5, was 3",)
    (entry,) = tables.AuditEntry.objects.filter(action="change")
    assert (entry.actor, entry.subject_kind) == ("Alice", "practice")
    assert (entry.before, entry.after) == ({"name": "not my gate", "impact": 3}, {"name": "not my gate", "impact": 5})


def test_each_instant_has_its_plan(database: str):
    take(CLUB)
    take(CLUB.replace("Riverside FC", "Riverside"), days=10)
    assert tables.PlanVersion.objects.count() == 2
    number_on = {days: plan_in_force(MONDAY + dt.timedelta(days=days))[0].number for days in (0, 9, 10, 99)}
    assert number_on == {0: 1, 9: 1, 10: 2, 99: 2}


def test_no_plan_is_adopted_into_the_past_of_another(database: str):
    take(CLUB, days=10)
    with pytest.raises(Refused, match=r"A plan is in force from 2020-03-12 09:00 UTC; adopt this one later\."):
        take(CLUB.replace("Riverside FC", "Riverside"), days=9)
    with pytest.raises(Refused, match="has no offset"):
        adopt_plan(CLUB, "", "Alice", dt.datetime(2020, 3, 2, 9, 0))  # noqa: DTZ001


def test_no_plan_is_adopted_for_later(database: str):
    with pytest.raises(Refused, match="in force as soon as it is adopted"):
        adopt_plan(CLUB, "", "Alice", dt.datetime.now(dt.UTC) + dt.timedelta(hours=2))
    assert not tables.PlanVersion.objects.exists()


def test_a_plan_that_only_an_older_program_could_read_can_be_replaced(database: str):
    tables.PlanVersion.objects.create(id=UUID(int=9), text="plan: [", digest="x", in_force_from=MONDAY)
    assert take(CLUB, days=1).version.number == 2


def test_another_half_life_recounts_every_account(database: str):
    take(CLUB)
    alice = UUID(int=1)
    row = (mint(MONDAY), MONDAY, alice, alice, "customer", alice, "deposit", 4.0)
    enter(("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points"), [row], terms_in_force())
    assert take(CLUB.replace("{half_life", "{asymmetry: 3, half_life"), days=1).recounted == 0
    assert take(CLUB.replace("180 days", "360 days"), days=2).recounted == 1
    sums = read([alice])[alice]
    assert sums.balance(sums.day + 360, terms_in_force()) == pytest.approx(2)
    assert disagreements(terms_in_force()) == (1, [])


def test_the_command_counts_a_first_plan_and_says_what_a_later_one_does_differently(database: str, tmp_path: Path):
    file = tmp_path / "plan.yaml"
    file.write_text(CLUB)
    first = CliRunner().invoke(app, ["adopt", str(file)])
    assert first.exit_code == 0
    assert re.fullmatch(
        r"'Riverside FC' is in force as version 1\.\n  It has 1 type, \d+ touchpoints?, \d+ practices and [^\n]*\.\n",
        first.output,
    )
    file.write_text(CLUB.replace("half_life: 180 days", "half_life: 90 days"))
    later = CliRunner().invoke(app, ["adopt", str(file)])
    assert "  Ledger: " in later.output
    assert "from 180 days to 90 days." in later.output
    assert "It has 1 type" in later.output


def test_a_plan_that_was_written_from_an_older_version_does_not_undo_what_somebody_else_published(database: str):
    take(CLUB)
    longer = CLUB.replace("180 days", "200 days")
    theirs = adopt_plan(longer, "", "Bob", MONDAY + dt.timedelta(1), based_on=1)
    with pytest.raises(Overtaken, match="Bob published version 2 while you were writing") as refused:
        adopt_plan(CLUB.replace("Riverside FC", "River FC"), "", "Alice", MONDAY + dt.timedelta(2), based_on=1)
    assert refused.value.latest == theirs.version
    assert tables.PlanVersion.objects.count() == 2
    assert not adopt_plan(longer, "", "Alice", MONDAY + dt.timedelta(2), based_on=1).is_new  # both wrote the same


def test_a_publication_that_is_sent_twice_is_one_version_and_says_from_where_it_came(database: str):
    asked = mint(MONDAY)
    first = adopt_plan(CLUB, "", "Alice", MONDAY, origin="web 10.0.0.1", version_id=asked, based_on=0)
    again = adopt_plan(CLUB, "", "Alice", MONDAY, origin="web 10.0.0.1", version_id=asked, based_on=0)
    assert (first.is_new, again.is_new, again.version.id) == (True, False, asked)
    assert set(tables.AuditEntry.objects.values_list("origin", flat=True)) == {"web 10.0.0.1"}
