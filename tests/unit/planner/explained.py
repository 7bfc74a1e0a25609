"""What a run decided under, for the tests of explanations."""

from __future__ import annotations

from datetime import date

from people import JUDGE

from touchbook.planner.decide import Decision
from touchbook.planner.explanation import Terms, evidence
from touchbook.planner.questions import answer_levels, frequencies

MONDAY = date(2026, 5, 4)


def terms_of(decision: Decision) -> Terms:
    """The terms of a decision, as a workflow would put them together."""
    kept = evidence(decision)
    questions = decision.plan.questions.values()
    return Terms(
        plan=decision.plan,
        prices=decision.prices,
        starts_on=MONDAY,
        judge=JUDGE,
        short=decision.must.short,
        given={
            question.name: frequencies(decision.population, question, levels)
            for question in questions
            if (levels := answer_levels(question))
        },
        everybody=lambda columns: [kept.select(list(columns))],
    )
