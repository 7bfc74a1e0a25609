"""Guardrails: what the plan forbids or limits. One file each; a file registers itself.

To add one, add a file that registers a ``Guardrail``, and its name to the imports below: their order is the order in
which an explanation names the first that stands in the way.
"""

from touchbook.planner.guardrails import (  # noqa: F401, I001  (the order matters)
    consent,
    left,
    put_off,
    hardship,
    never_sell,
    once,
    cooldown,
    variety,
    known,
    recovery,
    apologised,
    owner_minutes,
    quiet_hours,
    rest,
    at_most,
    contact_ceiling,
    team_minutes,
    quotas,
    budget,
    sales_share,
    in_the_moment,
    hold_out,
)
from touchbook.planner.guardrails.registry import GUARDRAILS, Facts, Family, Guardrail, Share

__all__ = ["GUARDRAILS", "Facts", "Family", "Guardrail", "Share"]
