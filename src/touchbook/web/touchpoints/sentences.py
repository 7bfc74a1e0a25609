"""What the numbers of a touchpoint say, as somebody would read it out at the line-up."""

from __future__ import annotations

from django.utils.translation import gettext, pgettext

from touchbook.web.templatetags.words import percent, points, sentence_case
from touchbook.web.touchpoints.journey import DAYS, Habit, Tally

_AS_BEFORE = 0.1
_FEW = 3.0


def change(now: float, before: float) -> str:
    """How an amount compares with that of the four weeks before."""
    if before < _FEW:
        return gettext("there was next to nothing before") if now >= _FEW else ""
    share = now / before - 1
    if abs(share) < _AS_BEFORE:
        return gettext("about as before")
    if now == 0:
        return pgettext("amount", "none any more")
    if share >= 1:
        return gettext("%(times)s times as much as before") % {"times": points(now / before)}
    if share > 0:
        return gettext("%(share)s more than before") % {"share": percent(share)}
    return gettext("%(share)s less than before") % {"share": percent(-share)}


def in_words(name: str, tally: Tally) -> str:
    """What a touchpoint's bars show."""
    return gettext("%(name)s: +%(plus)s points in deposits, −%(minus)s points in withdrawals in the last 28 days") % {
        "name": name,
        "plus": points(tally.plus),
        "minus": points(tally.minus),
    }


def leak_sentence(habit: Habit) -> str:
    """The worst leak."""
    said = gettext("%(place)s: “%(practice)s” cost us %(points)s points in %(days)d days.") % {
        "practice": habit.name,
        "place": sentence_case(habit.place),
        "points": points(habit.tally.minus),
        "days": DAYS,
    }
    if habit.tally.open_share > 0:
        share = percent(habit.tally.open_share)
        said += " " + gettext("%(share)s of that is not made good yet.") % {"share": share}
    return said


def habit_sentence(habit: Habit) -> str:
    """The best habit, and how often it is done."""
    said = gettext("%(place)s: “%(practice)s” brought us %(points)s points in %(days)d days.") % {
        "practice": habit.name,
        "place": sentence_case(habit.place),
        "points": points(habit.tally.plus),
        "days": DAYS,
    }
    if 0 < habit.share < 1:
        share = percent(habit.share)
        said += " " + gettext("It happens in %(share)s of the moments there: what if it happened in all?") % {
            "share": share
        }
    return said
