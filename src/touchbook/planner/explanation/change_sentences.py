"""What would change a decision, in one sentence each."""

from __future__ import annotations

from collections.abc import Collection

from touchbook.planner.explanation.data import Bar, Change, ChangeKind, Terms
from touchbook.planner.explanation.scarcity import Scarcity, kind_of
from touchbook.planner.phrases import count, listed, message_by, money, signed, working_time

_PASSED = {
    "rest": "the days of rest are over",
    "cooldown": "the time before it may come again is over",
    "variety": "the time before the same content may come again is over",
    "at_most": "the limit on touches leaves room again",
    "contact_ceiling": "the ceiling on contacts leaves room again",
}


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
        return f"If {shares[change.of].one_more} were worth {_moved(change, made, currency)}, {then}."
    if change.kind is ChangeKind.VALUE:
        then = becomes(made, change.then, change.touch)
        if change.to < 0.005:
            return f"If “{change.touch}” brought nothing (now {money(change.from_, currency)}), {then}."
        return f"If “{change.touch}” were worth {_moved(change, made, currency)}, {then}."
    if change.kind is ChangeKind.BALANCE:
        way = "rose" if change.by > 0 else "fell"
        return f"If their balance {way} to {signed(change.to)} (now {signed(change.from_)}), {then}."
    if change.kind is ChangeKind.REST:
        passed = list(dict.fromkeys(_PASSED[bar.guardrail] for bar in bars if bar.guardrail in _PASSED))
        on = f"From {change.on:%-d %B %Y}" if change.exact else f"By {change.on:%-d %B %Y} at the latest"
        return f"{on}, when {listed(passed)}, {then}." if passed else f"{on}, {then}."
    about = "" if change.exact else "about "
    return f"With {about}{_amount(terms, change, shares[change.of].called)} this week, {then}."


def becomes(before: Collection[str], after: Collection[str], said: str = "") -> str:
    """What a decision turns into: what comes, and in whose place. *said*: the touch that has just been named."""
    lost = [f"“{touch}”" for touch in before if touch not in after]
    gained = [f"“{touch}”" for touch in after if touch not in before]
    if lost and gained:
        return f"{listed(gained)} would take {'its place' if lost == [f'“{said}”'] else f'the place of {listed(lost)}'}"
    what, end = (lost, "would not be planned") if lost else (gained, "would be planned")
    return f"{'it' if what == [f'“{said}”'] else listed(what)} {end}{' too' if before and not lost else ''}"


def _moved(change: Change, made: Collection[str], currency: str) -> str:
    """From what an amount of money would have to move, and to what."""
    # What is made ends when its price rises, and when it is worth less.
    way = "more" if (change.touch in made) == (change.kind is ChangeKind.PRICE) else "less"
    before, after = money(change.from_, currency), money(change.to, currency)
    if before == after and change.to < 0.005:
        return "anything at all"
    if before == after:
        return f"but a penny {way} than {before}" if currency == "GBP" else f"a little {way} than {before}"
    return f"{way} than {after} (now {before if change.from_ else 'nothing'})"


def _amount(terms: Terms, change: Change, called: str) -> str:
    """So much more of a capacity."""
    kind = kind_of(terms.plan, change.of)
    whose = called.removesuffix("'s time")
    if kind == "money":
        return f"{money(change.by, terms.plan.currency)} more of {change.of}"
    if kind == "messages":
        return count(change.by, f"more {message_by(change.of)}")
    return f"{working_time(change.by, 'more ')} of {whose}"
