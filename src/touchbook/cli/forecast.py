"""The weeks ahead as people read them in a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from touchbook.cli.lines import width, wrapped
from touchbook.plan.model import EACH_OWNER, Plan
from touchbook.planner.forecast import Forecast, Need, amount, called, in_words, musts_in_words, price_of_one
from touchbook.planner.phrases import number

HEADING = "What is needed of everything that is scarce, and what one more of it would be worth then."
NOT_FORESEEN = (
    "This is what to expect if the coming weeks bring what the last ones brought. Bank holidays, absences and anything "
    "else that is new are not known to it."
)


def print_forecast(forecast: Forecast) -> None:
    """Print what every capacity needs week by week, and what that says in words."""
    first, weeks = forecast.weeks[0], len(forecast.weeks)
    span = "the week" if weeks == 1 else f"{weeks} weeks"
    title = f"{forecast.plan.name}: {span} from {first.starts_on:%-d %B %Y}"
    typer.echo(f"{title}\n{'=' * len(title)}")
    names = [need.name for need in first.needs]
    if not names:
        typer.echo("The plan names no capacity, so nothing can run short; add a section capacity to it.")
        return
    typer.echo("\n".join(wrapped("", HEADING)))
    for block in _blocks([_column(forecast, name) for name in names], _weeks(forecast)):
        typer.echo("")
        typer.echo("\n".join(block))
    typer.echo("")
    for sentence in _sentences(forecast, names):
        typer.echo("\n".join(wrapped("", sentence)))


def as_json(forecast: Forecast) -> dict[str, object]:
    """The whole forecast; minutes are minutes here, and prices are of one minute, message or unit of money."""
    return {
        "plan": forecast.plan.name,
        "currency": forecast.plan.currency,
        "weeks": [
            {
                "starts_on": str(week.starts_on),
                "customers": week.customers,
                "touches": week.touches,
                "must_unmet": week.must_unmet,
                "capacities": [_need_as_json(forecast, need) for need in week.needs],
            }
            for week in forecast.weeks
        ],
    }


def _need_as_json(forecast: Forecast, need: Need) -> dict[str, object]:
    known = {
        "name": need.name,
        "kind": forecast.plan.capacity[need.name].kind,
        "needed": need.needed,
        "there": need.there,
    }
    return known | (
        {"owners_short": need.owners_short, "owners": need.owners} if need.owners else {"price": need.price}
    )


def _weeks(forecast: Forecast) -> list[str]:
    return ["week of", "", *(f"{week.starts_on:%-d %B}" for week in forecast.weeks)]


def _column(forecast: Forecast, name: str) -> list[str]:
    """One capacity: its name, what is there, and a line a week with what is needed and the price of one more.

    Of owners, how many are short stands in the place of the price.
    """
    plan, needs = forecast.plan, forecast.of(name)
    needed = _right([f"of {_there(plan, needs[0])}", *(amount(plan, name, need.needed) for need in needs)])
    head = "short" if name == EACH_OWNER else "one more"
    prices = _right([head, *(_worth(plan, need) if need.is_short else "–" for need in needs)])
    return [called(name), *(f"{left}  {right}" for left, right in zip(needed, prices, strict=True))]


def _worth(plan: Plan, need: Need) -> str:
    return f"{need.owners_short:,} of {need.owners:,}" if need.owners else price_of_one(plan, need.name, need.price)


def _there(plan: Plan, need: Need) -> str:
    is_time = plan.capacity[need.name].kind == "minutes"
    return f"{number(need.there / 60)} hours" if is_time else amount(plan, need.name, need.there)


def _right(texts: Sequence[str]) -> list[str]:
    wide = max(map(len, texts))
    return [text.rjust(wide) for text in texts]


def _blocks(columns: Sequence[Sequence[str]], weeks: Sequence[str]) -> list[list[str]]:
    """The columns beside each other where they fit, else each in a table of its own."""
    together = _table([weeks, *columns])
    if max(map(len, together)) <= width():
        return [together]
    return [_table([weeks, column]) for column in columns]


def _table(columns: Sequence[Sequence[str]]) -> list[str]:
    wide = [max(map(len, column)) for column in columns]
    rows = zip(*columns, strict=True)
    return ["   ".join(text.ljust(size) for text, size in zip(row, wide, strict=True)).rstrip() for row in rows]


def _sentences(forecast: Forecast, names: Sequence[str]) -> list[str]:
    """What each capacity's weeks say, what must be made and does not fit, and what nobody can foresee."""
    said = [*(in_words(forecast, name) for name in names), musts_in_words(forecast)]
    return [*(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in said if sentence), NOT_FORESEEN]
