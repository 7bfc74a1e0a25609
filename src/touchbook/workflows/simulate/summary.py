"""What the policies came to, beside doing nothing in the same worlds; and the table that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.stats import t as student

from touchbook.workflows.simulate.policies import NOTHING
from touchbook.workflows.simulate.run import Played
from touchbook.world.luck import Floats

_COLUMNS = (
    "policy", "members", "renewals", "beside nothing", "sales", "share", "touches", "complaints", "feeling", "hours",
    "an hour",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """One policy over all worlds: means a world, money in units of the currency.

    ``more`` is the renewal money beyond doing nothing, ± ``more_error`` (half a 95 % interval; None when it was not
    compared); ``more_in_all`` adds what joiners paid and sales brought, less what was spent. ``complaints`` are about
    touches, per 1,000 members and year; ``more_an_hour`` is ``more_in_all`` per hour of staff, None without hours.
    """

    policy: str
    worlds: int
    members_at_start: float
    members_at_end: float
    retained: float
    more: float | None
    more_error: float | None
    more_in_all: float | None
    sales: float
    sales_share: float
    touches: float
    complaints: float
    opted_out: float
    feeling: float
    staff_hours: float
    more_an_hour: float | None


def summarise(played: Sequence[Played]) -> list[Summary]:
    """One summary a policy, in the order in which they were played."""
    base = {one.seed: one for one in played if one.policy == NOTHING}
    names = dict.fromkeys(one.policy for one in played)
    return [_summary([one for one in played if one.policy == name], base) for name in names]


def _summary(mine: Sequence[Played], base: dict[int, Played]) -> Summary:
    pairs = [(one, base[one.seed]) for one in mine if one.seed in base]
    more = error = in_all = None
    if pairs:
        more = float(np.mean([one.retained - other.retained for one, other in pairs]))
        error = paired_error([one.renewed - other.renewed for one, other in pairs])
        in_all = float(np.mean([_all_money(one) - _all_money(other) for one, other in pairs]))
    hours = _mean(mine, "staff_hours")
    years = sum(one.member_years for one in mine)
    touches = sum(one.touches for one in mine)
    return Summary(
        policy=mine[0].policy,
        worlds=len(mine),
        members_at_start=_mean(mine, "members_at_start"),
        members_at_end=_mean(mine, "members_at_end"),
        retained=_mean(mine, "retained"),
        more=more,
        more_error=error,
        more_in_all=in_all,
        sales=_mean(mine, "sales"),
        sales_share=sum(one.offers for one in mine) / touches if touches else 0.0,
        touches=touches / years,
        complaints=1000 * sum(one.complaints for one in mine) / years,
        opted_out=_mean(mine, "opted_out"),
        feeling=_mean(mine, "feeling"),
        staff_hours=hours,
        more_an_hour=in_all / hours if in_all is not None and hours else None,
    )


def paired_error(differences: Sequence[Floats]) -> float:
    """Half a 95 % interval of the mean total of differences, one array of people a world.

    With several worlds it is Student's, over their totals. With one world it is over its people, as if they did not
    touch each other; word of mouth and shared capacities make that a little too narrow.
    """
    count = len(differences)
    if count > 1:
        totals = np.array([one.sum() for one in differences])
        return float(student.ppf(0.975, count - 1) * totals.std(ddof=1) / np.sqrt(count))
    one = differences[0]
    return float(1.96 * one.std(ddof=1) * np.sqrt(len(one))) if len(one) > 1 else float("inf")


def document(settings: Mapping[str, object], played: Sequence[Played]) -> dict[str, object]:
    """All numbers as JSON has them: the settings, a summary a policy, and each policy in each world."""
    worlds = [{**asdict(one), "renewed": one.retained} for one in played]
    return {"settings": dict(settings), "summary": [asdict(one) for one in summarise(played)], "played": worlds}


def table(summaries: Sequence[Summary], sign: str = "£") -> list[str]:
    """The lines of a table that reads as text and as Markdown alike.

    “members” are those at the end, “beside nothing” is ``more`` ± its error, “share” the share of offers among touches,
    “touches” are a member's in a year, and “an hour” is what one hour of staff brought, joiners and sales included.
    """
    rows = [list(_COLUMNS), *(_row(one, sign) for one in summaries)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_COLUMNS))]
    rule = "|" + "|".join("-" * (width + 1) + (":" if place else "-") for place, width in enumerate(widths)) + "|"
    lines = [
        "| "
        + " | ".join(
            f"{cell:>{width}}" if place else f"{cell:<{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in rows
    ]
    return [lines[0], rule, *lines[1:]]


def _row(one: Summary, sign: str) -> list[str]:
    more = "" if one.more is None or one.policy == NOTHING else f"{_signed(one.more, sign)} ± {_short(one.more_error)}"
    return [
        one.policy,
        f"{one.members_at_end:,.0f}",
        f"{sign}{_short(one.retained)}",
        more,
        f"{sign}{_short(one.sales)}",
        f"{one.sales_share:.0%}",
        f"{one.touches:.1f}",
        f"{one.complaints:.1f}",
        f"{one.feeling:+.2f}".replace("-", "−"),
        f"{one.staff_hours:,.0f}",
        "" if one.more_an_hour is None else _signed(one.more_an_hour, sign),
    ]


def _signed(amount: float, sign: str) -> str:
    return f"{'−' if amount < 0 else '+'}{sign}{_short(abs(amount))}"


def _short(amount: float | None) -> str:
    """An amount in whole units, in thousands where it is large; “?” where nobody knows."""
    if amount is None or not np.isfinite(amount):
        return "?"
    return f"{amount / 1000:,.0f}k" if amount >= 10_000 else f"{amount:,.0f}"


def _all_money(one: Played) -> float:
    return one.retained + one.joined + one.sales - one.spent


def _mean(played: Sequence[Played], name: str) -> float:
    return float(np.mean([getattr(one, name) for one in played]))
