"""The solver against exact answers: feasible, within its own certificate of an exact optimum, and always the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import highspy
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from touchbook.planner.solver.counts import NearBy, by_counts
from touchbook.planner.solver.dual import Dual, Survey
from touchbook.planner.solver.finish import finish, is_small
from touchbook.planner.solver.kernels import sweep
from touchbook.planner.solver.newton import NEAR
from touchbook.planner.solver.owner_time import in_whole_touches
from touchbook.planner.solver.prices import by_planes, find_prices
from touchbook.planner.solver.problem import Owners, Problem, is_feasible, nobody, spent, total
from touchbook.planner.solver.repair import least_firm, repair, repaired
from touchbook.planner.solver.solve import solve

NEVER = -np.inf


def problem_of(values, use, available, member=None, room=None, owners=None) -> Problem:
    """A problem from nested lists; without families, every customer may have one touch.

    *owners*: whose each customer is (−1: nobody's), what touches take of an owner, what each owner has.
    """
    numbers = np.array(values, dtype=np.float32)
    customers, touches = numbers.shape
    families = np.ones((touches, 1), dtype=bool) if member is None else np.array(member, dtype=bool)
    rooms = np.ones((customers, families.shape[1])) if room is None else np.array(room)
    limits = np.array(available, dtype=np.float64)
    uses = np.array(use, dtype=np.float64).reshape(touches, len(limits))
    whose = nobody()
    if owners is not None:
        of, taken, there = owners
        whose = Owners(np.array(of, dtype=np.int32), np.array(taken, dtype=np.float64), np.array(there, dtype=float))
    return Problem(numbers, uses, limits, families, rooms.astype(np.int16), whose)


def optimum(problem: Problem) -> float:
    """The value of the best plan in whole touches, by HiGHS."""
    model = highspy.Highs()
    model.silent()
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 1e-9)
    pairs = [(int(i), int(t)) for i, t in zip(*np.nonzero(np.isfinite(problem.values)), strict=True)]
    taken = {pair: model.addBinary(obj=float(problem.values[pair])) for pair in pairs}
    for k in range(problem.use.shape[1]):
        rows = [(float(problem.use[t, k]), taken[i, t]) for i, t in pairs if problem.use[t, k]]
        if rows:
            model.addConstr(sum(amount * variable for amount, variable in rows) <= float(problem.available[k]))
    for owner, there in enumerate(problem.owners.available):
        of, taken_of = problem.owners.of, problem.owners.use
        rows = [(float(taken_of[t]), taken[i, t]) for i, t in pairs if of[i] == owner and taken_of[t]]
        if rows:
            model.addConstr(sum(amount * variable for amount, variable in rows) <= float(there))
    for i in range(problem.values.shape[0]):
        for family in range(problem.member.shape[1]):
            mine = [taken[i, t] for j, t in pairs if j == i and problem.member[t, family]]
            if mine:
                model.addConstr(sum(1 * variable for variable in mine) <= int(problem.room[i, family]))
    if not pairs:
        return 0.0
    model.setMaximize()
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(model.getInfo().objective_function_value)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Small instances with everything that bites: no room, ties, zero capacities, crossing families, a sales share."""
    customers, touches = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    capacities, families = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    worth = st.one_of(st.just(NEVER), st.sampled_from([-2.0, 0.0, 1.0, 1.0, 2.5]), st.floats(-3, 30, width=32))
    values = draw(st.lists(st.lists(worth, min_size=touches, max_size=touches), min_size=customers, max_size=customers))
    use = [[draw(st.sampled_from([0, 0, 1, 1, 2, 0.3, 7.5])) for _ in range(capacities)] for _ in range(touches)]
    available = [draw(st.sampled_from([0, 1, 2, 3.3, 10, 40])) for _ in range(capacities)]
    if draw(st.booleans()):  # the sales share: a sale takes what other touches give
        share = draw(st.sampled_from([0.1, 0.25, 0.5]))
        use = [[*row, draw(st.booleans()) - share] for row in use]
        available.append(0)
    member = [[True] + [draw(st.booleans()) for _ in range(families)] for _ in range(touches)]
    room = [[draw(st.integers(0, 3)) for _ in range(families + 1)] for _ in range(customers)]
    owners = None
    if draw(st.booleans()):
        there = draw(st.lists(st.sampled_from([0, 3, 10, 12.5]), min_size=1, max_size=3))
        of = draw(st.lists(st.integers(-1, len(there) - 1), min_size=customers, max_size=customers))
        owners = (of, [draw(st.sampled_from([0, 0, 3, 5, 7.5])) for _ in range(touches)], there)
    return problem_of(values, use, available, member, room, owners)


def prices_for(problem: Problem, some: list[float]) -> np.ndarray:
    """Prices of everything that is shared in a problem, from a list that is long enough."""
    return np.array(some)[: len(problem.limits)]


some_prices = st.lists(st.floats(0, 20), min_size=7, max_size=7)


@given(problems(), st.booleans())
@settings(max_examples=100)
def test_any_plan_is_feasible_and_within_its_certificate_of_the_exact_optimum(problem: Problem, finish: bool):
    solution, best = solve(problem, finish=finish), optimum(problem)
    small = 1e-6 * max(1.0, abs(best))
    assert is_feasible(problem, solution.chosen)
    assert solution.value == pytest.approx(total(problem, solution.chosen))
    assert solution.value <= best + small
    assert solution.bound >= best - small
    assert solution.value >= best * (1 - solution.gap) - small
    assert (solution.prices >= 0).all()
    if finish:  # so small a problem ends in the optimum itself
        assert solution.value >= best - small


@given(problems(), some_prices)
def test_any_prices_bound_the_optimum_from_above(problem: Problem, some: list[float]):
    assert Dual(problem).at(prices_for(problem, some))[0] >= optimum(problem) - 1e-6


@given(problems(), some_prices, st.integers(0, 2**30))
def test_a_repair_makes_any_choice_feasible(problem: Problem, some: list[float], seed: int):
    prices = prices_for(problem, some)
    dual = Dual(problem)
    fixed = repair(dual, dual.survey(prices, np.ones(len(prices)), NEAR))
    assert is_feasible(problem, fixed.chosen)
    assert fixed.bound >= optimum(problem) - 1e-6
    allowed = np.isfinite(problem.values) & (problem.values > 0)
    at_random = _in_room(problem, allowed & (np.random.default_rng(seed).random(allowed.shape) < 0.5))
    repaired_at_random = repaired(problem, at_random, prices)
    assert is_feasible(problem, repaired_at_random)
    customers, touches = np.nonzero(~repaired_at_random & (problem.values > 0))
    for customer, touch in zip(customers, touches, strict=True):  # nothing worthwhile is left lying
        more = repaired_at_random.copy()
        more[customer, touch] = True
        assert not is_feasible(problem, more) or _within_rounding(problem, more)


def _in_room(problem: Problem, chosen: np.ndarray) -> np.ndarray:
    """A choice without those touches for which a customer has no room."""
    for customer, touch in zip(*np.nonzero(chosen), strict=True):
        held = chosen[customer].astype(int) @ problem.member.astype(int)
        if (held > problem.room[customer])[problem.member[touch]].any():
            chosen[customer, touch] = False
    return chosen


def _within_rounding(problem: Problem, chosen: np.ndarray) -> bool:
    return bool(np.any(spent(problem, chosen) > problem.limits))


def best_of_all_subsets(values, charge, member, room) -> float:
    best = 0.0
    for subset in product([0, 1], repeat=len(values)):
        taken = np.array(subset, dtype=bool)
        if np.isfinite(values[taken]).all() and (member[taken].sum(axis=0) <= room).all():
            best = max(best, float((values[taken] - charge[taken]).sum()))
    return best


LAMINAR = [[1, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 1], [1, 0, 0]]
CROSSING = [[1, 1, 0], [1, 1, 1], [1, 0, 1], [1, 0, 1], [1, 1, 0]]


@given(
    st.sampled_from([LAMINAR, CROSSING]),
    st.lists(st.one_of(st.just(NEVER), st.integers(-3, 9).map(float)), min_size=5, max_size=5),
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=5, max_size=5),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
)
@example(CROSSING, [5.0, 6.0, 5.0, 1.0, 1.0], [0.0] * 5, [2, 1, 1])  # greedy takes the 6 and loses 5 + 5
def test_each_customers_choice_is_the_best_of_all_subsets(member, values, charge, room):
    problem = problem_of([values], np.zeros((5, 0)), [], member, [room])
    assert problem.is_laminar == (member is LAMINAR)
    cost = np.array(charge)
    rules = problem.values, problem.member, problem.room, problem.is_laminar
    surplus, counts, _ = sweep(*rules, cost, problem.owners.of, problem.owner_use, np.zeros(0))
    assert surplus == pytest.approx(best_of_all_subsets(problem.values[0], cost, problem.member, problem.room[0]))
    chosen = counts > 0
    assert surplus == pytest.approx(float((problem.values[0] - cost)[chosen].sum()))


