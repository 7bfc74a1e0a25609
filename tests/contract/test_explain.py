"""touchbook explain: why this touch, why nothing, and who is meant."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from uuid import UUID

import pyarrow.parquet as pq
import pytest
from django.conf import settings
from test_make_plan import ALICE, CAROL, DAVE, MAY, club, plan, run  # noqa: F401  club is a fixture

from touchbook.kernel.errors import NotFound
from touchbook.kernel.ids import mint
from touchbook.lake.engine import Engine
from touchbook.lake.mirror import lake_folder
from touchbook.planner.explanation import Terms, evidence, explain
from touchbook.planner.questions import answer_levels, frequencies
from touchbook.store.models import Customer, Identifier, PlanVersion
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.demo_folder import mark
from touchbook.workflows.explain_customer import CustomerExplained, explain_customer
from touchbook.workflows.make_demo import make_demo
from touchbook.workflows.make_plan import make_plan
from touchbook.workflows.record_touch import TouchRequest, record_touch


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


def test_json_says_in_data_what_the_sentences_say(club: None, home: Path):  # noqa: F811
    plan(home)
    document = json.loads(run("explain", "Dave", "--json").output)
    (option,) = document["made"]
    worth = option["worth"]
    parts = worth["kept"] + worth["sales"] + worth["answers"] - worth["cost"] - worth["goodwill"]
    assert parts == pytest.approx(option["value"], rel=1e-5)
    facts = {fact["column"]: fact for fact in document["facts"]}
    assert facts["worth"]["value"] * worth["gain"] < option["value"]
    assert {"kind", "touch", "from", "to", "by", "then", "sentence"} <= set(document["changes"][0])
    assert [change["sentence"] for change in document["changes"]] == [
        sentence for sentence in document["sentences"] if sentence.startswith(("If ", "From ", "By ", "With "))
    ]
    assert {bar["guardrail"] for other in document["others"] for bar in other["bars"]} >= {"condition"}


def test_the_decision_comes_first_then_what_would_change_it_then_what_was_closed(club: None, home: Path):  # noqa: F811
    plan(home)
    lines = run("explain", "Dave").output.splitlines()
    assert lines[0] == "Dave, week of 1 June 2026"
    order = [lines.index(heading) for heading in ("What would change this", "What was not open, and why")]
    assert lines.index("  “news” (inform by email) is planned.") < order[0] < order[1]


def test_at_most_six_closed_doors_are_shown_unless_all_are_asked_for(club: None, home: Path):  # noqa: F811
    version = PlanVersion.objects.last()
    more = "".join(
        f"  note {number}: {{purpose: inform, channel: letter, when: balance > {90 + number}}}\n" for number in range(9)
    )
    adopt_plan(version.text.replace("touches:\n", f"touches:\n{more}"), "", "", MAY, "plan.yaml")
    plan(home)
    few, every = run("explain", "Carol").output, run("explain", "Carol", "--all").output
    assert few.count("Not “") == 6
    hidden = every.count("Not “") - 6
    assert hidden > 2
    assert f"And {hidden} more; --all shows them." in few
    assert "--all" not in every


def test_time_that_opens_a_door_is_named_with_its_day(club: None, home: Path):  # noqa: F811
    """Dave got the news in the week before, and may have them again once their time has passed."""
    week = plan(home)
    (touch,) = [touch for touch in week.touches if touch.customer == DAVE]
    record_touch(TouchRequest(mint(MAY), touch.id, "made", at=MAY.replace(month=6, day=2)))
    make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], date(2026, 6, 8))
    told = explained("Dave", home).explanation
    assert not told.made
    (change,) = [change for change in told.changes if change.kind == "rest"]
    bars = {bar.guardrail: bar.opens_on for option in told.others for bar in option.bars if option.touch == "news"}
    assert change.on == max(day for day in bars.values() if day)
    assert change.sentence.startswith(f"From {change.on:%-d %B %Y}, when ")


def test_evidence_of_an_older_touchbook_asks_for_a_new_plan(club: None, home: Path):  # noqa: F811
    week = plan(home)
    path = lake_folder(home, os.environ["TOUCHBOOK_DATABASE_URL"]) / "runs" / f"{week.run}.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["_refused"]), path)
    with pytest.raises(NotFound, match="was made by an older Touchbook; make a new plan with 'touchbook plan'"):
        explained("Dave", home)


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


def test_everybody_of_a_simulated_club_is_told_why_and_what_would_change_it(sqlite: str, home: Path):
    mark(home, {})
    demo = make_demo(home, settings.TOUCHBOOK_DATABASE_URL, 60, date(2026, 3, 2), 3, lambda _told: None)
    decision = demo.week.decision
    levels = {question.name: answer_levels(question) for question in decision.plan.questions.values()}
    kept = evidence(decision)
    with Engine(home) as engine:
        terms = Terms(
            plan=decision.plan,
            prices=decision.prices,
            starts_on=demo.week.starts_on,
            judge=engine.conditions,
            short=decision.must.short,
            given={
                name: frequencies(decision.population, decision.plan.questions[name], levels[name]) for name in levels
            },
            everybody=lambda columns: [kept.select(list(columns))],
        )
        found = [explain(terms, kept.slice(place, 1)) for place in range(kept.num_rows)]
    for told in found:
        assert told.why
        must = any(option.fate == 2 for option in told.made)
        assert told.changes or must or not any(option.value > 0 and not option.bars for option in told.others)
        assert all(len(sentence) < 400 for sentence in told.sentences)
    assert {bool(told.made) for told in found} == {True, False}
