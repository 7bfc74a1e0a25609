"""An explanation in sentences: what is decided and why, what else there was, and what was closed."""

from __future__ import annotations

from collections.abc import Sequence

from touchbook.kernel.language import say, say_digits, say_many
from touchbook.plan.model import Plan, Touch
from touchbook.planner.assembly import duty
from touchbook.planner.explanation.data import HELD_OUT, MUST, Charge, Option, Terms
from touchbook.planner.explanation.reasons import reason
from touchbook.planner.explanation.scarcity import Scarcity, may_take, short_of
from touchbook.planner.guardrails import Share
from touchbook.planner.guardrails.sales_share import SALES_SHARE
from touchbook.planner.phrases import Row, listed, money
from touchbook.planner.touch_words import called, one_message, quoted


def why(terms: Terms, scarcity: Scarcity, row: Row, made: Sequence[Option], others: Sequence[Option]) -> list[str]:
    """The decision, the reasons for it, and what it costs."""
    told = (
        _made(terms, scarcity, row, made)
        if made
        else _left_alone(terms.plan, scarcity, str(row["customer_name"] or row["customer"]), others)
    )
    for option in unmet(terms.plan, made, others):
        touch = terms.plan.touches[option.touch]
        full = _full(terms.plan, scarcity, touch)
        told.append(say("“%(touch)s” must be made, and is not. %(why)s", touch=touch.name, why=full))
    return told


def beside(plan: Plan, made: Sequence[Option], others: Sequence[Option]) -> list[str]:
    """The runner-up, and all else that nothing forbids."""
    free = [option for option in others if not option.bars and not option.must]
    best = best_of(others)
    named = best or (free[0] if free and not made else None)
    told = []
    if made and best:
        told.append(say("The runner-up is “%(touch)s”: %(worth)s.", touch=best.touch, worth=_worth(plan, best)))
    listing = [
        say("“%(touch)s” (%(worth)s)", touch=option.touch, worth=_worth(plan, option))
        for option in free
        if option is not named
    ]
    return [*told, say("Open to them too: %(touches)s.", touches=listed(listing))] if listing else told


def closed(others: Sequence[Option]) -> list[str]:
    """What was not open, one sentence for each thing that stood first in the way."""
    doors: dict[str, list[str]] = {}
    for option in others:
        if option.bars:
            doors.setdefault(option.barred, []).append(quoted(option.touch))
    return [
        say("Not %(touches)s: %(why)s.", touches=listed(touches, "or"), why=sentence)
        for sentence, touches in doors.items()
    ]


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
        told.append(_fate(touch, option.fate))
        told.append(reason(terms.plan, touch, row, option.value, option.worth.gain, option.worth.answers))
        told.append(_costs(terms, scarcity, option))
    return told


def _fate(touch: Touch, fate: int) -> str:
    """What became of a touch that is made."""
    what = called(touch.purpose, touch.channel)
    if fate == MUST:
        return say("“%(touch)s” (%(what)s) must be made.", touch=touch.name, what=what)
    if fate == HELD_OUT:
        return say(
            "“%(touch)s” (%(what)s) is planned, but held out to measure its effect.", touch=touch.name, what=what
        )
    return say("“%(touch)s” (%(what)s) is planned.", touch=touch.name, what=what)


def _left_alone(plan: Plan, scarcity: Scarcity, name: str, others: Sequence[Option]) -> list[str]:
    free = [option for option in others if not option.bars and not option.must]
    if not free:
        if any(option.must and not option.bars for option in others):
            return [say("%(name)s is left alone this week.", name=name)]
        return [say("%(name)s is left alone this week: no touch of the plan is open to them now.", name=name)]
    opening, best = say("%(name)s is left alone this week.", name=name), best_of(others)
    if best is None:
        return [
            opening,
            say("The best they could get, “%(touch)s”, would bring nothing just now.", touch=free[0].touch),
        ]
    worth = money(best.value, plan.currency)
    told = [opening, say("The best they could get is “%(touch)s”, worth %(worth)s.", touch=best.touch, worth=worth)]
    if best.surplus < 0:
        return [*told, _prices(plan, scarcity, best.charges, best.charge)]
    return [*told, _full(plan, scarcity, plan.touches[best.touch])]


def _worth(plan: Plan, option: Option) -> str:
    """What a touch is worth, and what is left of it after what it takes where that is scarce."""
    worth, left = (money(amount, plan.currency) for amount in (option.value, option.surplus))
    if option.value < 0.005:
        return say("worth nothing")
    if left == worth:
        return say("worth %(worth)s", worth=worth)
    return say("worth %(worth)s, %(left)s after what it takes", worth=worth, left=left)


def _costs(terms: Terms, scarcity: Scarcity, option: Option) -> str:
    used_up = [share.called for share in short_of(terms, scarcity) if option.charge_of(share.name)]
    if used_up:
        return say("What must be made takes all of %(what)s this week, and would take more.", what=listed(used_up))
    return _prices(terms.plan, scarcity, option.charges, option.charge)


def _prices(plan: Plan, scarcity: Scarcity, charges: Sequence[Charge], total: float) -> str:
    """What a touch takes of what is scarce, in its own units and in money, and what one more of each is worth."""
    scarce = [charge for charge in charges if charge.price > 0 and charge.amount > 0]
    if not scarce:
        return say("Nothing that it takes is scarce this week.")
    shares = {share.name: share for share in scarcity.shares}
    if len(scarce) == 1 and scarce[0].kind == "messages":
        price = money(scarce[0].price, plan.currency)
        message = one_message(scarce[0].capacity)
        return say("It takes %(message)s, and one more would be worth %(price)s.", message=message, price=price)
    taken = listed([_amount(plan, charge, shares[charge.capacity]) for charge in scarce])
    phrases = "; ".join(shares[charge.capacity].price_phrase(charge.price, plan.currency) for charge in scarce)
    return say(
        "It takes %(what)s, %(money)s at this week's prices: %(prices)s.",
        what=taken, money=money(total, plan.currency), prices=phrases,
    )  # fmt: skip


def _amount(plan: Plan, charge: Charge, share: Share) -> str:
    if charge.kind == "minutes":
        return say_many(
            "%(count)s minute of %(name)s", "%(count)s minutes of %(name)s", 1 if charge.amount == 1 else 2,
            count=say_digits(f"{charge.amount:g}"), name=share.whose,
        )  # fmt: skip
    if charge.kind == "money":
        return say("%(money)s of %(budget)s", money=money(charge.amount, plan.currency), budget=charge.capacity)
    return one_message(charge.capacity) if charge.kind == "messages" else say("room for one sale")


def _full(plan: Plan, scarcity: Scarcity, touch: Touch) -> str:
    """Why a touch is not made although it is worth its price: touches are whole, and something it takes is full."""
    place = list(plan.touches).index(touch.name)
    used = [share for share in scarcity.shares if share.use[place] > 0]
    never = [share.name for share in used if share.use[place] > may_take(plan, share) and share.name != SALES_SHARE]
    if never:
        return say("A whole week's %(what)s is not enough for a single one.", what=listed(never, "or"))
    if not used:
        return say("It is worth no more than others that came first.")
    left = listed([share.called for share in used], "or")
    return say("What is left of %(what)s this week is not enough for it; others came first.", what=left)
