"""News of value keeps a customer in mind of us when there is nothing to buy. It asks for nothing and answers nothing,
so it does least of all."""

from __future__ import annotations

from touchbook.plan.model import Purpose
from touchbook.planner.values.belief import Belief, believe

believe(Belief(Purpose.INFORM, 0.04, str(__doc__)))
