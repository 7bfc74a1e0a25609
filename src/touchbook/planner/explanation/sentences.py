"""An explanation in sentences: what is decided and why, what else there was, and what was closed."""

from __future__ import annotations

from collections.abc import Sequence

from touchbook.plan.model import Plan, Touch
from touchbook.planner.assembly import duty
from touchbook.planner.explanation.data import HELD_OUT, MUST, Charge, Option, Terms
from touchbook.planner.explanation.reasons import reason
from touchbook.planner.explanation.scarcity import Scarcity, may_take, short_of
from touchbook.planner.guardrails import Share
from touchbook.planner.guardrails.sales_share import SALES_SHARE
from touchbook.planner.phrases import Row, listed, message_by, money

_HOW = {MUST: "must be made", HELD_OUT: "is planned, but held out to measure its effect"}


def why(terms: Terms, scarcity: Scarcity, row: Row, made: Sequence[Option], others: Sequence[Option]) -> list[str]:
    """The decision, the reasons for it, and what it costs."""
    told = (
        _made(terms, scarcity, row, made)
        if made
        else _left_alone(terms.plan, scarcity, str(row["customer_name"] or row["customer"]), others)
    )
    for option in unmet(terms.plan, made, others):
        touch = terms.plan.touches[option.touch]
        told.append(f"“{touch.name}” must be made, and is not. {_full(terms.plan, scarcity, touch)}")
    return told


def beside(plan: Plan, made: Sequence[Option], others: Sequence[Option]) -> list[str]:
    """The runner-up, and all else that nothing forbids."""
    free = [option for option in others if not option.bars and not option.must]
    best = best_of(others)
    named = best or (free[0] if free and not made else None)
    told = [f"The runner-up is “{best.touch}”: {_worth(plan, best)}."] if made and best else []
    listing = [f"“{option.touch}” ({_worth(plan, option)})" for option in free if option is not named]
    return [*told, f"Open to them too: {listed(listing)}."] if listing else told


def closed(others: Sequence[Option]) -> list[str]:
    """What was not open, one sentence for each thing that stood first in the way."""
    doors: dict[str, list[str]] = {}
    for option in others:
        if option.bars:
            doors.setdefault(option.barred, []).append(f"“{option.touch}”")
    return [f"Not {listed(touches, 'or')}: {sentence}." for sentence, touches in doors.items()]


def best_of(others: Sequence[Option]) -> Option | None:
    """Of what was not made and nothing forbids, the best that would bring something."""
    return next((option for option in others if not option.bars and not option.must and option.value > 0), None)


def unmet(plan: Plan, made: Sequence[Option], others: Sequence[Option]) -> list[Option]:
    """What must be made and does not fit; of several apologies, one is enough."""
    served = {duty(plan.touches[option.touch]) for option in made if option.fate == MUST}
    return [option for option in others if option.must and not option.bars
            and duty(plan.touches[option.touch]) not in served]  # fmt: skip


def _made(terms: Terms, scarcity: Scarcity, row: Row, made: Sequence[Option]) -> list[str]:
    told = []
    for option in made:
        touch = terms.plan.touches[option.touch]
        told.append(f"“{touch.name}” ({touch.purpose} by {touch.channel}) {_HOW.get(option.fate, 'is planned')}.")
        told.append(reason(terms.plan, touch, row, option.value, option.worth.gain, option.worth.answers))
        told.append(_costs(terms, scarcity, option))
    return told


def _left_alone(plan: Plan, scarcity: Scarcity, name: str, others: Sequence[Option]) -> list[str]:
    free = [option for option in others if not option.bars and not option.must]
    if not free:
        waiting = any(option.must and not option.bars for option in others)
        return [f"{name} is left alone this week{'' if waiting else ': no touch of the plan is open to them now'}."]
    opening, best = f"{name} is left alone this week.", best_of(others)
    if best is None:
        return [opening, f"The best they could get, “{free[0].touch}”, would bring nothing just now."]
    told = [opening, f"The best they could get is “{best.touch}”, worth {money(best.value, plan.currency)}."]
    if best.surplus < 0:
        return [*told, _prices(plan, scarcity, best.charges, best.charge)]
    return [*told, _full(plan, scarcity, plan.touches[best.touch])]


def _worth(plan: Plan, option: Option) -> str:
    """What a touch is worth, and what is left of it after what it takes where that is scarce."""
    worth, left = (money(amount, plan.currency) for amount in (option.value, option.surplus))
    if option.value < 0.005:
        return "worth nothing"
    return f"worth {worth}, {left} after what it takes" if left != worth else f"worth {worth}"


def _costs(terms: Terms, scarcity: Scarcity, option: Option) -> str:
    used_up = [share.called for share in short_of(terms, scarcity) if option.charge_of(share.name)]
    if used_up:
        return f"What must be made takes all of {listed(used_up)} this week, and would take more."
    return _prices(terms.plan, scarcity, option.charges, option.charge)


def _prices(plan: Plan, scarcity: Scarcity, charges: Sequence[Charge], total: float) -> str:
    """What a touch takes of what is scarce, in its own units and in money, and what one more of each is worth."""
    scarce = [charge for charge in charges if charge.price > 0 and charge.amount > 0]
    if not scarce:
        return "Nothing that it takes is scarce this week."
    shares = {share.name: share for share in scarcity.shares}
    if len(scarce) == 1 and scarce[0].kind == "messages":
        price = money(scarce[0].price, plan.currency)
        return f"It takes one {message_by(scarce[0].capacity)}, and one more would be worth {price}."
    taken = listed([_amount(plan, charge, shares[charge.capacity]) for charge in scarce])
    phrases = "; ".join(shares[charge.capacity].price_phrase(charge.price, plan.currency) for charge in scarce)
    return f"It takes {taken}, {money(total, plan.currency)} at this week's prices: {phrases}."


def _amount(plan: Plan, charge: Charge, share: Share) -> str:
    if charge.kind == "minutes":
        whose = share.called.removesuffix("'s time")
        return f"{charge.amount:g} {'minute' if charge.amount == 1 else 'minutes'} of {whose}"
    if charge.kind == "money":
        return f"{money(charge.amount, plan.currency)} of {charge.capacity}"
    return f"one {message_by(charge.capacity)}" if charge.kind == "messages" else "room for one sale"


def _full(plan: Plan, scarcity: Scarcity, touch: Touch) -> str:
    """Why a touch is not made although it is worth its price: touches are whole, and something it takes is full."""
    place = list(plan.touches).index(touch.name)
    used = [share for share in scarcity.shares if share.use[place] > 0]
    never = [share.name for share in used if share.use[place] > may_take(plan, share) and share.name != SALES_SHARE]
    if never:
        return f"A whole week's {listed(never, 'or')} is not enough for a single one."
    if not used:
        return "It is worth no more than others that came first."
    left = listed([share.called for share in used], "or")
    return f"What is left of {left} this week is not enough for it; others came first."
