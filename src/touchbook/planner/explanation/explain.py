"""Explaining one customer's part of a decision, from the evidence that the run kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa

from touchbook.planner.candidates import find_candidates
from touchbook.planner.explanation.anew import Present, present
from touchbook.planner.explanation.balances import balance_changes
from touchbook.planner.explanation.capacities import capacity_change, short_changes
from touchbook.planner.explanation.change_sentences import change_sentence
from touchbook.planner.explanation.data import NOT_CHOSEN, Change, Explanation, Terms
from touchbook.planner.explanation.evidence import row_of, supposed
from touchbook.planner.explanation.moves import price_changes, value_changes
from touchbook.planner.explanation.options import facts_of, options_of
from touchbook.planner.explanation.scarcity import Scarcity, scarcity_of
from touchbook.planner.explanation.sentences import beside, best_of, closed, unmet, why
from touchbook.planner.explanation.times import bars_of, on_coming_days, time_change
from touchbook.planner.phrases import Row
from touchbook.planner.population import Population


def explain(terms: Terms, kept: pa.Table) -> Explanation:
    """Explain one customer (*kept*: their row of the evidence) by what the run decided under."""
    plan, row = terms.plan, row_of(kept)
    today = supposed(terms, kept, np.zeros(1), {})
    coming = on_coming_days(terms, kept, row)
    candidates = find_candidates(plan, today, terms.judge)
    scarcity = scarcity_of(terms, row)
    bars = bars_of(terms, candidates, row, coming)
    options = options_of(terms, row, today, scarcity, bars)
    made = tuple(option for option in options if option.fate != NOT_CHOSEN)
    others = tuple(sorted((o for o in options if o.fate == NOT_CHOSEN), key=lambda o: (bool(o.bars), -o.surplus)))
    best = best_of(others)
    now = present(plan, row, candidates, scarcity)
    place = list(plan.touches).index(best.touch) if best and not made else None
    changes = [
        *short_changes(terms, scarcity, made, unmet(plan, made, others)),
        *_changes(terms, kept, row, now, scarcity, coming, place),
    ]
    names = [option.touch for option in made]
    return Explanation(
        customer=str(row["customer"]),
        name=str(row["customer_name"] or row["customer"]),
        made=made,
        others=others,
        runner_up=best.touch if best else None,
        facts=facts_of(terms, row, [plan.touches[name] for name in names or ([best.touch] if best else [])]),
        changes=tuple(
            replace(change, sentence=change_sentence(terms, scarcity, change, names, bars[change.touch]))
            for change in sorted(changes, key=lambda change: change.nearness)
        ),
        why=tuple(why(terms, scarcity, row, made, others)),
        beside=tuple(beside(plan, made, others)),
        closed=tuple(closed(others)),
    )


def _changes(
    terms: Terms, kept: pa.Table, row: Row, now: Present, scarcity: Scarcity, coming: Population, best: int | None
) -> Iterator[Change]:
    """The changes of every kind; *best* is the place of the best touch for somebody who is left alone."""
    alone = not now.made.any()
    if now.by_prices:
        if not alone or best is not None:
            yield from price_changes(terms, now, scarcity, best)
            yield from value_changes(terms, now, best)
        yield from balance_changes(terms, kept, row, now, scarcity)
    if alone:
        yield from time_change(terms, row, now, scarcity, coming)
    if best is not None:
        yield from capacity_change(terms, kept, row, now, scarcity, best)
