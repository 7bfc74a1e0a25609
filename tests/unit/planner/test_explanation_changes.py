"""What would change a decision does: each change is applied, and it is decided anew; just short of it nothing turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from explained import MONDAY, terms_of
from hypothesis import given, settings
from hypothesis import strategies as st
from people import JUDGE, People, club, people
from test_decide import WRONGED, situations

from touchbook.insight.stay import with_estimates
from touchbook.planner.assembly import make_musts, rooms, shared_capacities
from touchbook.planner.candidates import find_candidates
from touchbook.planner.explanation import Change, ChangeKind, Explanation, evidence, explain
from touchbook.planner.population import Floats, Population
from touchbook.planner.questions import asking_values
from touchbook.planner.values import act_values


def at_prices(
    group: People, population: Population, customer: int, charges: Floats, more: Mapping[int, float] | None = None
) -> set[str]:
    """What one customer gets when everybody pays these charges: by trying every set of touches there is.

    *more*: what some touches are worth beside what they are.
    """
    plan = group.plan
    state, stay = with_estimates(population.state, plan)
    population = replace(population, state=state)
    candidates = find_candidates(plan, population, JUDGE)
    values = act_values(plan, population, stay) + asking_values(plan, population, candidates, JUDGE)
    for touch, extra in (more or {}).items():
        values[customer, touch] += extra
    musts = make_musts(plan, candidates, values, shared_capacities(plan)).made
    room, member = rooms(plan, population, musts)
    names = list(plan.touches)
    free = [place for place in range(len(names)) if candidates.allowed[customer, place]
            and not plan.touches[names[place]].must and values[customer, place] > 0]  # fmt: skip
    surplus = values[customer] - charges
    best: tuple[float, tuple[int, ...]] = (0.0, ())
    for size in range(1, len(free) + 1):
        for several in combinations(free, size):
            if (member[list(several)].sum(axis=0) <= room[customer]).all():
                best = max(best, (float(surplus[list(several)].sum()), several), key=lambda one: one[0])
    return {names[place] for place in (*best[1], *np.flatnonzero(musts[customer]))}


def charges_at(group: People, prices: Mapping[str, float]) -> Floats:
    shared = shared_capacities(group.plan)
    return np.asarray(shared.use @ np.array([prices[name] for name in shared.names]))


def moved(group: People, customer: int, **columns: object) -> Population:
    """The population with other values in one customer's row."""
    state = group.population.state
    for name, value in columns.items():
        values = state.column(name).to_pylist()
        values[customer] = value
        place = state.schema.get_field_index(name)
        state = state.set_column(place, name, pa.array(values, state.schema.field(place).type))
    return replace(group.population, state=state)


def with_balance(group: People, customer: int, balance: float) -> Population:
    row = group.population.state.slice(customer, 1).to_pylist()[0]
    change = balance - row["balance"]
    return moved(
        group,
        customer,
        balance=balance,
        deposits=row["deposits"] + max(change, 0),
        withdrawals=row["withdrawals"] + max(-change, 0),
        standing="overdrawn" if balance < 0 else "neutral" if balance < 10 else "engaged",
    )


def check(group: People, prices: Mapping[str, float], customer: int, change: Change, made: set[str]) -> None:
    """Apply a change a little more and a little less than it says."""
    names = list(group.plan.touches)
    charges = charges_at(group, prices)
    if change.kind is ChangeKind.BALANCE:
        assert at_prices(group, with_balance(group, customer, change.to), customer, charges) == set(change.then) != made
        short = round(change.to - 0.1 * np.sign(change.by), 1)
        if abs(short - change.from_) < abs(change.by) and (short - change.from_) * change.by > 0:
            assert at_prices(group, with_balance(group, customer, short), customer, charges) == made
    if change.kind is ChangeKind.PRICE:
        size = 60.0 if change.of == "care" else 1.0
        way = 1 if change.touch in made else -1
        for share, turned in ((1.01, True), (0.99, False)):
            price = (change.from_ + share * change.by) / size
            price += way * 1e-4 * max(change.to, 0.01) / size * (1 if turned else -1)
            if not turned and abs(change.by) < 0.01 * max(change.to, 0.01):
                continue
            then = at_prices(group, group.population, customer, charges_at(group, {**prices, change.of: price}))
            assert ((change.touch in then) != (change.touch in made)) == turned
    if change.kind is ChangeKind.VALUE:
        for share, turned in ((1.01, True), (0.99, False)):
            if abs(change.by) < 1e-3 * change.from_:
                continue
            more = {names.index(change.touch): share * change.by}
            then = at_prices(group, group.population, customer, charges, more)
            assert ((change.touch in then) != (change.touch in made)) == turned