def random_problem(customers: int, seed: int, share: float | None = None) -> Problem:
    chance = np.random.default_rng(seed)
    values = chance.gamma(2, 5, (customers, 6))
    values[chance.random(values.shape) > 0.8] = NEVER
    use = chance.integers(0, 3, (6, 3)).astype(float)
    available = np.ceil(use.sum(axis=0) * customers / 12)
    if share is not None:
        use = np.column_stack([use, np.array([1, 1, 0, 0, 0, 0]) - share])
        available = np.append(available, 0.0)
    member = np.column_stack([np.ones(6), np.arange(6) % 2, 1 - np.arange(6) % 2])
    return problem_of(values, use, available, member, np.tile([2, 1, 1], (customers, 1)))


@pytest.mark.parametrize("share", [None, 0.2])
def test_with_many_customers_the_gap_is_small_without_finishing(share):
    assert solve(random_problem(300, 1, share), finish=False).gap < 0.01
    assert solve(random_problem(20_000, 2, share)).gap < 2e-4


def test_a_sales_share_of_many_customers_is_priced_as_well_as_the_rest():
    """Its row has nothing available, which once left its price far from the best."""
    solution = solve(random_problem(60_000, 3, 0.1))
    assert solution.gap < 2e-4
    assert solution.prices[-1] > 0


