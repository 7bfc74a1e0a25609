"""What the weeks ahead are expected to bring: time passes, the last weeks come again, people answer, join and leave."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from touchbook.insight.state import CONSENT_STATEMENT, state_statements
from touchbook.kernel.ids import mint
from touchbook.lake.engine import Engine
from touchbook.lake.mirror import lake_folder, sync
from touchbook.plan.loader import read_plan
from touchbook.planner import expected
from touchbook.planner.brought import Brought, brought_by
from touchbook.planner.decide import decide
from touchbook.planner.expected import Horizon
from touchbook.store.append import append
from touchbook.store.models import Answer, Consent, Customer, Entry, Outcome, TouchEvent, Touchpoint, Witness
from touchbook.workflows.make_plan import population_at

UTC = dt.UTC
MONDAY = dt.date(2026, 6, 1)
ALICE, BOB, CAROL = (UUID(int=0x7 << 76 | 0b10 << 62 | number) for number in (1, 2, 3))
GATE = UUID(int=0x6A7E)
CLUB = """\
plan: Riverside FC members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: annual_value, period: 365 days, discount: 10%}
attributes: {annual_value: number}
types: {newcomer: tenure_days < 20, regular: true}
questions:
  feeling: {ask: How does it feel?, scale: -2..2, good_for: 90 days}
  barrier: {ask: What could keep you away?, choices: [price, travel], good_for: 90 days}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 5}, outreach: true}
touches:
  pulse: {purpose: ask, channel: email, asks: [feeling, barrier]}
  price call: {purpose: help, channel: phone, team: desk, minutes: 30, answers: price, when: barrier = 'price'}
guardrails: {rest: 7 days, contact_ceiling: 3 per 30 days}
"""


@pytest.fixture
def club(database: str) -> None:
    for identifier, name in ((ALICE, "Alice"), (BOB, "Bob")):
        someone(identifier, name, dt.date(2022, 4, 1))


def someone(identifier: UUID, name: str, since: dt.date) -> None:
    at = dt.datetime(2026, 5, 1, tzinfo=UTC)
    Customer.objects.create(id=identifier, changed_at=at, name=name, since=since, attributes={"annual_value": 300})


def entry(customer: UUID, kind: str, points: float, day: dt.date, recovers: UUID | None = None) -> UUID:
    at = dt.datetime.combine(day, dt.time(15), UTC)
    columns = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points", "recovers")
    identifier = mint(at)
    append(Entry, columns, [(identifier, at, mint(at), customer, "customer", GATE, kind, points, recovers)])
    return identifier


def answer(customer: UUID, question: str, value: str, day: dt.date) -> None:
    at = dt.datetime.combine(day, dt.time(18), UTC)
    append(Answer, ("id", "at", "customer", "question", "value"), [(mint(at), at, customer, question, value)])


def touched(customer: UUID, name: str, channel: str, day: dt.date) -> None:
    at = dt.datetime.combine(day, dt.time(12), UTC)
    columns = ("id", "at", "touch", "customer", "name", "channel", "purpose", "event")
    append(TouchEvent, columns, [(mint(at), at, mint(at), customer, name, channel, "ask", "made")])


class Ahead:
    """The weeks ahead of a club, as the forecast's workflow rolls them forward."""

    def __init__(self, engine: Engine, weeks: int, present: dt.date, plan_text: str) -> None:
        self.engine, self.plan = engine, read_plan(plan_text, "club.yaml")
        first = engine.run([expected.FIRST_ENTRY_STATEMENT]).column("first")[0].as_py()
        at = dt.datetime.combine(present, dt.time(12), UTC)
        zone = ZoneInfo("Europe/London")
        self.horizon = Horizon(MONDAY, weeks, zone, at, first.replace(tzinfo=UTC) if first else None)
        engine.run(expected.known_statements(self.horizon))
        self.state(0)
        engine.run(expected.ahead_statements(self.plan, self.horizon))

    def state(self, week: int) -> dict[str, dict[str, object]]:
        """Everybody's state on a week's first day, by name; those who are expected to join are called NAME+."""
        rows = self.engine.run(state_statements(self.plan, self.horizon.instant(week))).to_pylist()
        known = {str(one) for one in (ALICE, BOB, CAROL)}
        return {row["customer_name"] + ("" if row["customer"] in known else "+"): row for row in rows}


@contextmanager
def ahead(home: Path, weeks: int, present: dt.date = MONDAY, plan: str = CLUB) -> Iterator[Ahead]:
    url = os.environ["TOUCHBOOK_DATABASE_URL"]
    sync(url, lake_folder(home, url))
    with Engine(lake_folder(home, url)) as engine:
        yield Ahead(engine, weeks, present, plan)


