"""The probability that a customer stays, from a prior that can be read on one page.

    logit p = Σ coefficient · feature,      error² of the logit = Σ (prior s.d. · feature)² + s.d.² of what is not known

A feature that is not known is 0, the middle of its scale, and adds its own uncertainty instead. The coefficients are
a prior, stated here and nowhere else; a company's own outcomes will move them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import expit

from touchbook.insight.columns import numbers, words
from touchbook.kernel.language import later
from touchbook.plan.model import Plan

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that speaks for or against staying.

    ``coefficient`` and ``sd`` are in log-odds per unit of the feature, ``spread`` is the feature's standard deviation
    among customers of whom it is not known. ``of`` gives the feature per customer, NaN where it is not known.
    """

    name: str
    coefficient: float
    sd: float
    spread: float
    meaning: str
    of: Callable[[pa.Table, Plan], Values]


def _column(name: str) -> Callable[[pa.Table, Plan], Values]:
    """A column that not every plan has: unknown for everybody where nothing asks for it."""
    return lambda state, _plan: numbers(state, name) if name in state.column_names else np.full(state.num_rows, np.nan)


def _intent(state: pa.Table, plan: Plan) -> Values:
    question = plan.questions.get("intent")
    if question is None or question.scale is None:
        return np.full(state.num_rows, np.nan)
    low, high = question.scale
    return (numbers(state, "intent") - (low + high) / 2) / ((high - low) / 2)


def _barrier(state: pa.Table, plan: Plan) -> Values:
    if "barrier" not in plan.questions:
        return np.full(state.num_rows, np.nan)
    return np.where(words(state, "barrier") != "", 1.0, np.nan)


PRIOR: tuple[Feature, ...] = (
    Feature(
        later("base"), 1.1, 0.3, 0.0, later("about three in four customers stay"),
        lambda state, _plan: np.ones(state.num_rows),
    ),
    Feature(
        later("tenure"), 0.35, 0.15, 0.5, later("first-years leave more often than second- and third-years"),
        lambda state, _plan: np.log2(1 + np.maximum(numbers(state, "tenure_days"), 0) / 365) - 1,
    ),
    Feature(
        later("balance"), 0.6, 0.3, 0.3, later("the balance, levelling off at twice what makes a customer engaged"),
        lambda state, plan: np.tanh(numbers(state, "balance") / (2 * plan.ledger.engaged_at)),
    ),
    Feature(
        later("open withdrawals"), -0.6, 0.3, 0.0, later("an old wrong that nobody made good"),
        lambda state, plan: np.tanh(numbers(state, "open_weight") / plan.ledger.engaged_at),
    ),
    Feature(later("feeling"), 0.45, 0.2, 0.8, later("how they say they feel, from −2 to +2"), _column("feeling")),
    Feature(later("feeling trend"), 0.4, 0.25, 0.3, later("its change in 30 days"), _column("feeling_trend")),
    Feature(later("intent"), 0.9, 0.3, 0.6, later("what they expect to do, from −1 to +1"), _intent),
    Feature(later("barrier"), -0.4, 0.2, 0.3, later("something stands in their way"), _barrier),
    Feature(
        later("silence"), -0.4, 0.2, 0.3, later("nothing heard for 90 days and more"),
        lambda state, _plan: np.clip((numbers(state, "last_moment_days") - 90) / 90, 0, 1),
    ),
    Feature(later("left"), -4.0, 1.0, 0.0, later("the last outcome is that they left"), _column("has_left")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stay:
    """Per customer: log-odds of staying, their standard error, and the features they rest on (n × features)."""

    logit: Values
    logit_error: Values
    features: Values

    @property
    def probability(self) -> Values:
        """The probability of staying."""
        return np.asarray(expit(self.logit), dtype=np.float64)

    @property
    def error(self) -> Values:
        """The standard error of the probability, by the slope of the logistic curve."""
        return self.probability * (1 - self.probability) * self.logit_error


def stay(state: pa.Table, plan: Plan) -> Stay:
    """Estimate the chance that each customer stays from a state table (one row a customer)."""
    raw = np.column_stack([feature.of(state, plan) for feature in PRIOR])
    known = np.isfinite(raw)
    features = np.where(known, raw, 0.0)
    coefficients = np.array([feature.coefficient for feature in PRIOR])
    sds = np.array([feature.sd for feature in PRIOR])
    spreads = np.array([feature.spread for feature in PRIOR])
    variance = (features**2) @ (sds**2) + (~known) @ ((coefficients * spreads) ** 2)
    return Stay(features @ coefficients, np.sqrt(variance), features)


def lifetime_value(worth: Values, probability: Values, discount: float) -> Values:
    """Money from now on of a customer under contract: worth · p / (1 + d − p), per period discount d > 0.

    The sum of worth · (p / (1 + d))^k over the coming periods k = 1, 2, …
    """
    return worth * probability / (1 + discount - probability)


def with_estimates(state: pa.Table, plan: Plan) -> tuple[pa.Table, Stay]:
    """The state with stay_probability, stay_error and lifetime_value, and the estimate behind them."""
    estimate = stay(state, plan)
    value = lifetime_value(numbers(state, "worth"), estimate.probability, plan.success.discount)
    added = {
        "stay_probability": estimate.probability,
        "stay_error": estimate.error,
        "lifetime_value": value,
    }
    for name, column in added.items():
        place = state.schema.get_field_index(name)
        values = pa.array(column)
        state = state.append_column(name, values) if place < 0 else state.set_column(place, name, values)
    return state, estimate
