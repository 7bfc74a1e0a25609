"""A week's plan as people read it in a terminal, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import typer

from touchbook.cli.json_file import write_json
from touchbook.cli.lines import wrapped
from touchbook.plan.model import EACH_OWNER
from touchbook.planner.assembly import SALES_SHARE
from touchbook.planner.guardrails.owner_minutes import owner_ids, owner_names, owner_use
from touchbook.planner.phrases import count
from touchbook.planner.schedule import in_a_week
from touchbook.planner.week_words import (
    amount,
    owners_sentence,
    price_sentences,
    short_sentences,
    unmet_sentence,
    worth_sentence,
)
from touchbook.workflows.make_plan import TouchDecided, WeekPlanned


def print_week(week: WeekPlanned, first: int, verbose: bool = False) -> None:
    """Print what was decided: the sum of it, prices, what each team will be doing, the first touches of each kind.

    *verbose*: the seconds of each step too.
    """
    for block in (_heading, _prices, _teams):
        typer.echo("\n".join(block(week)))
        typer.echo("")
    typer.echo("\n".join(_touches(week, first)))
    typer.echo("")
    if week.run:
        typer.echo(f"Run {week.run}. Ask about anybody: touchbook explain NAME")
    else:
        typer.echo("A dry run: nothing was written down.")
    if verbose:
        steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in week.seconds.items())
        typer.echo(f"Time: {steps}. The first run in a home takes some seconds more to decide, to compile.")


def write_week(week: WeekPlanned, file: Path) -> None:
    """Write the whole plan as JSON."""
    document = {
        "run": str(week.run) if week.run else None,
        "plan": week.plan.name,
        "currency": week.plan.currency,
        "starts_on": str(week.starts_on),
        "customers": week.decision.population.size,
        "certificate": {
            "value": week.decision.certificate.value,
            "bound": week.decision.certificate.bound,
            "gap": week.decision.certificate.gap,
        },
        "prices": dict(week.decision.prices),
        "must_unmet": week.decision.must.unmet,
        "short": dict(week.decision.must.short),
        "touches": [_as_json(touch) for touch in week.touches],
    }
    write_json(document, file)


def _as_json(touch: TouchDecided) -> dict[str, object]:
    return {
        "id": str(touch.id),
        "customer": str(touch.customer),
        "name": touch.customer_name,
        "touch": touch.touch.name,
        "purpose": str(touch.touch.purpose),
        "channel": str(touch.touch.channel),
        "team": touch.touch.team,
        "due_on": str(touch.due_on),
        "value": round(touch.value, 4),
        "must": touch.must,
        "held_out": touch.held_out,
        "reason": touch.reason,
    }


def _heading(week: WeekPlanned) -> list[str]:
    ends = week.starts_on + timedelta(days=6)
    chosen, must = week.decision.chosen, week.decision.must
    reached = int(chosen.any(axis=1).sum())
    size = week.decision.population.size
    certificate = week.decision.certificate
    title = f"{week.plan.name}: {week.starts_on:%-d %B} to {ends:%-d %B %Y}"
    lines = [
        title,
        "=" * len(title),
        f"{count(size, 'customer')}: {reached:,} to reach, {size - reached:,} left alone. "
        f"{count(len(week.touches), 'touch', 'touches')}{_counted(must.made.sum(), 'must be made')}"
        f"{_counted(week.decision.held_out.sum(), 'held out to measure their effect')}.",
        worth_sentence(week.plan, certificate.value, certificate.gap),
    ]
    unmet = unmet_sentence(week.plan, must.unmet, must.short)
    return [*lines, unmet] if unmet else lines


def _counted(number: int, what: str) -> str:
    return f", {number:,} {what}" if number else ""


def _prices(week: WeekPlanned) -> list[str]:
    decision, population = week.decision, week.decision.population
    owners = dict(zip(owner_ids(population), owner_names(population), strict=True))
    sentences = [
        *price_sentences(week.plan, decision.prices),
        owners_sentence(week.plan, decision.owner_prices, owners),
        *short_sentences(week.plan, decision.must.short),
    ]
    lines = [f"  {sentence}" for sentence in sentences if sentence]
    return ["What is scarce", *(lines or ["  Nothing: every capacity has room to spare."])]


def _teams(week: WeekPlanned) -> list[str]:
    """Per capacity what is used of it and by which touches; touches that use none come last."""
    counts = Counter(touch.touch.name for touch in week.touches)
    shared = week.decision.shared
    names = list(week.plan.touches)
    rows: list[tuple[str, str, list[str]]] = []
    for place, name in enumerate(shared.names):
        if name == SALES_SHARE:
            continue
        mine = [touch for touch in names if shared.use[names.index(touch), place] > 0 and counts[touch]]
        used = sum(shared.use[names.index(touch), place] * counts[touch] for touch in mine)
        share = f"{amount(week.plan, name, used)} of {amount(week.plan, name, shared.available[place])}"
        rows.append((name, share, sorted(mine, key=lambda touch: -counts[touch])))
    rows += _owners(week, counts)
    shown = {touch for _, _, touches in rows for touch in touches}
    rest = [touch for touch in names if counts[touch] and touch not in shown]
    rows += [("others", "", rest)] if rest else []
    first, second = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    lines = ["What everybody will be doing"]
    for name, share, touches in rows:
        doing = ", ".join(f"{touch} {counts[touch]:,}" for touch in touches)
        lines += wrapped(f"  {name:<{first}}  {share:<{second}}  ", doing or "nothing")
    return lines


def _owners(week: WeekPlanned, counts: Mapping[str, int]) -> list[tuple[str, str, list[str]]]:
    """What all owners of relationships do together; no row where the plan does not say how much each has."""
    each, owners = week.plan.capacity.get(EACH_OWNER), len(owner_ids(week.decision.population))
    if each is None or not owners:
        return []
    use = dict(zip(week.plan.touches, owner_use(week.plan).tolist(), strict=True))
    mine = [touch for touch in use if use[touch] > 0 and counts[touch]]
    used = sum(use[touch] * counts[touch] for touch in mine)
    share = f"{amount(week.plan, EACH_OWNER, used)} of {amount(week.plan, EACH_OWNER, owners * in_a_week(each))}"
    return [(count(owners, "owner"), share, sorted(mine, key=lambda touch: -counts[touch]))]


def _touches(week: WeekPlanned, first: int) -> list[str]:
    """The first touches of each kind, each with its reason."""
    if not week.touches:
        return ["No touch is worth making this week; 'touchbook explain NAME' says why for anybody."]
    kinds: dict[str, list[TouchDecided]] = {}
    for touch in week.touches:
        kinds.setdefault(touch.touch.name, []).append(touch)
    lines = ["The first touches of each kind, and why"]
    for name, touches in kinds.items():
        kind = touches[0].touch
        team = f", {kind.team}" if kind.team else ""
        lines += [
            "",
            f"  {name} ({kind.purpose} by {kind.channel}{team}{', must' if kind.must else ''}): {len(touches):,}",
        ]
        for touch in touches[:first]:
            held = " (held out)" if touch.held_out else ""
            lines += wrapped(f"    {touch.due_on:%a %d %b}  ", f"{touch.customer_name}{held}. {touch.reason}")
    return lines
