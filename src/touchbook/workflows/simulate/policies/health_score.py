"""A health score and its playbook, as success teams run it: call the red, mail the amber, sell to the green."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from touchbook.insight.columns import numbers
from touchbook.plan.model import Plan, Purpose
from touchbook.planner.population import Floats, Population
from touchbook.workflows.simulate.book import Book
from touchbook.workflows.simulate.policies.policy import Wish, column_of
from touchbook.world.crowd import Ints

RED_BELOW, GREEN_FROM = 40, 65
CALL_DAYS, MAIL_DAYS, OFFER_DAYS = 60, 60, 120  # between two of the same kind to one member
MOMENTS_OF_A_REGULAR = 3  # in 90 days


def health(state: pa.Table, engaged_at: float) -> Floats:
    """A score from 0 to 100 per customer: how much they come, their balance, what they say, how lately they were seen.

    What is not known counts half.
    """
    coming = np.minimum(numbers(state, "moments_90") / MOMENTS_OF_A_REGULAR, 1)
    balance = 0.5 + 0.5 * np.tanh(numbers(state, "balance") / engaged_at)
    said = np.column_stack([(numbers(state, "feeling") + 2) / 4, numbers(state, "intent") / 10])
    known = np.isfinite(said)
    says = np.where(known.any(axis=1), np.where(known, said, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1), 0.5)
    lately = 1 - np.nan_to_num(np.minimum(numbers(state, "last_moment_days") / 90, 1), nan=1.0)
    return np.asarray(30 * coming + 25 * balance + 30 * says + 15 * lately)


class HealthScore:
    """Runs the playbook each week, the dearest accounts first; nobody gets the same again too soon."""

    def __init__(self, plan: Plan, book: Book) -> None:
        self._plan, self._book = plan, book
        self._apology = column_of(plan, Purpose.APOLOGISE, "phone")
        self._call = column_of(plan, Purpose.HELP, "phone")
        self._mail = column_of(plan, Purpose.ASK, "email")
        self._offer = column_of(plan, Purpose.SELL, "email")

    def wish(self, monday: date) -> Wish:
        """One play a member: by colour, unless the books say that it was run for them lately."""
        seen = self._book.read(monday)
        state = seen.population.state
        score = health(state, self._plan.ledger.engaged_at)
        red, green = score < RED_BELOW, score >= GREEN_FROM
        wronged = numbers(state, "open_withdrawals") > 0
        column = np.where(red, np.where(wronged, self._apology, self._call), np.where(green, self._offer, self._mail))
        days = np.where(red, CALL_DAYS, np.where(green, OFFER_DAYS, MAIL_DAYS))
        rows = np.lexsort((-numbers(state, "worth"), score >= RED_BELOW))
        here = numbers(state, "has_left") == 0
        due = rows[(here & (self._days_since_run(seen.population, column) >= days))[rows]]
        return Wish(seen.places[due], column[due])

    def _days_since_run(self, population: Population, column: Ints) -> Floats:
        """Days since the Monday of the week in which each customer's play was last run; infinite when never (n)."""
        since = np.column_stack(list(population.days_since_made(self._plan).values()))
        return np.asarray(7 * np.ceil(since[np.arange(population.size), column] / 7))