def test_where_nothing_comes_time_alone_passes_and_passes_exactly(club: None, home: Path):
    """Moments and an answer of months ago: they decay and go stale as the state itself says of that later day."""
    entry(ALICE, "deposit", 3.0, dt.date(2026, 1, 10))
    entry(BOB, "withdrawal", 4.0, dt.date(2026, 2, 3))
    answer(BOB, "barrier", "price", dt.date(2026, 3, 20))
    with ahead(home, 6) as weeks:
        forecast = [weeks.state(week) for week in (0, 5)]
    url = os.environ["TOUCHBOOK_DATABASE_URL"]
    with Engine(lake_folder(home, url)) as engine:
        instant = dt.datetime(2026, 7, 5, 23, tzinfo=UTC)  # midnight of 6 July in London
        later = {row["customer_name"]: row for row in engine.run(state_statements(weeks.plan, instant)).to_pylist()}
    assert forecast[1] == later
    assert [state["Bob"]["barrier"] for state in forecast] == ["price", None]
    assert forecast[0]["Bob"]["balance"] < forecast[1]["Bob"]["balance"] < 0


def test_the_coming_weeks_bring_what_the_last_ones_brought_on_the_same_days(club: None, home: Path):
    """Two weeks ahead: Tuesday's deposit of a fortnight ago comes again on Tuesday in a fortnight, and no sooner."""
    entry(ALICE, "deposit", 1.0, dt.date(2025, 6, 1))
    entry(ALICE, "deposit", 3.0, dt.date(2026, 5, 26))
    with ahead(home, 3) as weeks:
        found = [weeks.state(week)["Alice"] for week in range(4)]
    assert [row["moments_90"] for row in found] == [1, 1, 1, 2]
    assert found[3]["last_moment_days"] == pytest.approx(found[0]["last_moment_days"])
    assert found[3]["deposits"] > found[0]["deposits"]


def test_a_ledger_younger_than_the_forecast_comes_again_and_again(club: None, home: Path):
    entry(ALICE, "deposit", 3.0, dt.date(2026, 5, 19))
    entry(ALICE, "deposit", 3.0, dt.date(2026, 5, 26))
    with ahead(home, 4) as weeks:
        assert weeks.horizon.period_weeks == 1
        assert [weeks.state(week)["Alice"]["moments_90"] for week in range(5)] == [2, 3, 4, 5, 6]


def test_a_recovery_comes_again_with_the_withdrawal_that_it_makes_good(club: None, home: Path):
    """The gate failed Alice and Bob; Alice's wrong was made good the week after, Bob's never. So it goes again."""
    entry(ALICE, "deposit", 1.0, dt.date(2025, 6, 1))
    wrong = entry(ALICE, "withdrawal", 5.0, dt.date(2026, 5, 12))
    entry(BOB, "withdrawal", 5.0, dt.date(2026, 5, 12))
    entry(ALICE, "deposit", 5.0, dt.date(2026, 5, 19), recovers=wrong)
    with ahead(home, 3) as weeks:
        found = [{name: row["open_withdrawals"] for name, row in weeks.state(week).items()} for week in range(4)]
    assert found == [{"Alice": 0, "Bob": 1}, {"Alice": 1, "Bob": 2}, {"Alice": 0, "Bob": 2}, {"Alice": 0, "Bob": 2}]


def test_a_recovery_of_something_older_does_not_come_again(club: None, home: Path):
    wrong = entry(ALICE, "withdrawal", 5.0, dt.date(2025, 12, 1))
    entry(ALICE, "deposit", 5.0, dt.date(2026, 5, 26), recovers=wrong)
    with ahead(home, 3) as weeks:
        assert [weeks.state(week)["Alice"]["moments_90"] for week in (0, 3)] == [1, 1]


def test_who_only_saw_a_moment_only_sees_it_again(club: None, home: Path):
    """We reached out to Alice at the gate, and Bob looked on: that counts as a contact with her alone, twice."""
    at = dt.datetime(2026, 5, 27, tzinfo=UTC)
    Touchpoint.objects.create(id=GATE, changed_at=at, name="gate", outreach=True)
    columns = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points")
    seen = mint(at)
    people = [(mint(at), at, seen, one, "customer", GATE, "deposit", 1.0) for one in (ALICE, BOB)]
    append(Entry, columns, people)
    append(Witness, ("id", "at", "moment", "account"), [(mint(at), at, seen, BOB)])
    with ahead(home, 1) as weeks:
        state = weeks.state(1)
    assert [(state[name]["moments_90"], state[name]["_contacts"]) for name in ("Alice", "Bob")] == [(2, 2), (2, 0)]