def test_a_change_of_price_value_or_balance_turns_the_decision_and_just_less_does_not():
    seen = set()

    @given(situations())
    @settings(max_examples=40, database=None)
    def applied(group):
        decision = group.decide()
        terms, kept = terms_of(decision), evidence(decision)
        for customer in range(group.population.size):
            told = explain(terms, kept.slice(customer, 1))
            made = {option.touch for option in told.made}
            for change in told.changes:
                check(group, decision.prices, customer, change, made)
                seen.add((change.kind, change.by > 0))
            nearness = [change.nearness for change in told.changes]
            assert nearness == sorted(nearness)
            assert min(nearness, default=0) >= 0

    applied()
    assert {kind for kind, _ in seen} >= {ChangeKind.PRICE, ChangeKind.VALUE, ChangeKind.BALANCE}
    assert {
        (ChangeKind.PRICE, True),
        (ChangeKind.VALUE, False),
        (ChangeKind.BALANCE, True),
        (ChangeKind.BALANCE, False),
    } <= seen


def told_of(group: People, customer: int = 0) -> Explanation:
    decision = group.decide()
    return explain(terms_of(decision), evidence(decision).slice(customer, 1))


def only(told: Explanation, kind: ChangeKind) -> Change:
    (change,) = [change for change in told.changes if change.kind is kind]
    return change


NOTES = ["news: {purpose: inform, channel: email, cooldown: 20 days}", "call: {purpose: thank, channel: phone, effect: 0.09, cooldown: 45 days}",
         "card: {purpose: celebrate, channel: letter, cooldown: 12 days}", "question: {purpose: ask, channel: email, asks: [barrier], cooldown: 30 days}"]  # fmt: skip


@st.composite
def histories(draw: st.DrawFn):
    """A plan with limits, and what was made to one customer: (touch, days ago)."""
    notes = draw(st.lists(st.sampled_from(NOTES), min_size=1, max_size=4, unique=True))
    names = [note.split(":")[0] for note in notes]
    limits = [f"{key}: {draw(st.integers(1, 2))} per {draw(st.sampled_from([20, 35]))} days"
              for key in draw(st.sets(st.sampled_from(["any", "email", "phone"])))]  # fmt: skip
    rest = draw(st.sampled_from([3, 7]))
    plan = club("\n".join(notes), f"{{rest: {rest} days, at_most: {{{', '.join(limits)}}}}}")
    made = draw(
        st.lists(
            st.tuples(st.sampled_from(names), st.floats(0.2, 40).map(lambda day: round(day, 2))), min_size=1, max_size=4
        )
    )
    return plan, made


def later(plan, made: Sequence[tuple[str, float]], days: float) -> People:
    """The customer some days later, counted from what was made."""
    ages = [(name, age + days) for name, age in made]
    row: dict[str, object] = {"last_touch_days": min(age for _, age in ages)}
    for index, limit in enumerate(plan.guardrails.at_most):
        row[f"_window_{index}"] = sum(
            age < limit.days and limit.key in ("any", plan.touches[name].channel, plan.touches[name].purpose)
            for name, age in ages
        )
    since = {name: min(age for other, age in ages if other == name) for name, _ in ages}
    return people(plan, row, made=[(0, name, age) for name, age in since.items()])


@given(histories())
@settings(max_examples=30)
def test_on_the_day_that_is_named_time_alone_has_opened_a_door_and_not_the_day_before(history):
    plan, made = history
    group = later(plan, made, 0)
    told = told_of(group)
    changes = [change for change in told.changes if change.kind is ChangeKind.REST]
    if told.made:
        assert not changes
        return
    (change,) = changes  # there is no capacity, and every touch brings something: time is all that stands in the way
    days = (change.on - MONDAY).days
    assert days == change.by == change.to
    at = later(plan, made, days).decide()
    assert at.chosen.any()
    if change.exact:
        assert {name for name, is_chosen in zip(plan.touches, at.chosen[0], strict=True) if is_chosen} == set(
            change.then
        )
        assert not later(plan, made, days - 1).decide().chosen.any()
    for option in told.others:
        for bar in option.bars:
            if bar.opens_on:
                days = (bar.opens_on - MONDAY).days
                decision = later(plan, made, days).decide()
                then = explain(terms_of(decision), evidence(decision))
                others = {other.touch: other for other in (*then.made, *then.others)}
                assert bar.guardrail not in {one.guardrail for one in others[option.touch].bars}


def crowd(emails: int, changed: float = 1.0, who: int = 0) -> People:
    """Sixty customers of rising worth; there are e-mails for some of them."""
    plan = club("note: {purpose: inform, channel: email}", capacity=f"{{email: {emails} per week}}")
    worths = [100.0 + 2 * number for number in range(60)]
    worths[who] *= changed
    return people(plan, *({"worth": worth} for worth in worths))


@pytest.mark.parametrize("who", [0, 17, 38])
def test_worth_price_and_capacity_each_turn_a_whole_decision_made_anew(who):
    group = crowd(20)
    decision = group.decide()
    told = told_of(group, who)
    value, price, capacity = (only(told, kind) for kind in (ChangeKind.VALUE, ChangeKind.PRICE, ChangeKind.CAPACITY))
    times = value.to / value.from_
    assert crowd(20, times * 1.02, who).decide().chosen[who].all()
    assert not crowd(20, times * 0.96, who).decide().chosen[who].any()
    enough = 20 + round(capacity.by)
    assert capacity.by == pytest.approx(40 - who)
    assert crowd(enough).decide().chosen[who].all()
    assert not crowd(enough - 1).decide().chosen[who].any()
    assert price.to == pytest.approx(decision.values[who, 0], rel=1e-5)
    assert crowd(enough).decide().prices["email"] <= price.to * 1.001


