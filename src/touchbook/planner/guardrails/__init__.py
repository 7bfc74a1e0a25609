"""Guardrails: what the plan forbids for a customer and a touch. One file each; a file registers itself.

To add one, add a file with a function under ``@guardrail``, and its name to the imports below: their order is the
order in which an explanation names the first that stands in the way.
"""

from touchbook.planner.guardrails import (  # noqa: F401, I001  (the order matters)
    consent,
    hardship,
    never_sell,
    once,
    cooldown,
    known,
    recovery,
    rest,
    at_most,
)
from touchbook.planner.guardrails.registry import GUARDRAILS, Facts, Guardrail

__all__ = ["GUARDRAILS", "Facts", "Guardrail"]
