"""Team minutes: a team has so many of them in a week, and a touch takes those of the team that makes it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from touchbook.kernel.language import say
from touchbook.plan.model import EACH_OWNER, Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, Share, register
from touchbook.planner.schedule import in_a_week

MINUTES_IN_AN_HOUR = 60.0


def _sentence(_facts: Facts, touch: Touch, _customer: int) -> str:
    return say("what is left of %(name)s's time this week is not enough for it", name=touch.team)


def _shares(plan: Plan) -> Sequence[Share]:
    """The minutes of every team that has a capacity."""
    touches = plan.touches.values()
    return [
        Share(
            name=team.name,
            use=np.array([touch.minutes if touch.team == team.name else 0.0 for touch in touches]),
            available=in_a_week(team),
            called=say("%(name)s's time", name=team.name),
            one_more=say("one more hour of %(name)s", name=team.name),
            size=MINUTES_IN_AN_HOUR,
            whose=team.name,
        )
        for team in plan.capacity.values()
        if team.kind == "minutes" and team.name != EACH_OWNER
    ]


register(Guardrail(name="team_minutes", sentence=_sentence, shares=_shares))