def test_what_was_corrected_does_not_come_again(club: None, home: Path):
    wrong = entry(ALICE, "withdrawal", 5.0, dt.date(2026, 5, 26))
    at = dt.datetime(2026, 5, 27, tzinfo=UTC)
    columns = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points", "corrects")
    append(Entry, columns, [(mint(at), at, mint(at), ALICE, "customer", GATE, "withdrawal", 5.0, wrong)])
    with ahead(home, 1) as weeks:
        assert weeks.state(1)["Alice"]["withdrawals"] == 0


def test_as_many_join_as_joined_with_what_their_first_weeks_brought_and_what_they_allow(club: None, home: Path):
    """Carol joined on 27 May and was greeted a day later: in a round of a week, another one like her comes."""
    someone(CAROL, "Carol", dt.date(2026, 5, 27))
    at = dt.datetime(2026, 5, 27, tzinfo=UTC)
    Consent.objects.create(id=CAROL, changed_at=at, customer_id=CAROL, channel="email", purpose="", allowed=False)
    entry(CAROL, "deposit", 2.0, dt.date(2026, 5, 28))
    with ahead(home, 2) as weeks:
        rows = [weeks.state(week) for week in range(3)]
        refusals = weeks.engine.run([CONSENT_STATEMENT]).num_rows
        last = weeks.engine.run(state_statements(weeks.plan, weeks.horizon.instant(2))).to_pylist()
    assert [len(state) for state in rows] == [3, 4, 4]  # the second one who joins is called Carol+ as well
    carols = sorted((row["tenure_days"], row["moments_90"]) for row in last if row["customer_name"] == "Carol")
    assert carols == [(5, 1), (12, 2), (19, 3)]
    carol, other = rows[1]["Carol"], rows[1]["Carol+"]
    assert (carol["tenure_days"], other["tenure_days"]) == (12, 5)
    assert (carol["moments_90"], other["moments_90"]) == (2, 1)
    assert other["type"] == "newcomer"
    assert refusals == 3


def test_what_really_came_after_the_first_day_is_not_looked_at(club: None, home: Path):
    """A forecast from a day in the past may be held against what then happened."""
    someone(CAROL, "Carol", dt.date(2026, 6, 3))
    entry(ALICE, "deposit", 3.0, dt.date(2026, 6, 4))
    answer(ALICE, "barrier", "price", dt.date(2026, 6, 4))
    with ahead(home, 2, dt.date(2026, 9, 1)) as weeks:
        state = weeks.state(1)
    assert set(state) == {"Alice", "Bob"}
    assert (state["Alice"]["moments_90"], state["Alice"]["barrier"]) == (0, None)


def test_a_forecast_of_a_later_week_takes_the_last_whole_weeks_that_are_known(club: None, home: Path):
    """On Thursday 14 May, for 1 June: what came in the week up to Monday 11 May comes again in the first week."""
    entry(ALICE, "deposit", 3.0, dt.date(2026, 5, 6))
    entry(ALICE, "deposit", 1.0, dt.date(2025, 5, 6))
    with ahead(home, 1, dt.date(2026, 5, 14)) as weeks:
        assert weeks.horizon.lag_weeks == 3
        assert weeks.state(1)["Alice"]["last_moment_days"] == pytest.approx(4 + 8 / 24)  # Wednesday, 15:00 UTC


def test_an_answer_comes_again_unless_a_touch_had_asked_for_it(club: None, home: Path):
    """Both said what keeps them away; Bob because he was asked. Whom we ask again, the forecast itself decides."""
    entry(ALICE, "deposit", 1.0, dt.date(2025, 6, 1))
    answer(ALICE, "barrier", "price", dt.date(2026, 5, 26))
    touched(BOB, "pulse", "email", dt.date(2026, 5, 25))
    answer(BOB, "barrier", "travel", dt.date(2026, 5, 26))
    with ahead(home, 2) as weeks:
        ages = {name: row["barrier_age_days"] for name, row in weeks.state(2).items()}
    assert ages["Alice"] == pytest.approx(5 + 5 / 24)
    assert ages["Bob"] == pytest.approx(19 + 5 / 24)


