"""What changed between two plans, in words that a manager can sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from touchbook.kernel.language import LANGUAGES
from touchbook.plan.model import (
    Attribute,
    Capacity,
    Condition,
    Decision,
    Guardrails,
    LedgerTerms,
    Plan,
    Question,
    Recovery,
    Touch,
    Touchpoint,
)

Thing = TypeVar("Thing")
Facts = Mapping[str, str]  # what a thing is, by the words for it; "" where it says nothing


def difference(old: Plan, new: Plan) -> tuple[str, ...]:
    """Sentences that say what the new plan does differently; none when both mean the same."""
    return tuple(_sentences(old, new))


def _sentences(old: Plan, new: Plan) -> Iterator[str]:
    yield from _changes("The plan's", _plan(old), _plan(new))
    yield from _changes("Success:", _success(old), _success(new))
    yield from _things("Attribute", old.attributes, new.attributes, _attribute)
    yield from _things("Type", old.types, new.types, _type)
    yield from _order("types", old.types, new.types)
    yield from _things("Decision", _decisions(old), _decisions(new), _decision)
    yield from _things("Question", old.questions, new.questions, _question)
    yield from _changes("Ledger:", _ledger(old.ledger), _ledger(new.ledger))
    yield from _touchpoints(old.touchpoints, new.touchpoints)
    yield from _things("Recovery", old.recoveries, new.recoveries, _recovery)
    yield from _things("Touch", old.touches, new.touches, _touch, _new_touch)
    yield from _changes("Guardrail", _guardrails(old.guardrails), _guardrails(new.guardrails))
    yield from _things("Capacity", old.capacity, new.capacity, _capacity)


def _changes(subject: str, before: Facts, after: Facts) -> Iterator[str]:
    """One sentence for each fact that is not the same."""
    for name in [*before, *(name for name in after if name not in before)]:
        was, is_now = before.get(name, ""), after.get(name, "")
        if was == is_now:
            continue
        if not was:
            yield f"{subject} {name} is now {is_now}."
        elif not is_now:
            yield f"{subject} {name} is dropped (it was {was})."
        else:
            yield f"{subject} {name} goes from {was} to {is_now}."


def _things(
    noun: str,
    old: Mapping[str, Thing],
    new: Mapping[str, Thing],
    facts: Callable[[Thing], Facts],
    introduce: Callable[[Thing], str] | None = None,
) -> Iterator[str]:
    """What is gone, what is new, and what changed about the rest."""
    for name in old:
        if name not in new:
            yield f"{noun} '{name}' is dropped."
    for name, thing in new.items():
        if name not in old:
            told = (
                introduce(thing) if introduce else ", ".join(_tell(*fact) for fact in facts(thing).items() if fact[1])
            )
            yield f"{noun} '{name}' is new{': ' if told else ''}{told}."
        else:
            yield from _changes(f"{noun} '{name}':", facts(old[name]), facts(thing))


def _tell(name: str, value: str) -> str:
    return f"{name} {value}"


def _order(noun: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    before, after = [name for name in old if name in new], [name for name in new if name in old]
    if before != after:
        yield f"The {noun} are tried in another order: {', '.join(new)}."


def _plan(plan: Plan) -> Facts:
    return {
        "name": f"'{plan.name}'",
        "currency": plan.currency,
        "time zone": plan.timezone,
        "language": LANGUAGES[plan.language],
    }


def _success(plan: Plan) -> Facts:
    success = plan.success
    return {
        "the outcome": f"'{success.outcome}'",
        "its kind": success.kind,
        "worth": _sql(success.worth),
        "the period": _days(success.period_days),
        "the discount": _share(success.discount),
    }


def _attribute(attribute: Attribute) -> Facts:
    return {"its type": attribute.kind.value}


def _type(condition: Condition) -> Facts:
    return {"its condition": _sql(condition)}


def _decisions(plan: Plan) -> Mapping[str, Decision]:
    return {decision.decision: decision for decision in plan.intelligence}


def _decision(decision: Decision) -> Facts:
    return {
        "what it needs": _list(decision.needs),
        "what acts on it": _list(decision.acts),
        "its review": f"'{decision.review}'" if decision.review else "",
    }


def _question(question: Question) -> Facts:
    return {
        "its words": f"'{question.ask}'",
        "its scale": f"{_number(question.scale[0])} to {_number(question.scale[1])}" if question.scale else "",
        "its choices": _list(question.choices),
        "how long answers last": _days(question.good_for_days),
    }


def _ledger(terms: LedgerTerms) -> Facts:
    return {
        "the half-life": _days(terms.half_life_days),
        "the half-life of what nobody made good": _days(terms.unresolved_half_life_days),
        "the asymmetry": _number(terms.asymmetry),
        "what a witness counts": _number(terms.witness),
        "the balance of the engaged": _number(terms.engaged_at),
    }


def _touchpoints(old: Mapping[str, Touchpoint], new: Mapping[str, Touchpoint]) -> Iterator[str]:
    yield from _things("Touchpoint", old, new, _touchpoint, _new_touchpoint)
    for name in new:
        if name in old:
            yield from _practices(name, "deposit", old[name].deposits, new[name].deposits)
            yield from _practices(name, "withdrawal", old[name].withdrawals, new[name].withdrawals)


def _touchpoint(touchpoint: Touchpoint) -> Facts:
    return {
        "its stage": touchpoint.stage,
        "its department": touchpoint.department,
        "its channel": touchpoint.channel,
        "whether its moments begin with us": "yes" if touchpoint.outreach else "no",
    }


def _new_touchpoint(touchpoint: Touchpoint) -> str:
    deposits = _counted(len(touchpoint.deposits), "deposit")
    return f"{deposits} and {_counted(len(touchpoint.withdrawals), 'withdrawal')}"


def _practices(touchpoint: str, noun: str, old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[str]:
    for name, impact in new.items():
        if name not in old:
            yield f"Touchpoint '{touchpoint}' gains the {noun} '{name}' ({impact})."
        elif old[name] != impact:
            yield f"Touchpoint '{touchpoint}': the {noun} '{name}' goes from {old[name]} to {impact}."
    for name in old:
        if name not in new:
            yield f"Touchpoint '{touchpoint}' loses the {noun} '{name}'."


def _recovery(recovery: Recovery) -> Facts:
    return {
        "its points at most": _number(recovery.points),
        "its money at most": _number(recovery.money) if recovery.money else "",
        "who may offer it": _list(recovery.by),
        "where it is for": _list(recovery.at),
    }


def _touch(touch: Touch) -> Facts:
    return {
        "its purpose": touch.purpose.value,
        "its channel": touch.channel.value,
        "its team": touch.team or "",
        "its length in minutes": _number(touch.minutes) if touch.minutes else "",
        "its types": _list(touch.to),
        "its condition": _sql(touch.when) if touch.when else "",
        "whether it must be made": "yes" if touch.must else "no",
        "what it asks": _list(touch.asks),
        "what it answers": _list(touch.answers),
        "its content": touch.content,
        "whether it is made only once": "yes" if touch.once else "no",
        "its cooldown": _days(touch.cooldown_days),
        "its revenue": _number(touch.revenue) if touch.revenue else "",
        "its cost": _number(touch.cost) if touch.cost else "",
        "the share who accept it": _share(touch.accept) if touch.accept is not None else "",
        "how it opens": _words(touch.script.open),
        "how it listens": _words(touch.script.listen),
        "how it helps": _words(touch.script.help),
        "how it closes": _words(touch.script.close),
        "its believed effect": _number(touch.effect) if touch.effect is not None else "",
    }


def _words(text: str) -> str:
    return f"“{text}”" if text else ""


def _new_touch(touch: Touch) -> str:
    article = "an" if touch.purpose.value[0] in "aeiou" else "a"
    parts = [f"{article} {touch.purpose.value} by {touch.channel.value}"]
    parts += [f"for {_list(touch.to)}"] if touch.to else []
    parts += [f"when {_sql(touch.when)}"] if touch.when else []
    parts += ["always made"] if touch.must else []
    return ", ".join(parts)


def _guardrails(guardrails: Guardrails) -> Facts:
    ceiling = guardrails.contact_ceiling
    limits = {f"at most ({limit.key})": f"{limit.count} per {_days(limit.days)}" for limit in guardrails.at_most}
    return {
        "rest": _days(guardrails.rest_days),
        **limits,
        "sales share": _share(guardrails.sales_share) if guardrails.sales_share is not None else "",
        "never sell when": _sql(guardrails.never_sell_when) if guardrails.never_sell_when else "",
        "contact ceiling": f"{ceiling.count} per {_days(ceiling.days)}" if ceiling else "",
        "quiet hours": "-".join(guardrails.quiet_hours) if guardrails.quiet_hours else "",
        "working hours": "-".join(guardrails.working_hours),
        "share kept for the moment": _share(guardrails.in_the_moment),
        "hold-out": _share(guardrails.hold_out),
    }


def _capacity(capacity: Capacity) -> Facts:
    amount, unit = (
        capacity.amount,
        {"minutes": " minutes", "messages": " messages", "money": " in money"}[capacity.kind],
    )
    if capacity.kind == "minutes" and amount % 60 == 0:
        amount, unit = amount / 60, " hours"
    return {"its amount": f"{_number(amount)}{unit} per {_days(capacity.days)}"}


def _sql(condition: Condition) -> str:
    return f"`{' '.join(condition.text.split())}`"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _days(days: float) -> str:
    return f"{_number(days)} day{'' if days == 1 else 's'}"


def _share(share: float) -> str:
    return f"{_number(share * 100)}%"


def _number(number: float) -> str:
    return f"{number:,.10g}"


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
