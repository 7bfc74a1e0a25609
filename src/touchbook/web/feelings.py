"""A feeling, and where it is going, in words: the same on every page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from touchbook.insight.feeling import moves

_MOVES: dict[str, str | Promise] = {
    "rising": _("rising"),
    "rising slowly": _("rising slowly"),
    "falling": _("falling"),
    "falling slowly": _("falling slowly"),
}
_SCALE = (-2.0, 2.0)  # where the plan's question has none


def feeling_in_words(level: float | None, trend: float | None, scale: tuple[float, float] | None = None) -> str:
    """How somebody feels and where that is going, such as “mixed, falling”; empty when it is not known.

    *level* lies on the question's *scale*, whose ends are very bad and very good; *trend* is its change in 30 days.
    """
    if level is None:
        return ""
    words = (
        pgettext("feeling", "very bad"),
        pgettext("feeling", "bad"),
        pgettext("feeling", "mixed"),
        pgettext("feeling", "good"),
        pgettext("feeling", "very good"),
    )
    low, high = scale or _SCALE
    share = (level - low) / ((high - low) or 1.0)
    said = words[max(0, min(4, round(share * 4)))]
    way = moves(trend or 0.0)
    if way not in _MOVES:
        return said
    return gettext("%(level)s, %(moves)s") % {"level": said, "moves": _MOVES[way]}
