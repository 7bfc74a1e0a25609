"""The referee lets nobody take what there is not, nor reach who refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from touchbook.plan.loader import read_plan
from touchbook.plan.model import EACH_OWNER, OWNER, Capacity, Plan
from touchbook.workflows.simulate.referee import Referee, scaled
from touchbook.workflows.start_plan import starter

NOBODY_OWNED = [""] * 50
EVERYBODY = {"email": np.ones(50, dtype=np.bool_), "phone": np.ones(50, dtype=np.bool_)}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(starter("club")["plan.yaml"])


def test_a_teams_hours_end_and_the_most_wanted_come_first(plan: Plan) -> None:
    one_hour = replace(plan, capacity={"member services": replace(plan.capacity["member services"], amount=60.0)})
    call = list(plan.touches).index("barrier call")  # 15 minutes
    allowed = Referee(one_hour, NOBODY_OWNED).allow(np.arange(7), np.full(7, call), EVERYBODY)
    assert allowed.tolist() == [True] * 4 + [False] * 3


def test_who_does_not_allow_email_gets_none_but_may_be_called(plan: Plan) -> None:
    email, call = (list(plan.touches).index(name) for name in ("good news from the club", "barrier call"))
    reachable = {**EVERYBODY, "email": np.arange(50) != 3}
    allowed = Referee(plan, NOBODY_OWNED).allow(np.array([3, 4, 3]), np.array([email, email, call]), reachable)
    assert allowed.tolist() == [False, True, True]


def test_money_and_messages_run_out_as_well(plan: Plan) -> None:
    small = scaled(plan, 20)  # a hundredth of the club that the plan is for
    card, email = (list(plan.touches).index(name) for name in ("anniversary card", "good news from the club"))
    referee = Referee(small, NOBODY_OWNED)
    assert referee.allow(np.arange(50), np.full(50, card), EVERYBODY).sum() == 1  # £1.50 of £1.50
    assert referee.allow(np.arange(50), np.full(50, email), EVERYBODY).sum() == 20


def test_a_larger_club_has_more_of_everything(plan: Plan) -> None:
    twice = scaled(plan, 4000)
    assert twice.capacity["email"].amount == 2 * plan.capacity["email"].amount
    assert twice.touches == plan.touches


def test_each_owner_has_minutes_of_their_own_and_calls_nobody_elses_customers(plan: Plan) -> None:
    call = list(plan.touches).index("barrier call")  # 15 minutes
    owned = {**plan.touches, "barrier call": replace(plan.touches["barrier call"], team=OWNER)}
    each = {EACH_OWNER: Capacity(EACH_OWNER, "minutes", 30.0)}
    owners = ["ann", "ann", "ann", "bob", ""]
    referee = Referee(scaled(replace(plan, touches=owned, capacity=each), 20), owners)
    assert referee.allow(np.arange(5), np.full(5, call), EVERYBODY).tolist() == [True, True, False, True, False]
