"""The solver against exact answers: feasible, within its own certificate of an exact optimum, and always the same."""

from __future__ import annotations

from itertools import product

import highspy
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from touchbook.planner.solver.finish import finish, is_small, polish
from touchbook.planner.solver.kernels import sweep
from touchbook.planner.solver.prices import find_prices
from touchbook.planner.solver.problem import Problem, is_feasible, total
from touchbook.planner.solver.repair import repair
from touchbook.planner.solver.solve import solve

NEVER = -np.inf


def problem_of(values, use, available, member=None, room=None) -> Problem:
    """A problem from nested lists; without families, every customer may have one touch."""
    numbers = np.array(values, dtype=np.float32)
    customers, touches = numbers.shape
    families = np.ones((touches, 1), dtype=bool) if member is None else np.array(member, dtype=bool)
    rooms = np.ones((customers, families.shape[1])) if room is None else np.array(room)
    limits = np.array(available, dtype=np.float64)
    uses = np.array(use, dtype=np.float64).reshape(touches, len(limits))
    return Problem(numbers, uses, limits, families, rooms.astype(np.int16))


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
    return problem_of(values, use, available, member, room)


@given(problems(), st.booleans())
@settings(max_examples=150)
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


@given(problems(), st.lists(st.floats(0, 20), min_size=4, max_size=4))
def test_any_prices_bound_the_optimum_from_above(problem: Problem, some: list[float]):
    from touchbook.planner.solver.prices import Dual

    prices = np.array(some)[: len(problem.available)]
    assert Dual(problem).at(prices)[0] >= optimum(problem) - 1e-6


@given(problems(), st.lists(st.floats(0, 20), min_size=4, max_size=4), st.integers(0, 2**30))
def test_a_repair_makes_any_choice_feasible(problem: Problem, some: list[float], seed: int):
    prices = np.array(some)[: len(problem.available)]
    chosen = find_prices(problem).choice(prices)
    repaired = repair(problem, chosen.copy(), prices)
    assert is_feasible(problem, repaired)
    customers, touches = np.nonzero(~repaired & (problem.values > 0))
    for customer, touch in zip(customers, touches, strict=True):  # nothing worthwhile is left lying
        more = repaired.copy()
        more[customer, touch] = True
        assert not is_feasible(problem, more) or _within_rounding(problem, more)


def _within_rounding(problem: Problem, chosen: np.ndarray) -> bool:
    return bool(np.any(chosen.sum(axis=0) @ problem.use > problem.available))


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
    chosen = np.zeros((1, 5), dtype=bool)
    cost = np.array(charge)
    surplus, counts = sweep(problem.values, cost, problem.member, problem.room, problem.is_laminar, chosen, True)
    assert surplus == pytest.approx(best_of_all_subsets(problem.values[0], cost, problem.member, problem.room[0]))
    assert surplus == pytest.approx(float((problem.values[0] - cost)[chosen[0]].sum()))
    assert counts.tolist() == chosen[0].astype(float).tolist()


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
    again = finish(problem, best.chosen, best.bound)
    assert total(problem, again.chosen) >= best.value
    assert again.bound >= best.value


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
        problem_of(given["values"], given["use"], given["available"], None, given["room"])


@pytest.mark.parametrize("share", [None, 0.2])
def test_polishing_a_larger_problem_leads_closer_to_its_optimum(share):
    problem = random_problem(1_300, 8, share)
    assert not is_small(problem)
    rough, polished = solve(problem, finish=False), solve(problem)
    assert is_feasible(problem, polished.chosen)
    assert rough.value <= polished.value <= polished.bound
    assert (rough.prices == polished.prices).all()
    best = polish(problem, rough.chosen, rough.prices)
    assert total(problem, best) == pytest.approx(polished.value)


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
