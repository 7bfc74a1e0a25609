"""What a question is worth: the change that its answer is expected to make to what is best done next.

    value of asking = r · (Σₐ f(a) · maxₜ value(t | a)  −  maxₜ Σₐ f(a) · value(t | a))

with the rate r at which people answer (``planner.values.answering``), over the levels a of the answer, with the
population's own frequencies f, and the acts t: touches that ask nothing
themselves, and to do nothing, which is worth 0. The first maximum is over the acts that are open once the answer is a,
the second over those open now. It is never below 0, it is 0 when every answer leads to the same act, and 0 for a
customer whose answer is known and fresh.
A touch that asks several questions counts as the most valuable of them: their answers would often lead to one act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from touchbook.insight.columns import numbers, replaced, words
from touchbook.insight.stay import with_estimates
from touchbook.plan.model import Plan, Purpose, Question
from touchbook.planner.candidates import Candidates
from touchbook.planner.population import Floats, Judge, Mask, Population
from touchbook.planner.values import act_values
from touchbook.planner.values.answering import answer_rate

LEVELS_MAX = 5


def asking_values(
    plan: Plan,
    population: Population,
    candidates: Candidates,
    judge: Judge,
    given: Mapping[str, Floats] | None = None,
) -> Floats:
    """The value of what each touch asks, for every customer who may get it (n × T).

    *given*: how often each level of a question is answered, where the population is only a part of all customers.
    """
    worth = np.zeros((population.size, len(plan.touches)))
    touches = list(plan.touches.values())
    for question in plan.questions.values():
        asking = [column for column, touch in enumerate(touches) if question.name in touch.asks]
        levels = answer_levels(question)
        if not asking or not levels:
            continue
        fresh = numbers(population.state, f"{question.name}_age_days") <= question.good_for_days
        concerned = np.flatnonzero(candidates.allowed[:, asking].any(axis=1) & ~fresh)
        if not len(concerned):
            continue
        value = np.zeros(population.size)
        shares = frequencies(population, question, levels) if given is None else given[question.name]
        value[concerned] = _value_of(plan, population, candidates, judge, question, levels, shares, concerned)
        for column in asking:
            worth[:, column] = np.maximum(worth[:, column], answer_rate(touches[column]) * value)
    return worth


def answer_levels(question: Question) -> list[float | str]:
    """The answers that a question's value is worked out over: its choices, or a few points of its scale."""
    if question.choices:
        return list(question.choices)
    if question.scale:
        low, high = question.scale
        steps = int(min(LEVELS_MAX, high - low + 1)) if float(high - low).is_integer() else LEVELS_MAX
        return [float(level) for level in np.linspace(low, high, max(2, steps))]
    return []


def frequencies(population: Population, question: Question, levels: Sequence[float | str]) -> Floats:
    """How often each level is the population's fresh answer, with one answer of each level added."""
    if question.choices:
        given = words(population.state, question.name)
        counts = np.array([np.count_nonzero(given == level) for level in levels], dtype=np.float64)
    else:
        given_numbers = numbers(population.state, question.name)
        given_numbers = given_numbers[np.isfinite(given_numbers)]
        points = np.array(levels, dtype=np.float64)
        nearest = np.abs(given_numbers[:, None] - points[None, :]).argmin(axis=1) if len(given_numbers) else []
        counts = np.bincount(np.asarray(nearest, dtype=np.int64), minlength=len(points)).astype(np.float64)
    return np.asarray((counts + 1) / (counts.sum() + len(levels)))


def _value_of(
    plan: Plan,
    population: Population,
    candidates: Candidates,
    judge: Judge,
    question: Question,
    levels: Sequence[float | str],
    shares: Floats,
    concerned: npt.NDArray[np.int64],
) -> Floats:
    """The value of one question for the customers in rows *concerned*."""
    some = replace(population, state=population.state.take(concerned))
    closed = candidates.closed[concerned]
    # Asking is no act in itself here: what counts is what is done with the answer.
    closed[:, [column for column, touch in enumerate(plan.touches.values()) if touch.asks]] = True
    expected_best = np.zeros(len(concerned))
    expected = np.zeros(closed.shape)
    for level, share in zip(levels, shares, strict=True):
        told = replaced(replaced(some.state, question.name, level), f"{question.name}_age_days", 0.0)
        state, stay = with_estimates(told, plan)
        known = replace(some, state=state)
        values = act_values(plan, known, stay)
        acts = np.where(_open(plan, known, closed, judge), values, 0.0)  # 0: to do nothing
        expected_best += share * np.maximum(acts.max(axis=1, initial=0.0), 0.0)
        expected += share * values
    best_now = np.where(_open(plan, some, closed, judge), expected, 0.0).max(axis=1, initial=0.0)
    return np.asarray(np.maximum(expected_best - best_now, 0.0))


def _open(plan: Plan, population: Population, closed: Mask, judge: Judge) -> Mask:
    """Which acts are open in a state: rest and windows pass with time, what is *closed* does not.

    Types, conditions and never_sell_when are judged anew, because an answer may change them.
    """
    conditions = {f"type {name}": condition.sql for name, condition in plan.types.items()}
    conditions |= {f"touch {touch.name}": touch.when.sql for touch in plan.touches.values() if touch.when}
    never = plan.guardrails.never_sell_when
    if never:
        conditions["never sell"] = never.sql
    truths = judge(population.state, conditions)
    types = np.full(population.size, "other", dtype=np.object_)
    for name in reversed(list(plan.types)):
        types[truths[f"type {name}"]] = name
    possible = ~closed
    for column, touch in enumerate(plan.touches.values()):
        if touch.when:
            possible[:, column] &= truths[f"touch {touch.name}"]
        if touch.to:
            possible[:, column] &= np.isin(types, touch.to)
        if never and touch.purpose is Purpose.SELL:
            possible[:, column] &= ~truths["never sell"]
    return possible
