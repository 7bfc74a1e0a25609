"""What a list of customers knows beside the documented columns of their state, and may ask about in a condition."""

from __future__ import annotations

from collections.abc import Mapping

from touchbook.plan.columns import Column, catalogue
from touchbook.plan.model import Plan, ValueKind
from touchbook.plan.vocabulary import Vocabulary, vocabulary

_MEANINGS = {
    "promises_overdue": "number of promises that are past their day and not settled",
    "contact_days": "days within the window of the contact ceiling on which anybody reached out; 0 without one",
    "silent_days": "days since the last moment or touch, or since they joined; unknown when nothing is known of either",
}


def present_columns(plan: Plan) -> Mapping[str, str]:
    """What each further column is called under a plan: as it is, unless the plan has a column of that name."""
    taken = catalogue(plan.attributes, plan.questions)
    return {name: f"{name}_now" if name in taken else name for name in _MEANINGS}


def present_vocabulary(plan: Plan) -> Vocabulary:
    """What a condition about a list of customers may use: all that the plan's own may, and the further columns."""
    known = vocabulary(plan.attributes, plan.questions, tuple(plan.types), tuple(plan.touchpoints))
    further = {
        called: Column(called, ValueKind.NUMBER, _MEANINGS[name]) for name, called in present_columns(plan).items()
    }
    return Vocabulary({**known.columns, **further}, known.words, known.scales, known.later)
