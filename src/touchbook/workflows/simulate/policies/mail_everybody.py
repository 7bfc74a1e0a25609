"""E-mail everybody: a newsletter to all who allow it every other week, and every third time an offer."""

from __future__ import annotations

from datetime import date

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.plan.model import Plan, Purpose
from touchbook.workflows.simulate.book import Book
from touchbook.workflows.simulate.policies.policy import NO_WISH, Wish, column_of

EVERY_WEEKS = 2
OFFER_EVERY = 3


class MailEverybody:
    """Sends the same to every member on the list; beyond the quota of e-mails, the longest members come first."""

    def __init__(self, plan: Plan, book: Book) -> None:
        self._book = book
        self._news = column_of(plan, Purpose.INFORM, "email")
        self._offer = column_of(plan, Purpose.SELL, "email")

    def wish(self, monday: date) -> Wish:
        """Everybody who has not left, every other week."""
        week = monday.toordinal() // 7
        if week % EVERY_WEEKS:
            return NO_WISH
        seen = self._book.read(monday)
        state = seen.population.state
        tenure = numbers(state, "tenure_days")
        rows = np.argsort(-tenure, kind="stable")
        places = seen.places[rows[numbers(state, "has_left")[rows] == 0]]
        is_offer = week // EVERY_WEEKS % OFFER_EVERY == OFFER_EVERY - 1
        return Wish(places, np.full(len(places), self._offer if is_offer else self._news))
