"""The state of a customer, by SQL over a lake of a few rows: agrees with the ledger, and every column means what it says."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_lake import (
    ALICE,
    BOB,
    CALL,
    CAROL,
    CLUB,
    DANA,
    GATE,
    NOW,
    SHOP,
    SmallLake,
    before,
    club,
    recent_of,
    state_of,
)

from touchbook.insight import state as state_module
from touchbook.insight.stay import lifetime_value
from touchbook.ledger.balance import standing
from touchbook.ledger.book import lines_of, recompute
from touchbook.ledger.entries import day_of
from touchbook.ledger.terms import Terms

TERMS = Terms()
SECOND = 1 / 86_400


def one(**attributes: object) -> SmallLake:
    lake = SmallLake()
    lake.customer(ALICE, dt.date(2020, 1, 1), "Alice", **attributes)
    return lake


@st.composite
def histories(draw: st.DrawFn) -> SmallLake:
    """Two customers and an unknown account, with entries, recoveries, and chains of corrections in any order."""
    lake = SmallLake()
    lake.customer(ALICE, None)
    lake.customer(BOB, None)
    day = st.floats(-30, 900).map(lambda days: round(days * 86_400) / 86_400)  # some lie after now
    for _ in range(draw(st.integers(0, 14))):
        customer = draw(st.sampled_from([ALICE, BOB]))
        own = [row for row in lake.rows["entry"] if row["account"] == customer]
        taken = {row.get("corrects") for row in own}
        free = [row["id"] for row in own if row["id"] not in taken]
        failed = [row["id"] for row in own if row["kind"] == "withdrawal"]
        role = draw(st.integers(0, 9))
        if role < 3 and free:
            lake.entry(customer, "deposit", 0.0, draw(day), corrects=draw(st.sampled_from(free)))
        elif role < 6 and failed:
            points = draw(st.floats(0, 9))
            lake.entry(customer, "deposit", points, draw(day), recovers=draw(st.sampled_from(failed)))
        else:
            kind = draw(st.sampled_from(["deposit", "withdrawal", "withdrawal"]))
            share = draw(st.sampled_from([1.0, TERMS.witness]))  # a witness's entry weighs less
            lake.entry(customer, kind, share * draw(st.integers(1, 5)), draw(day))
    lake.entry(GATE, "withdrawal", 5, 3, account_kind="house")
    return lake


@given(histories())
@settings(max_examples=30)
def test_the_balance_and_its_parts_agree_with_the_ledger(lake: SmallLake):
    today = day_of(NOW)
    rows = state_of(lake)
    for customer in (ALICE, BOB):
        book = lake.book(customer)
        # What has not happened yet does not count; a correction counts whenever it was written.
        so_far = [entry for entry in book if entry.day <= today or entry.corrects is not None]
        sums, row = recompute(so_far, today, TERMS), rows[customer]
        withdrawals = TERMS.asymmetry * (sums.unresolved + sums.recovered)
        assert row["deposits"] == pytest.approx(sums.deposits, abs=1e-9)
        assert row["withdrawals"] == pytest.approx(withdrawals, abs=1e-9)
        assert row["balance"] == pytest.approx(sums.balance(today, TERMS), abs=1e-9)
        assert row["open_weight"] == pytest.approx(TERMS.asymmetry * sums.unresolved, abs=1e-9)
        assert row["standing"] == standing(row["balance"], 0, TERMS)
        lines = [line for line in lines_of(so_far).values() if not line.void]
        assert row["deposits_30"] == sum(line.kind == "deposit" and today - line.day < 30 for line in lines)
        assert (row["last_moment_days"] is None) == (not lines)


def test_an_even_chain_of_corrections_leaves_an_entry_standing_however_long_it_is():
    for length in (1, 2, 3, 1200, 1201):
        lake = one()
        last = lake.entry(ALICE, "deposit", 4, 0)
        for _ in range(length):
            last = lake.entry(ALICE, "deposit", 0, 0, corrects=last)
        assert state_of(lake)[ALICE]["deposits"] == (0 if length % 2 else 4)


def test_corrections_in_a_circle_touch_nobody():
    lake = one()
    lake.entry(ALICE, "deposit", 4, 0)
    ring = [lake.entry(ALICE, "deposit", 0, 0) for _ in range(3)]
    for row, other in zip(lake.rows["entry"][1:], ring[1:] + ring[:1], strict=True):
        row["corrects"] = other
    assert state_of(lake)[ALICE]["deposits"] == 4


def test_an_open_withdrawal_is_named_until_it_is_recovered_or_no_longer_felt():
    lake = one()
    lake.entry(ALICE, "withdrawal", 3, 12)
    lake.entry(ALICE, "withdrawal", 5, 40, touchpoint=SHOP)
    row = state_of(lake)[ALICE]
    assert (row["worst_open_touchpoint"], row["open_withdrawals"]) == ("shop", 2)
    assert row["worst_open_days"] == pytest.approx(40)
    lake.entry(ALICE, "deposit", 5, 1, recovers=lake.rows["entry"][1]["id"])
    row = state_of(lake)[ALICE]
    assert (row["worst_open_touchpoint"], row["open_withdrawals"]) == ("gate", 1)
    old = one()
    old.entry(ALICE, "withdrawal", 0.1, 700)  # weighs a tenth of a point: open, and no longer felt
    assert state_of(old)[ALICE]["open_withdrawals"] == 0


def test_what_happened_last_at_one_instant_is_what_arrived_last():
    for kinds in (["deposit", "withdrawal"], ["withdrawal", "deposit"]):
        lake = one()
        for kind, touchpoint in zip(kinds, (GATE, SHOP), strict=True):
            lake.entry(ALICE, kind, 2, 5, touchpoint=touchpoint)
        row = state_of(lake)[ALICE]
        assert (row["last_kind"], row["last_touchpoint"]) == (kinds[1], "shop")


def test_windows_slide_to_the_second():
    lake = one()
    lake.touch(ALICE, "note", "email", "inform", 30)
    lake.touch(ALICE, "note", "email", "ask", 30 - SECOND)
    lake.touch(ALICE, "note", "phone", "inform", 90)
    lake.touch(ALICE, "note", "phone", "inform", 90 - SECOND)
    lake.touch(ALICE, "note", "phone", "inform", 1, event="planned")  # a plan is no touch yet
    lake.touch(ALICE, "note", "phone", "inform", -1)  # nor is what has not happened
    row = state_of(lake)[ALICE]
    assert (row["touches_30"], row["touches_90"], row["asks_90"]) == (1, 3, 1)
    assert [row[f"_window_{index}"] for index in range(3)] == [1, 2, 1]  # any in 30, email in 90, ask in 90
    assert row["last_touch_days"] == pytest.approx(30 - SECOND)
    assert recent_of(lake) == [{"customer": str(ALICE), "name": "note", "days": pytest.approx(30 - SECOND)}]


def test_nobody_was_touched_yet():
    row = state_of(one())[ALICE]
    assert [row["touches_30"], row["_window_0"], row["last_touch_days"]] == [0, 0, None]
    assert recent_of(one()) == []


def test_the_owner_is_known_by_name_and_id():
    lake = one()
    lake.customer(BOB)
    lake.owned(ALICE, DANA)
    rows = state_of(lake)
    assert (rows[ALICE]["owner"], rows[ALICE]["_owner"]) == ("Dana", str(DANA))
    assert (rows[BOB]["owner"], rows[BOB]["_owner"]) == (None, None)


def test_a_plan_may_ask_whether_anybody_owns_the_relationship():
    lake = one()
    lake.customer(BOB)
    lake.owned(ALICE, DANA)
    plan = club(CLUB.replace("  newcomer:", "  danas: owner = 'Dana'\n  nobodys: owner is null\n  newcomer:"))
    assert {customer: row["type"] for customer, row in state_of(lake, plan).items()} == {ALICE: "danas", BOB: "nobodys"}


def contacts(lake: SmallLake, ceiling: str = "3 per 30 days", now: dt.datetime = NOW) -> dict[UUID, object]:
    plan = club(CLUB.replace("guardrails:\n", f"guardrails:\n  contact_ceiling: {ceiling}\n"))
    return {customer: row["_contacts"] for customer, row in state_of(lake, plan, now).items()}


def test_a_contact_is_a_day_on_which_anybody_reached_out():
    lake = one()
    lake.customer(BOB)
    lake.touch(ALICE, "note", "email", "inform", 3)
    lake.touch(ALICE, "offer", "phone", "sell", 3)  # another team, the same day
    lake.entry(ALICE, "deposit", 2, 3, touchpoint=CALL)  # and somebody rang
    lake.entry(ALICE, "deposit", 2, 9, touchpoint=CALL)
    lake.touch(ALICE, "note", "email", "inform", 12, event="claimed", touch=UUID(int=9))  # may have reached her
    lake.touch(ALICE, "note", "email", "inform", 15, event="planned")
    lake.entry(ALICE, "deposit", 2, 20)  # she came by herself
    assert contacts(lake) == {ALICE: 3, BOB: 0}


def test_a_moment_that_was_taken_back_or_only_seen_is_no_contact():
    lake = one()
    lake.customer(BOB)
    wrong = lake.entry(ALICE, "deposit", 2, 4, touchpoint=CALL)
    lake.entry(ALICE, "deposit", 0, 1, touchpoint=CALL, corrects=wrong)
    assert contacts(lake)[ALICE] == 0
    call = UUID(int=8)
    lake.entry(ALICE, "withdrawal", 2, 2, touchpoint=CALL, moment=call)
    lake.entry(BOB, "withdrawal", 0.8, 2, touchpoint=CALL, moment=call)
    lake.fact("witness", 2, moment=call, account=BOB)
    lake.entry(CALL, "withdrawal", 0.8, 2, touchpoint=CALL, moment=call, account_kind="house")
    assert contacts(lake) == {ALICE: 1, BOB: 0}


def test_the_window_of_contacts_slides_to_the_second():
    lake = one()
    lake.entry(ALICE, "deposit", 2, 30, touchpoint=CALL)
    lake.touch(ALICE, "note", "email", "inform", 30 + SECOND)
    assert contacts(lake)[ALICE] == 0
    lake.entry(ALICE, "deposit", 2, 30 - SECOND, touchpoint=CALL)
    lake.entry(ALICE, "deposit", 2, -1, touchpoint=CALL)  # tomorrow
    assert contacts(lake)[ALICE] == 1
    assert contacts(lake, "3 per 31 days")[ALICE] == 1


def test_contacts_are_counted_in_the_plans_own_days():
    """Half past midnight in London is another day than the evening before; in UTC both are the same one."""
    lake = one()
    for at in (dt.datetime(2026, 5, 20, 20, 0, tzinfo=dt.UTC), dt.datetime(2026, 5, 20, 23, 30, tzinfo=dt.UTC)):
        lake.entry(ALICE, "deposit", 2, (NOW - at) / dt.timedelta(days=1), touchpoint=CALL)
    assert contacts(lake)[ALICE] == 2


def test_without_a_ceiling_nothing_is_counted():
    lake = one()
    lake.entry(ALICE, "deposit", 2, 0, touchpoint=CALL)
    assert state_of(lake)[ALICE]["_contacts"] == 0


def test_a_customer_has_the_first_type_that_holds():
    lake = SmallLake()
    lake.customer(ALICE, before(100).date(), account_kind="company", seats=4)
    lake.customer(BOB, before(900).date(), account_kind="company", seats=4)
    lake.customer(CAROL, None, seats=1)
    types = {customer: row["type"] for customer, row in state_of(lake).items()}
    assert types == {ALICE: "newcomer", BOB: "corporate", CAROL: "other"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("seats", "many"), ("seats", [4]), ("born", "30 February"), ("choir", "perhaps"), ("annual_value", None)],
)
def test_an_attribute_that_is_not_of_its_type_is_unknown(name, value):
    row = state_of(one(**{"seats": 4, "annual_value": 300, name: value}))[ALICE]
    assert row[name] is None
    assert row["type"] == ("other" if name == "seats" else "family")
    assert row["worth"] == (0 if name == "annual_value" else 300)


def test_worth_is_never_below_nothing():
    assert state_of(one(annual_value=-20))[ALICE]["worth"] == 0


def test_attributes_have_their_types():
    row = state_of(one(annual_value=300.5, account_kind="person", born="1980-05-01", choir=True, hardship=True))[ALICE]
    assert (row["annual_value"], row["born"], row["choir"], row["hardship"]) == (300.5, dt.date(1980, 5, 1), True, True)
    assert (row["worth"], row["type"]) == (300.5, "other")


def test_tenure_is_counted_in_the_plans_own_days():
    """At half past midnight in London it is still yesterday in UTC."""
    late = dt.datetime(2026, 6, 1, 23, 30, tzinfo=dt.UTC)
    lake = SmallLake()
    lake.customer(ALICE, dt.date(2026, 6, 1))
    lake.customer(BOB, dt.date(2026, 6, 2))
    lake.customer(CAROL, dt.date(2026, 6, 3))  # joins tomorrow
    rows = state_of(lake, now=late)
    assert {customer: row["tenure_days"] for customer, row in rows.items()} == {ALICE: 1, BOB: 0}


def test_nobody_is_nameless_who_has_an_identifier():
    lake = SmallLake()
    lake.customer(ALICE, None, "Alice")
    lake.customer(BOB, None)
    for customer, value in ((ALICE, "A1"), (BOB, "B7"), (BOB, "B2")):
        lake.rows["identifier"].append({"customer_id": customer, "kind": "member", "value": value})
    assert {row["customer_name"] for row in state_of(lake).values()} == {"Alice", "B2"}


answers = st.lists(st.tuples(st.integers(0, 300), st.integers(-2, 2)), min_size=1, max_size=8)


@given(answers)
@settings(max_examples=15)
def test_feeling_is_a_weighted_regression_with_a_prior_on_its_slope(given_answers):
    lake = one()
    for days, value in given_answers:
        lake.answer(ALICE, "feeling", float(value), days)
    row = state_of(lake)[ALICE]
    days, y = np.array([pair[0] for pair in given_answers], float), np.array([pair[1] for pair in given_answers], float)
    if days.min() > 90:
        assert [row[name] for name in ("feeling", "feeling_error", "feeling_trend", "feeling_trend_error")] == [
            None
        ] * 4
        return
    weights, x = 2 ** (-days / state_module.FEELING_HALF_LIFE_DAYS), -days / 30
    design = np.column_stack([np.ones_like(x), x])
    ridge = (state_module.FEELING_NOISE_SD / state_module.FEELING_TREND_SD) ** 2
    normal = design.T @ (weights[:, None] * design) + np.diag([0, ridge])
    level, trend = np.linalg.solve(normal, design.T @ (weights * y))
    squares = float(weights @ (y - design @ [level, trend]) ** 2)
    prior = state_module.FEELING_NOISE_WEIGHT
    variance = (prior * state_module.FEELING_NOISE_SD**2 + squares) / (prior + weights.sum())
    errors = np.sqrt(variance * np.diag(np.linalg.inv(normal)))
    assert row["feeling"] == pytest.approx(level, abs=1e-9)
    assert row["feeling_trend"] == pytest.approx(trend, abs=1e-9)
    assert (row["feeling_error"], row["feeling_trend_error"]) == pytest.approx(tuple(errors), rel=1e-6)


def test_a_feeling_that_falls_has_a_trend_below_zero_and_more_answers_are_surer():
    few, many = one(), one()
    for lake, every in ((few, 40), (many, 10)):
        for days in range(0, 81, every):
            lake.answer(ALICE, "feeling", round(-1 + days / 40), days)
    falls, surer = state_of(few)[ALICE], state_of(many)[ALICE]
    assert falls["feeling_trend"] < 0
    assert surer["feeling_trend"] < 0
    assert surer["feeling_error"] < falls["feeling_error"]


def test_a_stale_answer_is_not_known():
    lake = one()
    lake.answer(ALICE, "intent", 8.0, 120 + SECOND)
    lake.answer(ALICE, "barrier", "travel", 180)
    row = state_of(lake)[ALICE]
    assert (row["intent"], row["barrier"]) == (None, "travel")
    assert row["intent_age_days"] == pytest.approx(120 + SECOND)
    assert (row["known"], row["stale"]) == (1, 1)


def test_the_last_answer_counts_unless_it_was_taken_back_or_says_nothing():
    lake = one()
    lake.answer(ALICE, "barrier", "travel", 40)
    later = lake.answer(ALICE, "barrier", "price", 10)
    lake.answer(ALICE, "barrier", "", 5)  # words only
    assert state_of(lake)[ALICE]["barrier"] == "price"
    lake.answer(ALICE, "barrier", "", 1, corrects=later)
    row = state_of(lake)[ALICE]
    assert row["barrier"] == "travel"
    assert row["barrier_age_days"] == pytest.approx(40)


def test_two_answers_at_one_instant_the_later_arrival_counts():
    lake = one()
    lake.answer(ALICE, "intent", 3.0, 5)
    lake.answer(ALICE, "intent", 9.0, 5)
    assert state_of(lake)[ALICE]["intent"] == 9


def test_an_advocate_is_engaged_and_has_referred_somebody():
    lake = one()
    lake.customer(BOB)
    for customer in (ALICE, BOB):
        for _ in range(3):
            lake.entry(customer, "deposit", 5, 1)
    lake.outcome(CAROL, "referred", 20, referrer=ALICE)
    lake.outcome(CAROL, "referred", 10, referrer=ALICE)  # the same friend, told twice
    rows = state_of(lake)
    assert (rows[ALICE]["standing"], rows[ALICE]["referrals"]) == ("advocate", 1)
    assert rows[BOB]["standing"] == "engaged"


def test_who_left_and_came_back_has_not_left():
    lake = one()
    left = lake.outcome(ALICE, "left", 50)
    lake.outcome(ALICE, "referred", 40)  # says nothing about leaving
    assert state_of(lake)[ALICE]["has_left"]
    lake.outcome(ALICE, "rejoined", 20)  # what this plan calls success
    assert not state_of(lake)[ALICE]["has_left"]
    undone = one()
    left = undone.outcome(ALICE, "left", 50)
    undone.outcome(ALICE, "left", 1, corrects=left)
    assert not state_of(undone)[ALICE]["has_left"]


def test_the_state_is_ordered_by_customer_and_has_every_documented_column():
    from touchbook.plan.columns import catalogue

    plan = club()
    lake = SmallLake()
    for customer in (CAROL, ALICE, BOB):
        lake.customer(customer)
    rows = state_of(lake, plan)
    assert list(rows) == sorted(rows, key=str)
    assert set(catalogue(plan.attributes, plan.questions)) <= set(rows[ALICE])


def test_a_plan_without_questions_or_limits_has_a_state_too():
    text = CLUB[: CLUB.index("questions:")] + CLUB[CLUB.index("touchpoints:") : CLUB.index("guardrails:")]
    row = state_of(one(), club(text + "guardrails: {at_most: {}}\n"))[ALICE]
    assert (row["known"], row["stale"], row["feeling_error"]) == (0, 0, None)


def test_an_estimate_rests_on_the_state():
    row = state_of(one(annual_value=300))[ALICE]
    assert 0 < row["stay_probability"] < 1
    value = lifetime_value(np.array([300.0]), np.array([row["stay_probability"]]), 0.1)
    assert row["lifetime_value"] == pytest.approx(value[0])