def test_the_same_problem_has_the_same_solution():
    first, second = (solve(random_problem(200, 4, 0.2)) for _ in range(2))
    assert (first.chosen == second.chosen).all()
    assert (first.prices == second.prices).all()
    assert (first.value, first.bound) == (second.value, second.bound)


def test_yesterdays_prices_are_as_good_a_beginning_and_a_shorter_one():
    problem = random_problem(20_000, 5)
    cold = solve(problem)
    warm = solve(problem, cold.prices)
    assert warm.bound == pytest.approx(cold.bound, rel=1e-4)
    assert warm.gap < 2e-4


def test_prices_say_what_one_more_unit_is_worth():
    """Ten customers want one call each, worth 1 to 10; there are calls for four: a fifth would bring 6."""
    values = [[float(worth)] for worth in range(1, 11)]
    four = solve(problem_of(values, [[1]], [4]))
    five = solve(problem_of(values, [[1]], [5]))
    assert four.value == 10 + 9 + 8 + 7
    assert 6 <= four.prices[0] <= 7
    assert five.value - four.value == 6


def test_what_is_not_scarce_has_no_price():
    solution = solve(problem_of([[3.0], [2.0]], [[1]], [9]))
    assert solution.prices[0] == 0
    assert solution.chosen.all()
    assert solution.gap == pytest.approx(0, abs=1e-9)


def test_a_capacity_with_nothing_left_has_the_price_that_one_more_unit_would_bring():
    solution = solve(problem_of([[3.0], [2.0]], [[1]], [0]))
    assert not solution.chosen.any()
    assert solution.prices[0] == pytest.approx(3, rel=1e-3)


