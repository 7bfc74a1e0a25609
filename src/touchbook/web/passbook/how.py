"""How each number of a passbook is worked out, line by line: the balance, the feeling and the chance of staying."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from touchbook.ledger.entries import Kind
from touchbook.store.passbook import particulars
from touchbook.web.passbook.book import named
from touchbook.web.passbook.how_money import lifetime_value, worth
from touchbook.web.passbook.working import How, exact, signed
from touchbook.web.templatetags.words import day, whole

if TYPE_CHECKING:
    from touchbook.workflows.describe_customer import Described

LINES_MAX = 200


def balance(described: Described) -> How:
    """Each entry: points × asymmetry × fading = contribution; their sum is the balance."""
    terms = described.terms
    pairs = sorted(zip(described.book, described.parts, strict=True), key=lambda pair: -abs(pair[1].contribution))
    shown, rest = pairs[:LINES_MAX], pairs[LINES_MAX:]
    by_id = {one.id: one for one in described.book}
    wanted = [one.id for one, _ in shown] + [one.recovers for one, _ in shown if one.recovers]
    said = particulars(described.customer.id, wanted)
    rows = []
    for one, part in shown:
        what = named(one, said, by_id)
        if one.line.void:
            what = gettext("%(what)s (taken back: it counts for nothing)") % {"what": what}
        is_wrong = part.line.kind is Kind.WITHDRAWAL
        rows.append(
            (
                f"{day(one.at)}: {what}",
                signed(part.line.points * (-1 if is_wrong else 1), 1),
                f"× {exact(terms.asymmetry, 1)}" if is_wrong else "",
                ngettext("%(count)d day", "%(count)d days", round(part.age_days)) % {"count": round(part.age_days)},
                f"× {exact(part.fading, 4)}",
                signed(part.contribution, 3),
            )
        )
    if rest:
        count = gettext("%(count)d further lines, each of which weighs less") % {"count": len(rest)}
        rows.append((count, "", "", "", "", signed(sum(part.contribution for _, part in rest), 3)))
    return How(
        title=gettext("How the balance is worked out"),
        words=[
            gettext(
                "Every deposit adds its points and every withdrawal takes them, %(asymmetry)s times: bad moments weigh "
                "more. All of them fade with time."
            ) % {"asymmetry": exact(terms.asymmetry, 1)},
            gettext(
                "A deposit weighs half after %(days)d days. An open withdrawal takes %(slow)d days for that, until "
                "it is made good; from then on it fades like everything else."
            ) % {"days": round(terms.half_life_days), "slow": round(terms.unresolved_half_life_days)},
        ],
        formula=gettext("balance = Σ points × asymmetry × 2^(−age ÷ half-life)"),
        heads=[gettext("Line"), gettext("Points"), gettext("Asymmetry"), gettext("Age"), gettext("Fading"),
               gettext("In the balance")],
        rows=rows,
        total=signed(described.balance, 3),
        total_says=gettext("Balance now"),
    )  # fmt: skip


def feeling(described: Described) -> How:
    """Each answer, how much it counts, and what it puts into the level."""
    found = described.feeling
    title = gettext("How the feeling is worked out")
    words = [
        gettext(
            "A line is drawn through everything they said about how they feel. An answer that is 90 days old counts "
            "half as much as a fresh one; where the line ends today is the level, its slope the trend."
        ),
        gettext("The trend begins at none, because feelings seldom move fast; several answers are needed to show one."),
    ]
    if found is None:
        return How(title, [*words, gettext("They have not been asked yet.")], "")
    answers = sorted(found.answers, key=lambda one: one.age_days)
    rows = [
        (
            gettext("%(days)s days ago they said %(value)s")
            % {"days": whole(one.age_days), "value": signed(one.value, 0)},
            gettext("counts %(weight)s") % {"weight": exact(one.weight, 3)},
            f"× {signed(one.pull, 3)}",
            signed(one.pull * one.value, 3),
        )
        for one in answers
    ]
    return How(
        title, words, gettext("level = Σ pull × answer"),
        [gettext("Answer"), gettext("How much it counts"), gettext("Pull on the level"), gettext("In the level")],
        rows, signed(found.level, 3), gettext("Level now"),
        [
            gettext("The level is known to within ± %(error)s.") % {"error": exact(found.error, 2)},
            gettext("In 30 days it changes by %(trend)s ± %(error)s.") % {
                "trend": signed(found.trend, 2), "error": exact(found.trend_error, 2),
            },
        ],
    )  # fmt: skip


def stay(described: Described) -> How:
    """Each coefficient × its value; the sum as a probability."""
    title = gettext("How the chance that they stay is worked out")
    words = [
        gettext(
            "Each thing that is known speaks for or against staying, with a weight that is stated beforehand. The sum "
            "of all of them is turned into a probability. What is not known counts as average, and makes it less sure."
        )
    ]
    parts = described.stay_parts
    if not parts or described.probability is None:
        return How(title, [*words, gettext("No plan is in force yet; adopt one first.")], "")
    rows = [
        (
            f"{part.name}: {part.meaning}",
            signed(part.coefficient, 2),
            gettext("not known") if part.value is None else f"× {signed(part.value, 3)}",
            signed(part.product, 3),
        )
        for part in parts
    ]
    logit = sum(part.product for part in parts)
    return How(
        title, words, gettext("chance = 1 ÷ (1 + e^(−sum)), sum = Σ weight × value"),
        [gettext("What speaks"), gettext("Weight"), gettext("Value"), gettext("In the sum")],
        rows, signed(logit, 3), gettext("Sum"),
        [
            gettext("1 ÷ (1 + e^(%(logit)s)) = %(chance)s%%, known to within ± %(error)s points.") % {
                "logit": signed(-logit, 3), "chance": exact(100 / (1 + exp(-logit)), 1),
                "error": exact(described.probability_error * 100, 1),
            },
            gettext(
                "The weights are a belief until your own outcomes have been learnt from; "
                "trust the order more than the number."
            ),
        ],
    )  # fmt: skip


NUMBERS: Mapping[str, Callable[[Described], How]] = {
    "balance": balance,
    "feeling": feeling,
    "stay": stay,
    "worth": worth,
    "lifetime-value": lifetime_value,
}
NEXT_TOUCH = "next-touch"
