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
from touchbook.planner.explanation import price_phrase
from touchbook.planner.guardrails.owner_minutes import owner_ids, owner_names, owner_use
from touchbook.planner.guardrails.team_minutes import MINUTES_IN_AN_HOUR
from touchbook.planner.phrases import count, listed, money, working_time
from touchbook.planner.schedule import in_a_week
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
        f"Expected to be worth {money(certificate.value, week.plan.currency)} beside what must be made; "
        f"no plan under these guardrails is more than {_percent(certificate.gap)} better.",
    ]
    if must.unmet:
        short = listed([_more(week, name, amount) for name, amount in must.short.items()])
        what = "1 touch that must be made does" if must.unmet == 1 else f"{must.unmet:,} touches that must be made do"
        lines.append(f"{what} not fit: {short} would be needed.")
    return lines


def _counted(number: int, what: str) -> str:
    return f", {number:,} {what}" if number else ""


def _percent(gap: float) -> str:
    return "0.001%" if gap < 0.00001 else f"{gap * 100:.2g}%"


def _prices(week: WeekPlanned) -> list[str]:
    lines = ["What is scarce"]
    scarce = [(name, price) for name, price in week.decision.prices.items() if price > 0]
    for name, price in sorted(scarce, key=lambda pair: -pair[1]):
        sentence = price_phrase(week.plan, name, price)
        lines.append(f"  {sentence[:1].upper()}{sentence[1:]}.")
    lines += _dearest_owner(week)
    for name, amount in week.decision.must.short.items():
        lines.append(f"  What must be made takes all of {name}, and would take {_amount(week, name, amount)} more.")
    return lines if len(lines) > 1 else [*lines, "  Nothing: every capacity has room to spare."]


def _dearest_owner(week: WeekPlanned) -> list[str]:
    """Whose own time has a price, and what it is where it is highest; nothing where no owner's has one."""
    prices = {owner: price for owner, price in week.decision.owner_prices.items() if price > 0}
    if not prices:
        return []
    population = week.decision.population
    names = dict(zip(owner_ids(population), owner_names(population), strict=True))
    dearest = max(prices, key=lambda owner: prices[owner])
    worth = money(prices[dearest] * MINUTES_IN_AN_HOUR, week.plan.currency)
    are = f"{len(prices):,} of {count(len(names), 'owner')} {'has' if len(prices) == 1 else 'have'} no time to spare"
    most = "" if len(prices) == 1 else "most, "
    return [f"  {are}; one more hour of {names[dearest]} is worth {most}{worth}."]


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
        share = f"{_amount(week, name, used)} of {_amount(week, name, shared.available[place])}"
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
    share = f"{_amount(week, EACH_OWNER, used)} of {_amount(week, EACH_OWNER, owners * in_a_week(each))}"
    return [(count(owners, "owner"), share, sorted(mine, key=lambda touch: -counts[touch]))]


def _amount(week: WeekPlanned, name: str, amount: float) -> str:
    kind = _kind(week, name)
    if kind == "minutes":
        return working_time(amount)
    return money(amount, week.plan.currency) if kind == "money" else f"{amount:,.0f}"


def _kind(week: WeekPlanned, name: str) -> str:
    """The unit of a capacity; what the plan does not name is the time of one owner."""
    capacity = week.plan.capacity.get(name)
    return capacity.kind if capacity else "minutes"


def _more(week: WeekPlanned, name: str, amount: float) -> str:
    """So much more of a capacity: 30 minutes more of care, 319 more by email."""
    by = "by" if _kind(week, name) == "messages" else "of"
    return f"{_amount(week, name, amount)} more {by} {name}"


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