def test_sales_wait_for_enough_other_touches():
    """At most one in ten may be a sale: nine notes make room for one, however much the others would bring."""
    values = [[50.0, 1.0]] * 9 + [[50.0, NEVER]]
    solution = solve(problem_of(values, [[0.9], [-0.1]], [0]))
    assert solution.chosen[:, 0].sum() == 1
    assert solution.chosen[:, 1].sum() == 9
    assert solution.value == 59


def test_when_there_is_nothing_to_do_nothing_is_done():
    for values in ([[NEVER, NEVER]], [[-1.0, -2.0]], []):
        solution = solve(problem_of(np.array(values).reshape(-1, 2), [[1], [1]], [5]))
        assert not solution.chosen.any()
        assert (solution.value, solution.gap) == (0, 0)


def test_when_nobody_can_be_reached_yesterdays_prices_are_forgotten():
    owners = ([0, 0], [20.0], [60.0])
    solution = solve(problem_of([[NEVER], [NEVER]], [[1]], [5], owners=owners), np.array([3.0, 2.0]))
    assert not solution.chosen.any()
    assert (solution.bound, solution.gap) == (0, 0)
    assert not solution.prices.any()
    assert not solution.owner_prices.any()


def test_finishing_closes_the_gap_of_a_small_problem():
    problem = random_problem(40, 6, 0.2)
    rough, exact = solve(problem, finish=False), solve(problem)
    assert is_small(problem)
    assert exact.value >= rough.value
    assert exact.gap <= 1e-5
    assert exact.value == pytest.approx(optimum(problem), rel=1e-6)


def test_finishing_never_loses_what_was_there():
    problem = random_problem(30, 7)
    best = solve(problem)
    again = finish(problem, best.chosen, best.bound, np.concatenate([best.prices, best.owner_prices]))
    assert total(problem, again.chosen) >= best.value
    assert again.bound >= best.value


def test_minutes_into_which_no_touch_fits_are_used_by_others_who_change_places():
    problem = teams_problem(60_000, 30, 3)
    minutes = np.array([15.0, 25, 8, 5, 45, 0])
    owners = replace(problem.owners, use=minutes, available=problem.owners.available * 1.5)
    problem = replace(problem, owners=owners)
    solution = solve(problem, finish=False)
    assert is_feasible(problem, solution.chosen)
    assert solution.gap < 1e-4
    assert (problem.limits - spent(problem, solution.chosen))[len(problem.available) :].mean() < 2  # minutes of each


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": [[np.nan]]}, "neither a number nor"),
        ({"values": [[np.inf]]}, "neither a number nor"),
        ({"available": [-1.0]}, "below 0"),
        ({"room": [[1], [1]]}, "do not fit together"),
    ],
)
def test_a_problem_that_makes_no_sense_is_refused(change, message):
    given = {"values": [[1.0]], "use": [[1]], "available": [1.0], "room": [[1]]} | change
    with pytest.raises(ValueError, match=message):
        solve(problem_of(given["values"], given["use"], given["available"], None, given["room"]))


@pytest.mark.parametrize("seed", [1, 2])
def test_whole_numbers_of_touches_are_proven_best_far_below_what_prices_can_prove(seed):
    """Prices see touches in parts: at a thousand customers their bound lies some tenths of a per cent above any plan."""
    problem = awkward_problem(1_500, seed)
    assert not is_small(problem)
    rough, counted = solve(problem, finish=False), solve(problem)
    assert is_feasible(problem, counted.chosen)
    assert rough.value <= counted.value <= counted.bound <= rough.bound
    assert rough.gap > 5e-4
    assert counted.gap < 1e-4
    assert (rough.prices == counted.prices).all()


def awkward_problem(customers: int, seed: int) -> Problem:
    """Eight touches that take odd amounts of three of eight capacities each, so that hardly anything comes out even."""
    chance = np.random.default_rng(seed)
    values = chance.gamma(2, 5, (customers, 8))
    values[chance.random(values.shape) > 0.8] = NEVER
    use = np.zeros((8, 8))
    for touch in range(8):
        use[touch, chance.choice(8, 3, replace=False)] = chance.integers(2, 13, 3)
    available = np.ceil(use.mean(axis=0) * customers * 2 * chance.uniform(0.1, 0.4, 8))
    member = np.column_stack([np.ones(8), *(np.arange(8) % 4 == channel for channel in range(4))])
    return problem_of(values, use, available, member, np.tile([2, 1, 1, 1, 1], (customers, 1)))


