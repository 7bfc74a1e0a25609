"""Why this touch, and why nothing: an explanation of one customer's part of a decision, as data and in sentences.

It is made from the evidence that a decision keeps for each customer, so that it speaks of the numbers of that day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchbook.plan.model import Plan, Purpose, Touch
from touchbook.planner.assembly import SALES_SHARE, Shared, duty, shared_capacities
from touchbook.planner.candidates import ALLOWED, Candidates
from touchbook.planner.decide import Decision
from touchbook.planner.guardrails import Facts
from touchbook.planner.phrases import Row, facts_for, likely, listed, money, one_of_money
from touchbook.planner.population import Mask, Population
from touchbook.planner.values import expected_sales

NOT_CHOSEN, CHOSEN, MUST, HELD_OUT = 0, 1, 2, 3
FATES = ("not chosen", "chosen", "must be made", "held out")


def evidence(decision: Decision) -> pa.Table:
    """One row a customer: the state, and per touch its value, gain, what barred it, days since made, and its fate."""
    since = np.column_stack([*decision.candidates.facts.since.values(), np.zeros(decision.population.size)])[:, :-1]
    fate = np.where(decision.chosen, CHOSEN, NOT_CHOSEN)
    fate[decision.must.made] = MUST
    fate[decision.held_out] = HELD_OUT
    table = decision.population.state
    columns: dict[str, npt.NDArray[np.generic]] = {
        "_values": decision.values.astype(np.float32),
        "_gains": decision.gains.astype(np.float32),
        "_asking": decision.asking.astype(np.float32),
        "_since": since.astype(np.float32),
        "_barred": decision.candidates.barred,
        "_fate": fate.astype(np.int8),
    }
    for name, matrix in columns.items():
        flat = pa.array(np.ascontiguousarray(matrix).reshape(-1))
        table = table.append_column(name, pa.FixedSizeListArray.from_arrays(flat, max(1, matrix.shape[1])))
    return table


@dataclass(frozen=True, slots=True)
class Option:
    """One touch for one customer: what it would bring and take, and what became of it."""

    touch: str
    value: float
    gain: float
    asking: float
    charge: float
    fate: int
    barred: str  # the sentence; empty when it is allowed

    @property
    def surplus(self) -> float:
        """The value less what the shared capacities it takes are worth."""
        return self.value - self.charge


@dataclass(frozen=True, slots=True)
class Explanation:
    """One customer's part of a decision."""

    customer: str
    name: str
    made: tuple[Option, ...]
    others: tuple[Option, ...]
    sentences: tuple[str, ...]


def explain(
    plan: Plan, prices: Mapping[str, float], kept: pa.Table, short: Mapping[str, float] | None = None
) -> Explanation:
    """Explain one customer (*kept*: their row of the evidence) at the prices of the decision.

    *short*: the capacities that what must be made takes all of, and by how much more it would.
    """
    row: dict[str, object] = kept.slice(0, 1).to_pylist()[0]
    # Prices come back from storage in any order; beside the capacities' use they must stand in the plan's.
    prices = {name: float(prices.get(name, 0.0)) for name in shared_capacities(plan).names}
    options = _options(plan, prices, kept.slice(0, 1), row)
    made = tuple(option for option in options if option.fate != NOT_CHOSEN)
    others = tuple(sorted((o for o in options if o.fate == NOT_CHOSEN), key=lambda o: (bool(o.barred), -o.surplus)))
    name = str(row["customer_name"] or row["customer"])
    sentences = (
        _made_sentences(plan, prices, row, made, others, short or {})
        if made
        else _left_alone(plan, prices, name, others)
    )
    sentences += _unmet_sentences(plan, made, others)
    blocked = [f"Not “{option.touch}”: {option.barred}." for option in others if option.barred]
    return Explanation(str(row["customer"]), name, made, others, (*sentences, *blocked))


def apology_owed(decision: Decision) -> Mask:
    """Who must have an apology and gets none, because none of those that must be made fits (n)."""
    touches = decision.plan.touches.values()
    apologies = np.array([touch.purpose is Purpose.APOLOGISE for touch in touches], dtype=np.bool_)
    musts = np.array([touch.must for touch in touches], dtype=np.bool_) & apologies
    wanted = decision.candidates.allowed[:, musts].any(axis=1)
    return np.asarray(wanted & ~decision.chosen[:, apologies].any(axis=1))


def reason(
    plan: Plan, touch: Touch, row: Row, value: float, gain: float, asking: float = 0.0, owed: bool = False
) -> str:
    """Why a touch is planned: the facts for it, what it is expected to bring, and an apology that is still *owed*."""
    facts = "; ".join(facts_for(plan, touch, row))
    expected = _expected(plan, touch, row, value, gain, asking)
    end = " They are still owed an apology, which does not fit this week." if owed else ""
    return f"{facts[:1].upper()}{facts[1:]}. Expected: {expected}.{end}" if facts else f"Expected: {expected}.{end}"


