"""What would change a decision, in one sentence each."""

from __future__ import annotations

from collections.abc import Collection

from touchbook.kernel.language import say, say_day, say_many
from touchbook.planner.explanation.data import Bar, Change, ChangeKind, Terms
from touchbook.planner.explanation.scarcity import Scarcity, kind_of
from touchbook.planner.guardrails import Share
from touchbook.planner.phrases import listed, money, more_time, signed
from touchbook.planner.touch_words import more_messages, quoted


def change_sentence(
    terms: Terms, scarcity: Scarcity, change: Change, made: Collection[str], bars: Collection[Bar] = ()
) -> str:
    """The sentence for a change to the decision that a customer gets what is *made*.

    *bars*: what forbids the touch of the change now.
    """
    currency = terms.plan.currency
    then = becomes(made, change.then)
    shares = {share.name: share for share in scarcity.shares}
    if change.kind is ChangeKind.PRICE:
        one_more, moved = shares[change.of].one_more, _moved(change, made, currency)
        return say("If %(one_more)s were worth %(moved)s, %(then)s.", one_more=one_more, moved=moved, then=then)
    if change.kind is ChangeKind.VALUE:
        then = becomes(made, change.then, change.touch)
        if change.to < 0.005:
            now = money(change.from_, currency)
            return say(
                "If “%(touch)s” brought nothing (now %(now)s), %(then)s.", touch=change.touch, now=now, then=then
            )
        moved = _moved(change, made, currency)
        return say("If “%(touch)s” were worth %(moved)s, %(then)s.", touch=change.touch, moved=moved, then=then)
    if change.kind is ChangeKind.BALANCE:
        to, now = signed(change.to), signed(change.from_)
        if change.by > 0:
            return say("If their balance rose to %(to)s (now %(now)s), %(then)s.", to=to, now=now, then=then)
        return say("If their balance fell to %(to)s (now %(now)s), %(then)s.", to=to, now=now, then=then)
    if change.kind is ChangeKind.REST:
        return _on_a_day(change, then, bars)
    amount = _amount(terms, change, shares[change.of])
    if change.exact:
        return say("With %(amount)s this week, %(then)s.", amount=amount, then=then)
    return say("With about %(amount)s this week, %(then)s.", amount=amount, then=then)


def becomes(before: Collection[str], after: Collection[str], said: str = "") -> str:
    """What a decision turns into: what comes, and in whose place. *said*: the touch that has just been named."""
    lost = [touch for touch in before if touch not in after]
    gained = [touch for touch in after if touch not in before]
    if lost and gained:
        return _instead(lost, gained, lost == [said])
    if lost == [said]:
        return say("it would not be planned")
    if lost:
        return say_many(
            "%(touches)s would not be planned", "%(touches)s would not be planned", len(lost), touches=_named(lost)
        )
    if gained == [said]:
        return say("it would be planned too") if before else say("it would be planned")
    told = _named(gained)
    if before:
        return say_many(
            "%(touches)s would be planned too", "%(touches)s would be planned too", len(gained), touches=told
        )
    return say_many("%(touches)s would be planned", "%(touches)s would be planned", len(gained), touches=told)


def _instead(lost: list[str], gained: list[str], is_said: bool) -> str:
    told = _named(gained)
    if is_said:
        return say_many(
            "%(touches)s would take its place", "%(touches)s would take its place", len(gained), touches=told
        )
    return say_many(
        "%(touches)s would take the place of %(others)s", "%(touches)s would take the place of %(others)s",
        len(gained), touches=told, others=_named(lost),
    )  # fmt: skip


def _named(touches: list[str]) -> str:
    return listed([quoted(touch) for touch in touches])


def _on_a_day(change: Change, then: str, bars: Collection[Bar]) -> str:
    """What time alone brings, and what of the plan has passed by then."""
    assert change.on is not None  # noqa: S101  time_change says it
    day, found = say_day(change.on), dict.fromkeys(_passed(bar.guardrail) for bar in bars)
    passed = [one for one in found if one]
    if not passed and change.exact:
        return say("From %(day)s, %(then)s.", day=day, then=then)
    if not passed:
        return say("By %(day)s at the latest, %(then)s.", day=day, then=then)
    if change.exact:
        return say("From %(day)s, when %(passed)s, %(then)s.", day=day, passed=listed(passed), then=then)
    return say("By %(day)s at the latest, when %(passed)s, %(then)s.", day=day, passed=listed(passed), then=then)


def _passed(guardrail: str) -> str:
    """What has come to an end when a guardrail no longer forbids a touch; empty for one that time does not lift."""
    return {
        "rest": say("the days of rest are over"),
        "cooldown": say("the time before it may come again is over"),
        "variety": say("the time before the same content may come again is over"),
        "at_most": say("the limit on touches leaves room again"),
        "contact_ceiling": say("the ceiling on contacts leaves room again"),
    }.get(guardrail, "")


def _moved(change: Change, made: Collection[str], currency: str) -> str:
    """From what an amount of money would have to move, and to what."""
    # What is made ends when its price rises, and when it is worth less.
    is_more = (change.touch in made) == (change.kind is ChangeKind.PRICE)
    before, after = money(change.from_, currency), money(change.to, currency)
    if before == after and change.to < 0.005:
        return say("anything at all")
    if before == after and currency == "GBP":
        if is_more:
            return say("but a penny more than %(money)s", money=before)
        return say("but a penny less than %(money)s", money=before)
    if before == after:
        if is_more:
            return say("a little more than %(money)s", money=before)
        return say("a little less than %(money)s", money=before)
    now = before if change.from_ else say("nothing")
    if is_more:
        return say("more than %(money)s (now %(now)s)", money=after, now=now)
    return say("less than %(money)s (now %(now)s)", money=after, now=now)


def _amount(terms: Terms, change: Change, share: Share) -> str:
    """So much more of a capacity."""
    kind = kind_of(terms.plan, change.of)
    if kind == "money":
        amount = money(change.by, terms.plan.currency)
        return say("%(money)s more of %(budget)s", money=amount, budget=change.of)
    if kind == "messages":
        return more_messages(change.of, change.by)
    return say("%(time)s of %(name)s", time=more_time(change.by), name=share.whose)
