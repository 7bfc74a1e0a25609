"""Why this touch, and why nothing: one customer's part of a decision, as data and in sentences.

An explanation is made from the evidence that a run keeps of each customer, so that it speaks of the numbers of that
day. ``data`` says what is in it; ``explain`` puts it together; a kind of change is a file of its own.
"""

from touchbook.planner.explanation.data import (
    CHOSEN,
    FATES,
    HELD_OUT,
    MUST,
    NOT_CHOSEN,
    Bar,
    Change,
    ChangeKind,
    Charge,
    Explanation,
    Fact,
    Option,
    Terms,
    Worth,
)
from touchbook.planner.explanation.evidence import PER_TOUCH, apology_owed, evidence
from touchbook.planner.explanation.explain import explain
from touchbook.planner.explanation.reasons import reason
from touchbook.planner.explanation.scarcity import price_phrase

__all__ = [
    "CHOSEN", "FATES", "HELD_OUT", "MUST", "NOT_CHOSEN", "PER_TOUCH", "Bar", "Change", "ChangeKind", "Charge",
    "Explanation", "Fact", "Option", "Terms", "Worth", "apology_owed", "evidence", "explain", "price_phrase", "reason",
]  # fmt: skip
