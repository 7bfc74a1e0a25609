"""Which teams and departments a plan names: they come and are renamed with the plan alone."""

from __future__ import annotations

from touchbook.plan.model import EACH_OWNER, OWNER, Plan


def teams_of(plan: Plan) -> frozenset[str]:
    """The teams to which a plan gives touches or minutes."""
    named = {touch.team for touch in plan.touches.values() if touch.team} - {OWNER}
    return frozenset(named | {one.name for one in plan.capacity.values() if one.kind == "minutes"} - {EACH_OWNER})


def departments_of(plan: Plan) -> frozenset[str]:
    """The departments to which a plan gives touchpoints."""
    return frozenset(one.department for one in plan.touchpoints.values() if one.department)
