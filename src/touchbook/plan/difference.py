"""What changed between two plans, in words that a manager can sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from touchbook.kernel.language import LANGUAGES, say, say_digits, say_many, say_share
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
from touchbook.plan.words import channel_word, purpose_word

Thing = TypeVar("Thing")
Facts = Mapping[str, str]  # what a thing is, by the words for it; "" where it says nothing


def difference(old: Plan, new: Plan) -> tuple[str, ...]:
    """Sentences that say what the new plan does differently; none when both mean the same."""
    return tuple(_sentences(old, new))


def _sentences(old: Plan, new: Plan) -> Iterator[str]:
    yield from _changes(say("The plan's"), _plan(old), _plan(new))
    yield from _changes(say("Success:"), _success(old), _success(new))
    yield from _things(say("Attribute"), old.attributes, new.attributes, _attribute)
    yield from _things(say("Type"), old.types, new.types, _type)
    yield from _order(old.types, new.types)
    yield from _things(say("Decision"), _decisions(old), _decisions(new), _decision)
    yield from _things(say("Question"), old.questions, new.questions, _question)
    yield from _changes(say("Ledger:"), _ledger(old.ledger), _ledger(new.ledger))
    yield from _touchpoints(old.touchpoints, new.touchpoints)
    yield from _things(say("Recovery"), old.recoveries, new.recoveries, _recovery)
    yield from _things(say("Touch"), old.touches, new.touches, _touch, _new_touch)
    yield from _changes(say("Guardrail"), _guardrails(old.guardrails), _guardrails(new.guardrails))
    yield from _things(say("Capacity"), old.capacity, new.capacity, _capacity)


def _changes(subject: str, before: Facts, after: Facts) -> Iterator[str]:
    """One sentence for each fact that is not the same."""
    for name in [*before, *(name for name in after if name not in before)]:
        was, is_now = before.get(name, ""), after.get(name, "")
        if was == is_now:
            continue
        if not was:
            yield say("%(of)s %(what)s is now %(now)s.", of=subject, what=name, now=is_now)
        elif not is_now:
            yield say("%(of)s %(what)s is dropped (it was %(was)s).", of=subject, what=name, was=was)
        else:
            yield say("%(of)s %(what)s goes from %(was)s to %(now)s.", of=subject, what=name, was=was, now=is_now)


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
            yield say("%(kind)s '%(name)s' is dropped.", kind=noun, name=name)
    for name, thing in new.items():
        if name not in old:
            told = (
                introduce(thing) if introduce else ", ".join(_tell(*fact) for fact in facts(thing).items() if fact[1])
            )
            if told:
                yield say("%(kind)s '%(name)s' is new: %(told)s.", kind=noun, name=name, told=told)
            else:
                yield say("%(kind)s '%(name)s' is new.", kind=noun, name=name)
        else:
            yield from _changes(say("%(kind)s '%(name)s':", kind=noun, name=name), facts(old[name]), facts(thing))


def _tell(name: str, value: str) -> str:
    return f"{name} {value}"


def _order(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    before, after = [name for name in old if name in new], [name for name in new if name in old]
    if before != after:
        yield say("The types are tried in another order: %(types)s.", types=", ".join(new))


def _plan(plan: Plan) -> Facts:
    return {
        say("name"): f"'{plan.name}'",
        say("currency"): plan.currency,
        say("time zone"): plan.timezone,
        say("language"): LANGUAGES[plan.language],
    }


def _success(plan: Plan) -> Facts:
    success = plan.success
    return {
        say("the outcome"): f"'{success.outcome}'",
        say("its kind"): success.kind,
        say("worth"): _sql(success.worth),
        say("the period"): _days(success.period_days),
        say("the discount"): _share(success.discount),
    }


def _attribute(attribute: Attribute) -> Facts:
    return {say("its type"): attribute.kind.value}


def _type(condition: Condition) -> Facts:
    return {say("its condition"): _sql(condition)}


def _decisions(plan: Plan) -> Mapping[str, Decision]:
    return {decision.decision: decision for decision in plan.intelligence}


def _decision(decision: Decision) -> Facts:
    return {
        say("what it needs"): _list(decision.needs),
        say("what acts on it"): _list(decision.acts),
        say("its review"): f"'{decision.review}'" if decision.review else "",
    }


def _question(question: Question) -> Facts:
    return {
        say("its words"): f"'{question.ask}'",
        say("its scale"): _scale(question.scale) if question.scale else "",
        say("its choices"): _list(question.choices),
        say("how long answers last"): _days(question.good_for_days),
    }


def _ledger(terms: LedgerTerms) -> Facts:
    return {
        say("the half-life"): _days(terms.half_life_days),
        say("the half-life of what nobody made good"): _days(terms.unresolved_half_life_days),
        say("the asymmetry"): _number(terms.asymmetry),
        say("what a witness counts"): _number(terms.witness),
        say("the balance of the engaged"): _number(terms.engaged_at),
    }


def _touchpoints(old: Mapping[str, Touchpoint], new: Mapping[str, Touchpoint]) -> Iterator[str]:
    yield from _things(say("Touchpoint"), old, new, _touchpoint, _new_touchpoint)
    for name in new:
        if name in old:
            yield from _practices(name, say("the deposit"), old[name].deposits, new[name].deposits)
            yield from _practices(name, say("the withdrawal"), old[name].withdrawals, new[name].withdrawals)


def _touchpoint(touchpoint: Touchpoint) -> Facts:
    return {
        say("its stage"): touchpoint.stage,
        say("its department"): touchpoint.department,
        say("its channel"): touchpoint.channel,
        say("whether its moments begin with us"): _yes_or_no(touchpoint.outreach),
    }


def _new_touchpoint(touchpoint: Touchpoint) -> str:
    deposits, withdrawals = len(touchpoint.deposits), len(touchpoint.withdrawals)
    return say(
        "%(deposits)s and %(withdrawals)s",
        deposits=say_many("%(count)s deposit", "%(count)s deposits", deposits, count=deposits)
        if deposits
        else say("no deposits"),
        withdrawals=say_many("%(count)s withdrawal", "%(count)s withdrawals", withdrawals, count=withdrawals)
        if withdrawals
        else say("no withdrawals"),
    )


def _practices(touchpoint: str, noun: str, old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[str]:
    for name, impact in new.items():
        if name not in old:
            yield say(
                "Touchpoint '%(place)s' gains %(kind)s '%(name)s' (%(impact)s).",
                place=touchpoint, kind=noun, name=name, impact=impact,
            )  # fmt: skip
        elif old[name] != impact:
            yield say(
                "Touchpoint '%(place)s': %(kind)s '%(name)s' goes from %(was)s to %(now)s.",
                place=touchpoint, kind=noun, name=name, was=old[name], now=impact,
            )  # fmt: skip
    for name in old:
        if name not in new:
            yield say("Touchpoint '%(place)s' loses %(kind)s '%(name)s'.", place=touchpoint, kind=noun, name=name)


def _recovery(recovery: Recovery) -> Facts:
    return {
        say("its points at most"): _number(recovery.points),
        say("its money at most"): _number(recovery.money) if recovery.money else "",
        say("who may offer it"): _list(recovery.by),
        say("where it is for"): _list(recovery.at),
    }


def _touch(touch: Touch) -> Facts:
    return {
        say("its purpose"): purpose_word(touch.purpose),
        say("its channel"): channel_word(touch.channel),
        say("its team"): touch.team or "",
        say("its length in minutes"): _number(touch.minutes) if touch.minutes else "",
        say("its types"): _list(touch.to),
        say("its condition"): _sql(touch.when) if touch.when else "",
        say("whether it must be made"): _yes_or_no(touch.must),
        say("what it asks"): _list(touch.asks),
        say("what it answers"): _list(touch.answers),
        say("its content"): touch.content,
        say("whether it is made only once"): _yes_or_no(touch.once),
        say("its cooldown"): _days(touch.cooldown_days),
        say("its revenue"): _number(touch.revenue) if touch.revenue else "",
        say("its cost"): _number(touch.cost) if touch.cost else "",
        say("the share who accept it"): _share(touch.accept) if touch.accept is not None else "",
        say("how it opens"): _words(touch.script.open),
        say("how it listens"): _words(touch.script.listen),
        say("how it helps"): _words(touch.script.help),
        say("how it closes"): _words(touch.script.close),
        say("its believed effect"): _number(touch.effect) if touch.effect is not None else "",
    }


def _words(text: str) -> str:
    return say("“%(text)s”", text=text) if text else ""


def _new_touch(touch: Touch) -> str:
    purpose, channel = purpose_word(touch.purpose), channel_word(touch.channel)
    parts = [
        say("an %(purpose)s by %(channel)s", purpose=purpose, channel=channel)
        if touch.purpose.value[0] in "aeiou"
        else say("a %(purpose)s by %(channel)s", purpose=purpose, channel=channel)
    ]
    parts += [say("for %(types)s", types=_list(touch.to))] if touch.to else []
    parts += [say("when %(condition)s", condition=_sql(touch.when))] if touch.when else []
    parts += [say("always made")] if touch.must else []
    return ", ".join(parts)


def _guardrails(guardrails: Guardrails) -> Facts:
    ceiling = guardrails.contact_ceiling
    limits = {say("at most (%(key)s)", key=limit.key): _per(limit.count, limit.days) for limit in guardrails.at_most}
    return {
        say("rest"): _days(guardrails.rest_days),
        **limits,
        say("sales share"): _share(guardrails.sales_share) if guardrails.sales_share is not None else "",
        say("never sell when"): _sql(guardrails.never_sell_when) if guardrails.never_sell_when else "",
        say("contact ceiling"): _per(ceiling.count, ceiling.days) if ceiling else "",
        say("quiet hours"): "-".join(guardrails.quiet_hours) if guardrails.quiet_hours else "",
        say("working hours"): "-".join(guardrails.working_hours),
        say("share kept for the moment"): _share(guardrails.in_the_moment),
        say("hold-out"): _share(guardrails.hold_out),
    }


def _capacity(capacity: Capacity) -> Facts:
    number, every = capacity.amount, _days(capacity.days)
    if capacity.kind == "minutes" and number % 60 == 0:
        told = say("%(number)s hours per %(days)s", number=_number(number / 60), days=every)
    elif capacity.kind == "minutes":
        told = say("%(number)s minutes per %(days)s", number=_number(number), days=every)
    elif capacity.kind == "messages":
        told = say("%(number)s messages per %(days)s", number=_number(number), days=every)
    else:
        told = say("%(number)s in money per %(days)s", number=_number(number), days=every)
    return {say("its amount"): told}


def _per(count: int, days: float) -> str:
    return say("%(count)s per %(days)s", count=count, days=_days(days))


def _scale(scale: tuple[float, float]) -> str:
    return say("%(low)s to %(high)s", low=_number(scale[0]), high=_number(scale[1]))


def _yes_or_no(is_so: bool) -> str:
    return say("yes") if is_so else say("no")


def _sql(condition: Condition) -> str:
    return f"`{' '.join(condition.text.split())}`"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _days(days: float) -> str:
    return say_many("%(count)s day", "%(count)s days", 1 if days == 1 else 2, count=_number(days))


def _share(share: float) -> str:
    return say_share(f"{share * 100:,.10g}")


def _number(number: float) -> str:
    return say_digits(f"{number:,.10g}")
