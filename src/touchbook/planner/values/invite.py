"""An invitation is a small deposit to whoever gets it, whether they come or not. What they feel when they come is a
moment of its own."""

from __future__ import annotations

from touchbook.plan.model import Purpose
from touchbook.planner.values.belief import Belief, believe

believe(Belief(Purpose.INVITE, 0.08, str(__doc__)))
