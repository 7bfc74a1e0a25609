"""Thanks are a small deposit that expects nothing back: twice what news does."""

from __future__ import annotations

from touchbook.plan.model import Purpose
from touchbook.planner.values.belief import Belief, believe

believe(Belief(Purpose.THANK, 0.08, str(__doc__)))