def _expected(plan: Plan, touch: Touch, row: Row, value: float, gain: float, asking: float) -> str:
    sales = expected_sales(touch)
    bring = [f"{money(sales, plan.currency)} of sales"] if sales else []
    bring += [likely(row, gain)] if likely(row, gain) else []
    if asking > 0.005:
        bring.append(f"an answer worth {money(asking, plan.currency)}")
    brings = listed(bring) if bring else "goodwill"
    if value < -0.005:
        return f"{brings}, at a cost of {money(-value, plan.currency)} more than it brings"
    if value < 0.005:
        return f"{brings}, worth next to nothing in money"
    return f"{brings}, {'in all ' if len(bring) > 1 else ''}worth {money(value, plan.currency)}"


def price_phrase(plan: Plan, name: str, price: float) -> str:
    """A price as a manager understands it: “one more hour of member services is worth £138”."""
    if name == SALES_SHARE:
        return f"one more sale than the sales share allows is worth {money(price, plan.currency)}"
    capacity = plan.capacity[name]
    if capacity.kind == "minutes":
        return f"one more hour of {name} is worth {money(price * 60, plan.currency)}"
    if capacity.kind == "money":
        return f"one more {one_of_money(plan.currency)} of {name} is worth {money(price, plan.currency)}"
    return f"one more {name} is worth {money(price, plan.currency)}"


def _options(plan: Plan, prices: Mapping[str, float], kept: pa.Table, row: Row) -> list[Option]:
    shared = shared_capacities(plan)
    charges = _charges(shared, prices)
    population = Population(kept, _no_rows(), _no_rows())
    since = {name: np.array([_listed(row, "_since")[place]]) for place, name in enumerate(plan.touches)}
    barred = np.array([_listed(row, "_barred")], dtype=np.int8)
    facts = Facts(plan, population, since, np.zeros(1, dtype=np.bool_))
    candidates = Candidates(facts, barred, np.zeros_like(barred, dtype=np.bool_))
    options = []
    for place, touch in enumerate(plan.touches.values()):
        code = int(barred[0, place])
        options.append(
            Option(
                touch=touch.name,
                value=_listed(row, "_values")[place],
                gain=_listed(row, "_gains")[place],
                asking=_listed(row, "_asking")[place],
                charge=float(charges[place]),
                fate=int(_listed(row, "_fate")[place]),
                barred="" if code == ALLOWED else candidates.why_not(0, touch, code),
            )
        )
    return options


