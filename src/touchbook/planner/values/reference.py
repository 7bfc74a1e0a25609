"""Every number that the planner believes, on one page: ``python -m touchbook.planner.values.reference``."""

from __future__ import annotations

from scipy.special import expit, logit

from touchbook.planner.values import BELIEFS, Belief
from touchbook.planner.values.answering import SPOKEN, WRITTEN

EXAMPLE = 0.75

_HEAD = """# What touches are believed to do

A touch changes the log-odds of staying by its *lift*. No published experiment says how many touches make a renewal, so
these are modest beliefs, one for each purpose. A touch's `effect` in the plan takes the place of its purpose's lift.

What a question's answer is worth counts by the share of people who answer: {spoken:.0%} of those who are spoken to, by
phone or on a visit, and {written:.0%} of those who are written to.
"""


def reference() -> str:
    """The whole page as Markdown."""
    rows = [_row(belief) for belief in BELIEFS.values()]
    return "\n".join(
        [
            _HEAD.format(spoken=SPOKEN, written=WRITTEN),
            f"| purpose | lift | {EXAMPLE:.0%} becomes | why |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _row(belief: Belief) -> str:
    raised = expit(logit(EXAMPLE) + belief.lift)
    lift = f"{belief.lift:+.2f}".replace("-", "−")
    beside = [f"({what}: {number:g})" for what, number in belief.beside.items()]
    why = " ".join([*belief.why.split(), *beside])
    return f"| {belief.purpose} | {lift} | {raised:.1%} | {why} |"


if __name__ == "__main__":
    print(reference(), end="")