@given(st.integers(0, 2**30), st.sampled_from([None, 0.25]))
@settings(max_examples=20)
def test_the_bound_over_counts_is_never_below_the_exact_optimum(seed, share):
    problem = random_problem(30, seed, share)
    found = find_prices(problem)
    plan = repair(found.dual, found.survey).chosen
    counted = by_counts(problem, found.survey, plan, found.survey.value, 1e-6)
    best = optimum(problem)
    assert is_feasible(problem, counted.chosen)
    assert total(problem, counted.chosen) <= best + 1e-6
    assert best - 1e-6 <= counted.bound <= found.survey.value + 1e-6


@pytest.mark.parametrize("customers", [3_000, 30_000])
def test_many_customers_alike_have_prices_that_make_sense(customers):
    """An hour is 8 calls of 7 minutes at 13.80, a mail is worth 6, and a letter for 1.30 is worth 5."""
    noise = 1 - 1e-5 * np.random.default_rng(1).random((customers, 3))
    values = (np.array([13.8, 6.0, 5.0]) * noise).astype(np.float32)
    problem = problem_of(values, [[7, 0, 0], [0, 1, 0], [0, 0, 1.3]], [60, 100, 20], room=np.ones((customers, 1)))
    solution = solve(problem)
    assert solution.value == pytest.approx(8 * 13.8 + 100 * 6 + 15 * 5, rel=1e-4)
    assert solution.bound <= 1.0001 * (60 / 7 * 13.8 + 100 * 6 + 20 / 1.3 * 5)  # the best with touches in parts
    assert solution.prices == pytest.approx([13.8 / 7, 6, 5 / 1.3], rel=1e-3)


