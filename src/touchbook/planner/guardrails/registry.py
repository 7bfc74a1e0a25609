"""The list of guardrails and what each is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from touchbook.plan.model import Plan, Touch
from touchbook.planner.population import Floats, Mask, Population


@dataclass(frozen=True, slots=True)
class Facts:
    """What a guardrail may look at. ``since`` has the days since each touch was last made."""

    plan: Plan
    population: Population
    since: Mapping[str, Floats]
    never_sell: Mask


Check = Callable[[Facts, Touch], Mask | None]
Sentence = Callable[[Facts, Touch, int], str]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One guardrail: which customers it keeps a touch from, and the sentence that says so for one of them.

    ``binds_must``: whether it holds for touches that must be made as well.
    """

    name: str
    check: Check
    sentence: Sentence
    binds_must: bool


GUARDRAILS: dict[str, Guardrail] = {}


def guardrail(name: str, sentence: Sentence, binds_must: bool = True) -> Callable[[Check], Check]:
    """Register a function as the guardrail *name*; it returns the customers kept from a touch (None: nobody)."""

    def register(check: Check) -> Check:
        GUARDRAILS[name] = Guardrail(name, check, sentence, binds_must)
        return check

    return register