@pytest.mark.parametrize(("minutes", "first"), [(10, 30), (20, 45), (15, 100)])
def test_the_minutes_that_are_named_reach_the_next_customers_one_by_one(minutes: int, first: int):
    def care(available: float) -> People:
        plan = club(f"call: {{purpose: thank, channel: phone, team: care, minutes: {minutes}}}",
                    "{rest: 7 days, at_most: {}}", f"{{care: {available} minutes per week}}")  # fmt: skip
        return people(plan, *({"worth": 200.0 - 10 * number} for number in range(12)))

    alone = np.flatnonzero(~care(first).decide().chosen.any(axis=1))
    assert len(alone) > 2
    for who in alone:
        change = only(told_of(care(first), who), ChangeKind.CAPACITY)
        assert care(change.to).decide().chosen[who].any()
        assert not care(change.to - 1).decide().chosen[who].any()


def test_who_would_give_up_another_touch_for_it_stands_in_the_queue_as_well():
    """Both have an e-mail and would rather be called; the third would be called after them."""
    plan = club("call: {purpose: thank, channel: phone, team: care, minutes: 10, effect: 0.5}\n"
                "note: {purpose: inform, channel: email, to: newcomer}", "{rest: 7 days, at_most: {}}",
                "{care: 0 minutes per week}")  # fmt: skip
    rows = [{"type": "newcomer", "worth": 300.0}, {"type": "newcomer", "worth": 250.0}, {"worth": 100.0}]
    group = people(plan, *rows)
    assert group.decide().chosen.tolist() == [[False, True], [False, True], [False, False]]
    assert only(told_of(group, 2), ChangeKind.CAPACITY).by == pytest.approx(30)


def test_what_must_be_made_and_does_not_fit_names_what_would_be_enough():
    def care(minutes: float) -> People:
        plan = club("sorry: {purpose: apologise, channel: phone, team: care, minutes: 20, must: true}",
                    capacity=f"{{care: {minutes} minutes per week}}")  # fmt: skip
        return people(plan, WRONGED, WRONGED | {"worth": 1.0})

    change = only(told_of(care(30), 1), ChangeKind.CAPACITY)
    assert (change.by, change.touch) == (pytest.approx(10), "sorry")
    assert care(change.to).decide().chosen[1].any()
    assert change.sentence == "With about 10 more minutes of care this week, “sorry” would be planned."


def test_a_condition_of_the_plan_turns_at_the_balance_it_names():
    plan = club("offer: {purpose: sell, channel: email, revenue: 900, when: balance > 3}\n"
                "note: {purpose: inform, channel: letter}", "{rest: 7 days, at_most: {}, never_sell_when: balance < 0}")  # fmt: skip
    change = only(told_of(people(plan, {"balance": 2.04, "deposits": 2.04})), ChangeKind.BALANCE)
    assert (change.to, change.then) == (3.1, ("offer",))
    assert change.sentence == ("If their balance rose to +3.1 (now +2.0), “offer” would take the place of “note”.")
    plan = club("note: {purpose: inform, channel: letter, when: standing <> 'overdrawn'}")
    change = only(told_of(people(plan, {"balance": 1.0})), ChangeKind.BALANCE)
    assert (change.to, change.then) == (-0.1, ())
    assert change.sentence == "If their balance fell to −0.1 (now +1.0), “note” would not be planned."


def test_a_type_that_hangs_on_the_balance_moves_with_it():
    plan = club("note: {purpose: inform, channel: letter, to: newcomer}")
    dear = replace(plan.types["newcomer"], sql="balance >= 5", columns=frozenset({"balance"}))
    plan = replace(plan, types={"newcomer": dear, "regular": plan.types["regular"]})
    assert only(told_of(people(plan, {})), ChangeKind.BALANCE).to == 5.0


def test_where_a_period_is_worth_what_the_balance_says_no_balance_is_named():
    plan = club("note: {purpose: inform, channel: letter, when: balance > 3}")
    worth = replace(plan.success.worth, columns=frozenset({"balance"}))
    plan = replace(plan, success=replace(plan.success, worth=worth))
    assert not told_of(people(plan, {})).changes


def test_of_two_that_are_worth_the_same_a_penny_decides():
    plan = club("a: {purpose: inform, channel: email}\nb: {purpose: inform, channel: letter}",
                "{rest: 7 days, at_most: {}}", "{email: 9 per week, letter: 9 per week}")  # fmt: skip
    told = told_of(people(plan, {}))
    (made,) = (option.touch for option in told.made)
    other = "b" if made == "a" else "a"
    channel = "email" if made == "a" else "letter"
    price, value = only(told, ChangeKind.PRICE), only(told, ChangeKind.VALUE)
    assert (
        price.sentence
        == f"If one more {channel} were worth anything at all, “{other}” would take the place of “{made}”."
    )
    assert value.sentence.startswith(f"If “{made}” were worth but a penny less than £")
    assert value.sentence.endswith(f", “{other}” would take its place.")
