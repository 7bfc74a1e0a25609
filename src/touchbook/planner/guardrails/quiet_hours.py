"""Quiet hours: nobody is called, visited or texted when it is quiet where they are.

People make touches in working hours, which are the organisation's; quiet hours are the customer's own. E-mails,
letters and webhooks are sent by a program, which waits until the quiet hours are over, so they always fit.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from touchbook.insight.columns import words
from touchbook.kernel.language import say
from touchbook.plan.model import AT_ONCE, Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.hours import hours_phrase, open_hours, zone_for
from touchbook.planner.population import Mask
from touchbook.planner.schedule import working_days


def _sentence(facts: Facts, _touch: Touch, customer: int) -> str:
    plan = facts.plan
    where = zone_for(plan, words(facts.population.state, "timezone")[customer])
    working, quiet = ("–".join(hours or ()) for hours in (plan.guardrails.working_hours, plan.guardrails.quiet_hours))
    return say(
        "all of our working hours (%(working)s) are quiet hours where the customer is (%(quiet)s in %(where)s)",
        working=working, quiet=quiet, where=where,
    )  # fmt: skip


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """With whom some day of the week leaves no minute, for what people make: it may fall due on any of its days."""
    plan, population = facts.plan, facts.population
    if plan.guardrails.quiet_hours is None or touch.channel not in AT_ONCE:
        return None
    if population.starts_on is None:
        raise ValueError("quiet hours are judged on the days of a week; give the population the day it starts on")
    of, zones = population.distinct("timezone")
    days = working_days(population.starts_on)
    closed = [not all(open_hours(plan, zone, day) for day in days) for zone in (*zones, "")]
    return np.array(closed, dtype=np.bool_)[of]  # the last, at −1, is for those whose time zone is not known


def when_to_reach(plan: Plan, touch: Touch, zone: str, day: date) -> str:
    """The hours of a day that are left for a touch to a customer in a time zone; empty where all working hours are."""
    guardrails = plan.guardrails
    if guardrails.quiet_hours is None or touch.channel not in AT_ONCE:
        return ""
    phrase = hours_phrase(plan, zone, day)
    if phrase.split(",")[0] == "–".join(guardrails.working_hours):
        return ""
    return say("Reach them %(hours)s.", hours=phrase)


register(Guardrail(name="quiet_hours", sentence=_sentence, bar=_bar, lasting=True))