def test_the_rate_of_answers_is_the_priors_moved_by_what_is_known(club: None, home: Path):
    """Of two who were asked long enough ago one answered; whoever was asked last week may still answer."""
    for customer, day in ((ALICE, 4), (BOB, 4), (CAROL, 27)):
        touched(customer, "pulse", "email", dt.date(2026, 5, day))
    answer(ALICE, "barrier", "price", dt.date(2026, 5, 6))
    with ahead(home, 2) as weeks:
        known = weeks.engine.run([expected.rates_statement(weeks.horizon)])
        assert known.to_pylist() == [{"name": "pulse", "asked": 2, "answered": 1}]
        rates = expected.response_rates(weeks.plan, known)
    assert rates == {"pulse": pytest.approx((1 + 20 * 0.15) / (2 + 20))}
    nobody_asked = pa.table({"name": pa.array([], pa.string()), "asked": [], "answered": []})
    assert expected.response_rates(weeks.plan, nobody_asked) == {"pulse": pytest.approx(0.15)}


def crowd(count: int) -> None:
    at = dt.datetime(2026, 5, 1, tzinfo=UTC)
    Customer.objects.bulk_create(
        Customer(id=mint(at), changed_at=at, name=f"Member {number}", since=dt.date(2022, 4, 1),
                 attributes={"annual_value": 300})
        for number in range(count)
    )  # fmt: skip


def brought(weeks: Ahead, rate: float) -> Brought:
    population, stay = population_at(weeks.engine, weeks.plan, weeks.horizon.instant(0))
    decision = decide(weeks.plan, population, stay, weeks.engine.conditions)
    return brought_by(decision, weeks.horizon, 0, {"pulse": rate})


def test_those_who_are_asked_answer_at_the_rate_and_as_the_population_answers(sqlite: str, home: Path):
    """400 are asked and 60 in 100 answer; price is what half of them name, since nobody has answered yet."""
    crowd(400)
    with ahead(home, 2) as weeks:
        come = brought(weeks, 0.6)
        assert come.touches.num_rows == 400
        answers = come.answers.to_pylist()
        weeks.engine.add("answer_ahead", come.answers)
        known = [
            row["barrier"]
            for row in weeks.engine.run(state_statements(weeks.plan, weeks.horizon.instant(1))).to_pylist()
        ]
    barriers = [row["value"] for row in answers if row["question"] == "barrier"]
    feelings = [row["number_value"] for row in answers if row["question"] == "feeling"]
    assert len(barriers) == len(feelings) == pytest.approx(240, abs=30)
    assert barriers.count("price") == pytest.approx(len(barriers) / 2, abs=25)
    assert sum(feelings) / len(feelings) == pytest.approx(0, abs=0.25)
    assert sorted(filter(None, known)) == sorted(barriers)


def test_in_a_year_of_weeks_as_many_leave_as_are_likely_to(sqlite: str, home: Path):
    """Of 2,000 with a chance p of staying for a year, 2,000 · (1 − p^(7/365)) leave in a week."""
    crowd(2000)
    with ahead(home, 2) as weeks:
        population, stay = population_at(weeks.engine, weeks.plan, weeks.horizon.instant(0))
        decision = decide(weeks.plan, population, stay, weeks.engine.conditions)
        leave = [brought_by(decision, Horizon(MONDAY + dt.timedelta(weeks=week), 2, ZoneInfo("UTC"), weeks.horizon.present, None), 0, {"pulse": 0}).outcomes.num_rows for week in range(30)]  # fmt: skip
    likely = float((1 - stay.probability ** (7 / 365)).sum())
    assert sum(leave) / len(leave) == pytest.approx(likely, rel=0.15)


def test_to_those_who_have_left_nothing_more_happens(club: None, home: Path):
    entry(ALICE, "deposit", 3.0, dt.date(2026, 5, 28))
    entry(BOB, "deposit", 3.0, dt.date(2026, 5, 28))
    with ahead(home, 2) as weeks:
        at = weeks.horizon.instant(1)
        gone = {"number": [10**12], "at": [at.replace(tzinfo=None)], "customer": [str(ALICE)], "outcome": ["left"]}
        weeks.engine.add("outcome_ahead", pa.table(gone))
        weeks.engine.run(expected.left_statements(at))
        state = weeks.state(2)
    assert [(state[name]["has_left"], state[name]["moments_90"]) for name in ("Alice", "Bob")] == [
        (True, 2),
        (False, 3),
    ]


def test_whoever_has_left_already_does_not_leave_again(club: None, home: Path):
    at = dt.datetime(2026, 5, 1, tzinfo=UTC)
    append(Outcome, ("id", "at", "customer", "outcome"), [(mint(at), at, one, "left") for one in (ALICE, BOB)])
    with ahead(home, 2, plan=CLUB.replace("period: 365 days", "period: 1 day")) as weeks:
        assert brought(weeks, 0.5).outcomes.num_rows == 0
