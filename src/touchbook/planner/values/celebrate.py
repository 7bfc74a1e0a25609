"""Remembering a day that matters to a customer is a small deposit, as thanks are."""

from __future__ import annotations

from touchbook.plan.model import Purpose
from touchbook.planner.values.belief import Belief, believe

believe(Belief(Purpose.CELEBRATE, 0.08, str(__doc__)))
