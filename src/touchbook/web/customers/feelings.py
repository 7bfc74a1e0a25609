"""A feeling and its trend in words."""

from __future__ import annotations

from django.utils.translation import gettext, pgettext

from touchbook.web.customers.filters import FALLS_BY

_FAST = 0.4  # of a step in 30 days


def feeling_in_words(level: float | None, trend: float | None) -> str:
    """How somebody feels and where that is going, such as “mixed, falling”; empty when it is not known."""
    if level is None:
        return ""
    words = (
        pgettext("feeling", "very bad"),
        pgettext("feeling", "bad"),
        pgettext("feeling", "mixed"),
        pgettext("feeling", "good"),
        pgettext("feeling", "very good"),
    )
    said = words[min(4, max(0, round(level) + 2))]
    if trend is None or abs(trend) < FALLS_BY:
        return said
    if trend < 0:
        way = gettext("%(feeling)s, falling fast") if trend <= -_FAST else gettext("%(feeling)s, falling")
    else:
        way = gettext("%(feeling)s, rising fast") if trend >= _FAST else gettext("%(feeling)s, rising")
    return way % {"feeling": said}
