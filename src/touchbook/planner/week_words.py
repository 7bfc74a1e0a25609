"""What a week's plan comes to, in words: its value and certificate, what is scarce, and what did not fit.

A terminal and a page say the same sentences; where they come from, a fresh decision or a run that was kept, is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping

from touchbook.kernel.language import say, say_many, say_share
from touchbook.plan.model import Plan
from touchbook.plan.words import channel_word
from touchbook.planner.guardrails.team_minutes import MINUTES_IN_AN_HOUR
from touchbook.planner.phrases import listed, money, whole_number, working_time
from touchbook.planner.shares import shares

LEAST_GAP = 0.00001  # what is nearer to the best than this is not told apart from it
LEAST_MONEY = 0.005  # what rounds to nothing is not scarce


def worth_sentence(plan: Plan, value: float, gap: float) -> str:
    """What a week is expected to be worth, and its certificate."""
    return say(
        "Expected to be worth %(worth)s beside what must be made; "
        "no plan under these guardrails is more than %(gap)s better.",
        worth=money(value, plan.currency), gap=percent(gap),
    )  # fmt: skip


def percent(gap: float) -> str:
    """A certificate's share."""
    return say_share("0.001" if gap < LEAST_GAP else f"{gap * 100:.2g}")


def unmet_sentence(plan: Plan, unmet: int, short: Mapping[str, float]) -> str:
    """What must be made and does not fit; empty when all of it does."""
    if not unmet:
        return ""
    needed = listed([more(plan, name, amount) for name, amount in short.items()]) if short else say("more time")
    return say_many(
        "%(count)s touch that must be made does not fit: %(needed)s would be needed.",
        "%(count)s touches that must be made do not fit: %(needed)s would be needed.",
        unmet, count=whole_number(unmet), needed=needed,
    )  # fmt: skip


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
    number = len(names)
    owners = say_many("%(count)s owner", "%(count)s owners", number, count=whole_number(number))
    return say_many(
        "%(count)s of %(owners)s has no time to spare; one more hour of %(name)s is worth %(worth)s.",
        "%(count)s of %(owners)s have no time to spare; one more hour of %(name)s is worth most, %(worth)s.",
        len(priced), count=whole_number(len(priced)), owners=owners, name=names.get(dearest, say("one of them")),
        worth=worth,
    )  # fmt: skip


def short_sentences(plan: Plan, short: Mapping[str, float]) -> list[str]:
    """The capacities that what must be made takes all of."""
    return [
        say(
            "What must be made takes all of %(name)s, and would take %(amount)s more.",
            name=name, amount=amount(plan, name, missing),
        )
        for name, missing in short.items()
    ]  # fmt: skip


def amount(plan: Plan, name: str, quantity: float) -> str:
    """So much of a capacity in its unit: 28.4 hours, 71, £15.00."""
    kind = kind_of(plan, name)
    if kind == "minutes":
        return working_time(quantity)
    return money(quantity, plan.currency) if kind == "money" else whole_number(quantity)


def more(plan: Plan, name: str, quantity: float) -> str:
    """So much more of a capacity: 30 minutes more of care, 319 more by email."""
    told = amount(plan, name, quantity)
    if kind_of(plan, name) == "messages":
        return say("%(amount)s more by %(channel)s", amount=told, channel=channel_word(name))
    return say("%(amount)s more of %(name)s", amount=told, name=name)


def kind_of(plan: Plan, name: str) -> str:
    """The unit of a capacity; what the plan does not name is the time of one owner."""
    capacity = plan.capacity.get(name)
    return capacity.kind if capacity else "minutes"
