"""How the money in a passbook is worked out: the worth, the lifetime value, and the value of the next touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from touchbook.planner.phrases import money
from touchbook.web.passbook.working import How, signed, told
from touchbook.web.templatetags.words import percent

if TYPE_CHECKING:
    from touchbook.workflows.describe_customer import Described
    from touchbook.workflows.next_touch import NextTouch


def worth(described: Described) -> How:
    """The plan's own expression with the customer's numbers."""
    title = gettext("How the worth is worked out")
    if described.plan is None or described.worth is None:
        return How(title, [gettext("It rests on what the next plan of the week will know of them.")], "")
    success = described.plan.success
    row = described.state.to_pylist()[0]
    rows = [(name.replace("_", " "), told(row.get(name))) for name in sorted(success.worth.columns)]
    return How(
        title,
        [
            gettext(
                "Worth is the money that they bring in one period of %(days)d days if they stay, as the plan says it."
            ) % {"days": round(success.period_days)}
        ],
        f"{gettext('worth')} = {success.worth.text}",
        [gettext("What the plan looks at"), gettext("Here")],
        rows, money(described.worth, described.plan.currency), gettext("Worth"),
    )  # fmt: skip


def lifetime_value(described: Described) -> How:
    """worth · p / (1 + d − p) with its numbers."""
    title = gettext("How the lifetime value is worked out")
    value, chance = described.lifetime_value, described.probability
    if described.plan is None or value is None or chance is None:
        return How(title, [gettext("It rests on the worth, which is not known yet.")], "")
    discount, currency = described.plan.success.discount, described.plan.currency
    return How(
        title,
        [
            gettext(
                "It is what the coming periods bring: each is reached with the chance that they stay once more, and "
                "money that comes later counts for less."
            )
        ],
        gettext("lifetime value = worth × chance ÷ (1 + discount − chance)"),
        [gettext("What goes in"), gettext("Here")],
        [
            (gettext("Worth of one period"), money(described.worth or 0.0, currency)),
            (gettext("Chance that they stay"), percent(chance, 1)),
            (gettext("Discount for one period"), percent(discount, 1)),
        ],
        money(value, currency), gettext("Lifetime value"),
    )  # fmt: skip


def next_touch(described: Described, found: NextTouch | None) -> How:
    """What a touch is expected to bring, and what it takes at this week's prices."""
    title = gettext("How the value of the next touch is worked out")
    offer = found.offer if found else None
    if offer is None or offer.parts is None or described.run is None:
        return How(title, [gettext("There is no touch to make just now.")], "")
    currency, parts = described.run.plan.currency, offer.parts
    rows = [
        (
            gettext("Chance that they stay: %(gain)s points, of %(stake)s at stake") % {
                "gain": signed(parts.gain * 100, 2), "stake": money(parts.at_stake, currency),
            },
            money(parts.gain * parts.at_stake, currency),
        ),
        (gettext("Expected sales, less what it costs in money"), money(parts.earned, currency)),
        (gettext("What an answer may change"), money(parts.answers, currency)),
    ]  # fmt: skip
    after = [
        gettext("It takes %(amount)s of “%(capacity)s”, at %(price)s each: %(charge)s.") % {
            "amount": told(amount), "capacity": capacity, "price": money(price, currency),
            "charge": money(amount * price, currency),
        }
        for capacity, amount, price in parts.charges
        if amount > 0
    ]  # fmt: skip
    after.append(
        gettext("What remains is %(left)s.") % {"left": money(offer.value - offer.charge, currency)}
        if offer.charge >= 0.005
        else gettext("Nothing that it takes is scarce this week.")
    )
    return How(
        title,
        [
            gettext(
                "“%(touch)s” is worth what it is expected to change: how likely they stay, times all the money that "
                "rests on it."
            ) % {"touch": offer.touch.name},
            gettext(
                "At stake are the worth of one period and the lifetime value after it, as the plan of the week knew "
                "them."
            ),
        ],
        gettext("value = change of the chance × (worth + lifetime value) + sales − cost + answers"),
        [gettext("Part"), gettext("In the value")],
        rows, money(offer.value, currency), gettext("Value"), after,
    )  # fmt: skip
