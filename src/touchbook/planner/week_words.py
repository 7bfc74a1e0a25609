"""What a week's plan comes to, in words: its value and certificate, what is scarce, and what did not fit.

A terminal and a page say the same sentences; where they come from, a fresh decision or a run that was kept, is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping

from touchbook.plan.model import Plan
from touchbook.planner.guardrails.team_minutes import MINUTES_IN_AN_HOUR
from touchbook.planner.phrases import count, listed, money, working_time
from touchbook.planner.shares import shares

LEAST_GAP = 0.00001  # what is nearer to the best than this is not told apart from it
LEAST_MONEY = 0.005  # what rounds to nothing is not scarce


def worth_sentence(plan: Plan, value: float, gap: float) -> str:
    """What a week is expected to be worth, and its certificate."""
    return (
        f"Expected to be worth {money(value, plan.currency)} beside what must be made; "
        f"no plan under these guardrails is more than {percent(gap)} better."
    )


def percent(gap: float) -> str:
    """A certificate's share."""
    return "0.001%" if gap < LEAST_GAP else f"{gap * 100:.2g}%"


def unmet_sentence(plan: Plan, unmet: int, short: Mapping[str, float]) -> str:
    """What must be made and does not fit; empty when all of it does."""
    if not unmet:
        return ""
    needed = listed([more(plan, name, amount) for name, amount in short.items()]) if short else "more time"
    what = "1 touch that must be made does" if unmet == 1 else f"{unmet:,} touches that must be made do"
    return f"{what} not fit: {needed} would be needed."


def price_sentences(plan: Plan, prices: Mapping[str, float]) -> list[str]:
    """What one more of each scarce capacity is worth, the dearest first."""
    scarce = [(share, prices.get(share.name, 0.0)) for share in shares(plan)]
    dear = sorted(
        (pair for pair in scarce if pair[1] * pair[0].size >= LEAST_MONEY), key=lambda pair: -pair[1] * pair[0].size
    )
    phrases = [share.price_phrase(price, plan.currency) for share, price in dear]
    return [f"{phrase[:1].upper()}{phrase[1:]}." for phrase in phrases]


def owners_sentence(plan: Plan, prices: Mapping[str, float], names: Mapping[str, str]) -> str:
    """Whose own time has a price, and what it is where it is highest; empty where no owner's has one.

    *prices* of a minute by the owner's id; *names* of all owners by theirs.
    """
    priced = {owner: price for owner, price in prices.items() if price * MINUTES_IN_AN_HOUR >= LEAST_MONEY}
    if not priced:
        return ""
    dearest = max(priced, key=lambda owner: priced[owner])
    worth = money(priced[dearest] * MINUTES_IN_AN_HOUR, plan.currency)
    are = f"{len(priced):,} of {count(len(names), 'owner')} {'has' if len(priced) == 1 else 'have'} no time to spare"
    most = "" if len(priced) == 1 else "most, "
    return f"{are}; one more hour of {names.get(dearest, 'one of them')} is worth {most}{worth}."


def short_sentences(plan: Plan, short: Mapping[str, float]) -> list[str]:
    """The capacities that what must be made takes all of."""
    return [
        f"What must be made takes all of {name}, and would take {amount(plan, name, missing)} more."
        for name, missing in short.items()
    ]


def amount(plan: Plan, name: str, quantity: float) -> str:
    """So much of a capacity in its unit: 28.4 hours, 71, £15.00."""
    kind = kind_of(plan, name)
    if kind == "minutes":
        return working_time(quantity)
    return money(quantity, plan.currency) if kind == "money" else f"{quantity:,.0f}"


def more(plan: Plan, name: str, quantity: float) -> str:
    """So much more of a capacity: 30 minutes more of care, 319 more by email."""
    by = "by" if kind_of(plan, name) == "messages" else "of"
    return f"{amount(plan, name, quantity)} more {by} {name}"


def kind_of(plan: Plan, name: str) -> str:
    """The unit of a capacity; what the plan does not name is the time of one owner."""
    capacity = plan.capacity.get(name)
    return capacity.kind if capacity else "minutes"
