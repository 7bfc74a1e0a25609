"""Bad news that comes from us, before it is noticed, costs less than bad news that is found out. What it saves is a
withdrawal of middling weight."""

from __future__ import annotations

from touchbook.plan.model import Purpose
from touchbook.planner.values.belief import Belief, believe

believe(Belief(Purpose.HEADS_UP, 0.15, str(__doc__)))
