"""Being asked is itself a deposit, a small one: somebody wants to know. What the answer is worth is counted apart."""

from __future__ import annotations

from touchbook.plan.model import Purpose
from touchbook.planner.values.belief import Belief, believe

believe(Belief(Purpose.ASK, 0.06, str(__doc__)))