def teams_problem(customers: int, owners: int, seed: int = 1) -> Problem:
    """Calls and visits by each customer's owner, mails and letters for all, sales at most a fifth of everything."""
    chance = np.random.default_rng(seed)
    values = chance.gamma(2, 5, (customers, 6)) * [2, 3, 1, 1, 1, 1.5]
    values[chance.random(values.shape) > 0.8] = NEVER
    use = np.column_stack([[0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 0], np.array([0, 0, 0, 0, 0, 1]) - 0.2])
    member = np.column_stack([np.ones(6), [1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 1, 1]])
    of = chance.integers(-1, owners, customers)
    there = 5 * np.round(chance.uniform(0.2, 0.8, owners) * customers / owners)
    whose = (of, [10, 25, 0, 0, 0, 0], there)
    values[of < 0, :2] = NEVER
    return problem_of(
        values, use, [customers // 4, customers // 10, 0], member, np.tile([2, 1, 1], (customers, 1)), whose
    )


def test_every_owner_is_kept_to_their_own_time_and_has_their_own_price():
    """Two owners with an hour each: one has ten customers who want a call of 20 minutes, the other has two."""
    values = [[float(worth)] for worth in (*range(1, 11), 4, 6)]
    solution = solve(problem_of(values, np.zeros((1, 0)), [], owners=([0] * 10 + [1] * 2, [20], [60, 60])))
    assert solution.chosen[:, 0].tolist() == [False] * 7 + [True] * 3 + [True] * 2
    assert 7 <= solution.owner_prices[0] * 20 <= 8
    assert solution.owner_prices[1] == 0
    assert solution.gap == pytest.approx(0, abs=1e-6)


def owned(customers: int, seed: int, touches: int = 6, part: float = 1.0, crosses: bool = False) -> Problem:
    """Customers of three owners, who share nothing else; touches take multiples of *part* minutes.

    Each customer may have two, and one of three channels; if *crosses*, one of the first three touches besides.
    """
    chance = np.random.default_rng(seed)
    values = np.where(chance.random((customers, touches)) < 0.2, NEVER, chance.gamma(2.0, 5.0, (customers, touches)))
    minutes = part * chance.choice([0, 5, 8, 12, 20, 45], touches)
    there = np.round(customers * chance.uniform(0, 6, 3)) * part
    member = np.column_stack([np.ones(touches), *(np.arange(touches) % 3 == channel for channel in range(3))])
    if crosses:
        member = np.column_stack([member, np.arange(touches) < 3])
    room = np.tile([2, 1, 1, 1, 1][: member.shape[1]], (customers, 1))
    owners = (chance.integers(-1, 3, customers), minutes, there)
    return problem_of(values, np.zeros((touches, 0)), [], member, room, owners).trimmed()


def surveyed(problem: Problem, prices: np.ndarray) -> Survey:
    return Dual(problem).survey(prices, np.ones(len(prices)), NEAR)


@given(st.integers(0, 2**30), st.lists(st.floats(0, 3), min_size=3, max_size=3), st.booleans())
@settings(max_examples=100)
def test_owners_who_share_nothing_else_get_the_best_plan_whatever_their_prices(seed, prices, crosses):
    problem = owned(25, seed, crosses=crosses)
    seen = surveyed(problem, np.array(prices))
    packed, best = in_whole_touches(problem, seen), optimum(problem)
    assert is_feasible(problem, packed.chosen)
    assert total(problem, packed.chosen) == pytest.approx(best, rel=1e-6)
    assert packed.value == pytest.approx(best, rel=1e-6)


@given(problems(), some_prices)
@settings(max_examples=200)
def test_what_a_plan_of_the_owners_time_must_lose_is_never_overstated(problem: Problem, some: list[float]):
    seen = surveyed(problem, prices_for(problem, some))
    assert in_whole_touches(problem, seen).value >= optimum(problem) - 1e-5


def test_planes_lower_the_dual_from_where_owners_time_was_made_whole():
    problem = owned(60, 7)
    dual = Dual(problem)
    seen = dual.survey(np.full(3, 1.5), np.ones(3), NEAR)
    whole = in_whole_touches(problem, seen)
    assert whole.value < seen.value
    lowered = by_planes(dual, whole, 20)
    assert lowered.value < seen.value
    assert lowered.value == pytest.approx(dual.at(lowered.prices)[0])  # of the dual itself


def test_minutes_that_had_to_be_rounded_fit_and_prove_nothing():
    problem = owned(60, 4, part=0.77777)
    seen = surveyed(problem, np.full(3, 0.8))
    packed = in_whole_touches(problem, seen)
    assert (spent(problem, seen.chosen) > problem.limits).any()
    assert is_feasible(problem, packed.chosen)
    assert packed.value == seen.value


def test_an_owner_whose_customers_are_all_alike_is_kept_to_their_time_and_uses_it():
    values = np.tile([[9.0, 7.0]], (5_000, 1))
    problem = problem_of(values, np.zeros((2, 0)), [], owners=(np.zeros(5_000), [20.0, 15.0], [10_010.0]))
    solution = solve(problem)
    assert is_feasible(problem, solution.chosen)
    assert 10_010 - spent(problem, solution.chosen)[0] < 15  # no touch fits in what is left
    assert solution.gap < 1e-3


@pytest.mark.parametrize(("customers", "owners", "gap"), [(30_000, 10, 3e-4), (60_000, 600, 2e-3)])
def test_many_owners_are_priced_together_in_a_few_passes(customers, owners, gap):
    problem = teams_problem(customers, owners)
    solution = solve(problem)
    assert is_feasible(problem, solution.chosen)
    assert solution.gap < gap
    assert solution.passes <= 15
    assert (solution.owner_prices > 0).mean() > 0.9


def test_the_next_day_needs_a_few_passes_from_yesterdays_prices_and_moves_them_little():
    yesterday = teams_problem(60_000, 20)
    chance = np.random.default_rng(2)
    moved = yesterday.values * np.exp(chance.normal(0, 0.05, yesterday.values.shape)).astype(np.float32)
    there = yesterday.owners.available * chance.uniform(0.95, 1.05, 20)
    owners = Owners(yesterday.owners.of, yesterday.owners.use, there)
    today = Problem(moved, yesterday.use, yesterday.available, yesterday.member, yesterday.room, owners)
    first = solve(yesterday)
    before = np.concatenate([first.prices, first.owner_prices])
    second = solve(today, before)
    after = np.concatenate([second.prices, second.owner_prices])
    assert second.passes <= 6
    assert second.gap < 3e-4
    assert np.median(np.abs(after / before - 1)) < 0.05


@pytest.mark.parametrize(
    ("there", "use", "usable"),
    [
        (7.4, [5, 8, 0], 7.0),
        (99.9, [20, 30, 0], 90.0),
        (0.35, [0.9, -0.1, 0], 0.3),
        (7.4, [0, 0, 0], 7.4),  # nothing takes any of it
        (7.4, [5, np.pi, 0], 7.4),  # there is no smallest amount
        (60.0, [20, 30, 12], 60.0),
    ],
)
def test_what_no_whole_touches_can_use_is_not_counted_on(there, use, usable):
    shared = problem_of([[1.0, 2.0, 3.0]], np.array([use], dtype=np.float64).T, [there])
    assert shared.trimmed().available == pytest.approx([usable])
    if min(use) >= 0:
        owned = problem_of([[1.0, 2.0, 3.0]], np.zeros((3, 0)), [], owners=([0], use, [there])).trimmed()
        assert owned.owners.available == pytest.approx([usable])


def test_a_bound_knows_that_a_part_of_a_touch_cannot_be_made():
    """Two calls of 20 minutes fit into 59 of them, and nothing more."""
    solution = solve(problem_of([[5.0]] * 9, np.array([[20.0]]), [59.0]), finish=False)
    assert solution.value == 10
    assert solution.bound == pytest.approx(10, rel=1e-6)


def test_prices_count_on_a_part_of_a_touch_and_whole_numbers_of_touches_do_not():
    """The example of docs/explanation/planner.md: 60 minutes, calls of 25 worth £10, notes of 10 worth £1."""
    problem = problem_of([[10.0, 1.0]] * 9, np.array([[25.0], [10.0]]), [60.0])
    by_prices, whole = solve(problem, finish=False), solve(problem)
    assert by_prices.bound == pytest.approx(24, rel=1e-4)
    assert whole.value == 21
    assert whole.bound == pytest.approx(21, rel=1e-5)


def test_where_many_prices_are_as_good_those_nearest_to_yesterdays_are_found():
    """Three touches for two units: any price from 5 to 6 leaves two; it stays where it was, or moves to the edge."""
    problem = problem_of([[7.0], [6.0], [5.0]], [[1]], [2])
    assert solve(problem, np.array([5.7])).prices[0] == pytest.approx(5.7, abs=1e-6)
    assert solve(problem, np.array([5.2])).prices[0] == pytest.approx(5.2, abs=1e-6)


@given(problems(), some_prices, st.lists(st.floats(-1, 1), min_size=7, max_size=7))
def test_no_choice_changes_before_prices_moved_by_a_customers_doubt(problem: Problem, some, ways):
    """What makes it safe to look again only at those whose choice is least firm; for families that are nested."""
    if not problem.is_laminar:
        return
    prices, units = prices_for(problem, some), np.ones(len(problem.limits))
    seen = Dual(problem).survey(prices, units, NEAR)
    for customer, doubt in enumerate(seen.doubt):
        step = np.clip(np.array(ways)[: len(prices)], -1, 1) * min(float(doubt), 1e3) * 0.999
        moved = np.maximum(prices + step, 0.0)
        alone = problem.rows(np.array([customer]), problem.limits)
        there = Dual(alone).survey(moved, units, NEAR)
        touches = np.flatnonzero(seen.chosen[customer])
        kept = alone.values[0, touches] - alone.charges(moved, np.zeros_like(touches), touches)
        gained = there.value - moved @ alone.limits
        assert gained == pytest.approx(float(kept.sum()), abs=1e-5)


def test_the_number_of_threads_changes_nothing(monkeypatch):
    from concurrent.futures import ThreadPoolExecutor

    from touchbook.planner.solver import dual

    problem = teams_problem(150_000, 30)
    usual = solve(problem)
    monkeypatch.setattr(dual, "_threads", lambda: ThreadPoolExecutor(1))
    alone = solve(problem)
    assert (usual.chosen == alone.chosen).all()
    assert (usual.owner_prices == alone.owner_prices).all()
    assert (usual.value, usual.bound) == (alone.value, alone.bound)


@pytest.mark.parametrize(
    ("kinds", "use", "available"),
    [
        (np.float32([0, 1, 2, 3]), [[1, 0], [1, 1], [0, 1]], [33_000, 20_000]),
        (np.float32([7, 7, 7, 7]), [[0.9], [-0.1], [-0.1]], [0]),
    ],
)
def test_customers_who_are_all_alike_get_a_plan_all_the_same(kinds, use, available):
    """Without any noise thousands stand on the same edge, and no price tells one from another."""
    values = np.random.default_rng(0).choice(kinds, (100_000, 3))
    problem = problem_of(values, use, available, room=np.full((100_000, 1), 2))
    solution = solve(problem)
    assert is_feasible(problem, solution.chosen)
    assert solution.gap < 1e-3


def test_a_customer_with_many_touches_and_crossing_families_is_chosen_for_in_no_time():
    chance = np.random.default_rng(3)
    member = np.column_stack([np.ones(60, dtype=bool), chance.random((60, 6)) < 0.3])
    problem = problem_of(chance.gamma(2, 5, (50, 60)), np.ones((60, 1)), [80], member, np.tile([3] + [1] * 6, (50, 1)))
    solution = solve(problem)
    assert not problem.is_laminar
    assert is_feasible(problem, solution.chosen)
    assert solution.gap < 1e-2


def test_amounts_of_any_size_make_no_difference():
    for size in (1e-6, 1.0, 1e6):
        values = [[float(worth)] for worth in range(1, 11)]
        solution = solve(problem_of(values, [[size]], [4 * size]))
        assert solution.chosen[:, 0].tolist() == [False] * 6 + [True] * 4


def test_prices_below_nothing_are_no_beginning():
    problem = random_problem(2_000, 4)
    assert solve(problem, np.array([-5.0, -5.0, -5.0])).bound >= solve(problem).value


@pytest.mark.parametrize("size", [1e-10, 1e-3, 1e8, 1e12])
def test_money_of_any_size_is_bounded_alike(size):
    """In millionths of a penny or in billions, the proof is of the same plan."""
    usual = awkward_problem(1_500, 1)
    sized = Problem((usual.values * size).astype(np.float32), usual.use, usual.available, usual.member, usual.room)
    first, second = solve(usual), solve(sized)
    assert second.bound >= first.value * size * (1 - 1e-6)
    assert second.gap < 1e-3


def test_asking_only_the_least_firm_tells_the_same_as_asking_everybody():
    """As long as prices stay within what the others are sure of; beyond it everybody is asked."""
    problem = awkward_problem(60_000, 1)
    free = Dual(replace(problem, use=np.eye(8), available=np.zeros(8)))
    prices = problem.use @ find_prices(problem).survey.prices
    units = np.maximum(prices, 0.1)
    here = free.survey(prices, units, NEAR)
    rows = least_firm(here)
    near_by = NearBy(free, free.part(here, rows), here, rows, units)
    firm = np.delete(here.doubt, rows).min()
    chance = np.random.default_rng(1)
    asked = []
    for share in (0.1, 0.5, 0.99, 5.0):
        moved = prices + share * firm * units * chance.uniform(-1, 1, 8).round()
        before = free.passes
        told = near_by.value(moved)
        asked.append(free.passes - before)
        assert told == pytest.approx(free.at(moved)[0], rel=1e-12)
    assert asked == [0, 0, 0, 1]