def _charges(shared: Shared, prices: Mapping[str, float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(shared.use @ np.array([prices.get(name, 0.0) for name in shared.names], dtype=np.float64))


def _listed(row: Row, name: str) -> Sequence[float]:
    value = row[name]
    return value if isinstance(value, list) else []


def _no_rows() -> pa.Table:
    return pa.table({"customer": pa.array([], pa.string())})


def _made_sentences(
    plan: Plan,
    prices: Mapping[str, float],
    row: Row,
    made: Sequence[Option],
    others: Sequence[Option],
    short: Mapping[str, float],
) -> list[str]:
    sentences = []
    for option in made:
        touch = plan.touches[option.touch]
        how = {MUST: "must be made", HELD_OUT: "is planned, but held out to measure its effect"}.get(
            option.fate, "is planned"
        )
        sentences.append(f"“{touch.name}” ({touch.purpose} by {touch.channel}) {how}.")
        sentences.append(reason(plan, touch, row, option.value, option.gain, option.asking))
        sentences.append(_cost_sentence(plan, prices, touch, option, short))
    runner_up = next((o for o in others if not o.barred and not plan.touches[o.touch].must and o.value > 0), None)
    if runner_up:
        sentences.append(f"The runner-up is “{runner_up.touch}”: {_worth(plan, runner_up)}.")
    return sentences + _open_too(plan, others, runner_up)


def _open_too(plan: Plan, others: Sequence[Option], named: Option | None) -> list[str]:
    """The touches that nothing forbids beside the one that was *named*, and that are not made all the same."""
    free = [o for o in others if not o.barred and not plan.touches[o.touch].must and o is not named]
    listing = [f"“{option.touch}” ({_worth(plan, option)})" for option in free]
    return [f"Open to them too: {listed(listing)}."] if listing else []


def _worth(plan: Plan, option: Option) -> str:
    """What a touch is worth, and what is left of it after what it takes where that is scarce."""
    worth, left = (money(amount, plan.currency) for amount in (option.value, option.surplus))
    if option.value < 0.005:
        return "worth nothing"
    return f"worth {worth}, {left} after what it takes" if left != worth else f"worth {worth}"


def _unmet_sentences(plan: Plan, made: Sequence[Option], others: Sequence[Option]) -> list[str]:
    """What must be made and does not fit; of several apologies, one is enough."""
    served = {duty(plan.touches[option.touch]) for option in made if option.fate == MUST}
    unmet = [plan.touches[o.touch] for o in others if not o.barred and plan.touches[o.touch].must]
    return [
        f"“{touch.name}” must be made, and is not. {_full_sentence(plan, touch)}"
        for touch in unmet
        if duty(touch) not in served
    ]


def _cost_sentence(
    plan: Plan, prices: Mapping[str, float], touch: Touch, option: Option, short: Mapping[str, float] | None = None
) -> str:
    shared = shared_capacities(plan)
    used_up = [name for name, used in zip(shared.names, shared.use[_place(plan, touch)], strict=True)
               if used > 0 and name in (short or {})]  # fmt: skip
    if used_up:
        return f"What must be made takes all of {listed(used_up)} this week, and would take more."
    scarce = [
        price_phrase(plan, name, price)
        for (name, price), used in zip(prices.items(), shared_capacities(plan).use[_place(plan, touch)], strict=True)
        if price > 0 and used > 0
    ]
    if not scarce:
        return "Nothing that it takes is scarce this week."
    if len(scarce) == 1 and (message := prices.get(touch.channel, 0.0)) > 0:
        return f"It takes one {touch.channel}, and one more would be worth {money(message, plan.currency)}."
    takes = f"{touch.minutes:g} minutes of {touch.team}" if touch.team and touch.minutes else f"one {touch.channel}"
    return f"It takes {takes}, {money(option.charge, plan.currency)} at this week's prices: {'; '.join(scarce)}."


def _place(plan: Plan, touch: Touch) -> int:
    return list(plan.touches).index(touch.name)


def _left_alone(plan: Plan, prices: Mapping[str, float], name: str, others: Sequence[Option]) -> list[str]:
    unmet = any(not option.barred and plan.touches[option.touch].must for option in others)
    free = [option for option in others if not option.barred and not plan.touches[option.touch].must]
    best = next((option for option in free if option.value > 0), free[0] if free else None)
    if best is None:
        return [f"{name} is left alone this week{'' if unmet else ': no touch of the plan is open to them now'}."]
    opening = f"{name} is left alone this week."
    if best.value <= 0:
        nothing = f"The best they could get, “{best.touch}”, would bring nothing just now."
        return [opening, nothing, *_open_too(plan, others, best)]
    touch = plan.touches[best.touch]
    lines = [opening, f"The best they could get is “{best.touch}”, worth {money(best.value, plan.currency)}."]
    if best.surplus < 0:
        lines.append(_cost_sentence(plan, prices, touch, best))
        lines.append(_change_sentence(plan, prices, touch, best))
    else:
        lines.append(_full_sentence(plan, touch))
    return lines + _open_too(plan, others, best)


def _full_sentence(plan: Plan, touch: Touch) -> str:
    """Why a touch is not made although it is worth its price: touches are whole, and something it takes is full."""
    shared = shared_capacities(plan)
    used = list(zip(shared.names, shared.use[_place(plan, touch)], strict=True))
    never = [name for (name, amount), there in zip(used, shared.available, strict=True)
             if amount > there and name != SALES_SHARE]  # fmt: skip
    if never:
        return f"A whole week's {listed(never, 'or')} is not enough for a single one."
    full = [name if name == SALES_SHARE else f"{name}'s time" if plan.capacity[name].kind == "minutes" else name
            for name, amount in used if amount > 0]  # fmt: skip
    if not full:
        return "It is worth no more than others that came first."
    return f"What is left of {listed(full, 'or')} this week is not enough for it; others came first."


def _change_sentence(plan: Plan, prices: Mapping[str, float], touch: Touch, option: Option) -> str:
    """The smallest change that would alter the decision: a higher value, or a lower price of its scarcest capacity."""
    factor = option.charge / option.value
    row = shared_capacities(plan).use[_place(plan, touch)]
    dearest = max(zip(prices, row, strict=True), key=lambda pair: prices[pair[0]] * pair[1])[0]
    others = option.charge - prices[dearest] * row[list(prices).index(dearest)]
    enough = (option.value - others) / row[list(prices).index(dearest)]
    sentence = f"It would be planned if it were worth {np.ceil(factor * 100) / 100:.2f} times as much"
    if enough > 0:
        sentence += f", or if {price_phrase(plan, dearest, enough).replace(' is worth ', ' were worth no more than ')}"
    return f"{sentence}."
