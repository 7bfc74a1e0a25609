"""touchbook explain: why this touch, why nothing, and who is meant."""

from __future__ import annotations

import json
import os
from pathlib import Path
from uuid import UUID

import pytest
from test_make_plan import ALICE, CAROL, DAVE, MAY, club, plan, run  # noqa: F401  club is a fixture

from touchbook.kernel.errors import NotFound
from touchbook.store.models import Customer, Identifier
from touchbook.workflows.explain_customer import CustomerExplained, explain_customer


def explained(who: str, home: Path, run_id: UUID | None = None) -> CustomerExplained:
    return explain_customer(home, os.environ["TOUCHBOOK_DATABASE_URL"], who, run_id)


@pytest.mark.parametrize("who", ["Alice", "alice", "M-17", str(ALICE), ALICE.hex])
def test_a_customer_is_found_by_name_identifier_or_id(club: None, home: Path, who: str):  # noqa: F811
    week = plan(home)
    told = explained(who, home)
    assert (told.run, told.explanation.name) == (week.run, "Alice")
    assert "“apology call” (apologise by phone) must be made." in told.explanation.sentences


def test_who_is_left_alone_is_told_why(club: None, home: Path):  # noqa: F811
    plan(home)
    told = run("explain", "Carol")
    assert told.exit_code == 0
    assert "Carol is left alone this week: no touch of the plan is open to them now." in told.output
    assert "Not “news”: the customer does not allow news by email." in told.output


def test_an_explanation_as_json_has_the_decisions_numbers(club: None, home: Path):  # noqa: F811
    week = plan(home)
    document = json.loads(run("explain", "Dave", "--json").output)
    (option,) = document["made"]
    assert (option["fate"], document["others"][0]["fate"]) == ("chosen", "not chosen")
    (touch,) = [touch for touch in week.touches if touch.customer == DAVE]
    assert (document["run"], option["touch"]) == (str(week.run), "news")
    assert option["value"] == pytest.approx(touch.value, rel=1e-6)


def test_an_earlier_run_is_explained_by_what_was_known_then(club: None, home: Path):  # noqa: F811
    first = plan(home).run
    Customer.objects.filter(id=DAVE).update(attributes={"annual_value": 9000}, changed_at=MAY.replace(year=2027))
    plan(home)
    then, now = (explained("Dave", home, run_id).explanation.made[0].value for run_id in (first, None))
    assert now == pytest.approx(then * 30, rel=1e-4)
    assert run("explain", "Dave", "--run", str(first)).exit_code == 0


def test_a_customer_who_came_after_the_run_is_told_apart(club: None, home: Path):  # noqa: F811
    plan(home)
    Customer.objects.create(id=UUID(int=77), changed_at=MAY, name="Erin")
    with pytest.raises(NotFound, match="before Erin was known; make a new plan"):
        explained("Erin", home)


def test_names_that_nobody_or_several_have_are_refused(club: None, home: Path):  # noqa: F811
    plan(home)
    with pytest.raises(NotFound, match="No customer is called 'Zoë'"):
        explained("Zoë", home)
    with pytest.raises(NotFound, match="No customer is called"):
        explained(str(UUID(int=123)), home)
    Identifier.objects.create(kind="crm", value="Dave", customer_id=CAROL)
    with pytest.raises(
        NotFound, match=f"2 customers are called 'Dave'; write one of their identifiers or ids: {CAROL}, {DAVE}"
    ):
        explained("Dave", home)
    Customer.objects.filter(id=DAVE).update(name="Alice")
    with pytest.raises(NotFound) as refused:
        explained("Alice", home)
    assert str(refused.value) == (
        f"2 customers are called 'Alice'; write one of their identifiers or ids: member M-17 ({ALICE}), {DAVE}."
    )
    assert explained("M-17", home).explanation.name == "Alice"


def test_a_run_that_is_not_there_is_refused(club: None, home: Path):  # noqa: F811
    with pytest.raises(NotFound, match="no such plan run"):
        explained("Dave", home)
    plan(home)
    with pytest.raises(NotFound, match="no such plan run"):
        explained("Dave", home, UUID(int=5))
    assert "is not the id of a plan run" in str(run("explain", "Dave", "--run", "first").exception)
    assert run("explain", "Dave", "--run", "last").output == run("explain", "Dave").output != ""
