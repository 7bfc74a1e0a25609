"""Whether people stay, what they say when asked, and whom word of mouth brings: all from what is true of them."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, ndtri

from touchbook.world import truth
from touchbook.world.contacts import Draw
from touchbook.world.crowd import NONE, Hearts, Ints, Mask, Traits
from touchbook.world.luck import Floats
from touchbook.world.people import BARRIERS, NEEDS, NOTHING

_BARRIER_WEIGHS = np.array([truth.BARRIER_WEIGHS[name] for name in BARRIERS] + [0.0])  # NONE, the last, weighs nothing


def stay_probability(feeling: Floats, barrier: Ints, renewals: Ints, traits: Traits) -> Floats:
    """The chance that each person renews, who has done so *renewals* times before."""
    first = np.select(
        [renewals == 0, renewals == 1], [truth.STAY_FIRST_RENEWAL, truth.STAY_SECOND_RENEWAL], default=0.0
    )
    return np.asarray(
        expit(
            truth.STAY_BASE
            + truth.STAY_PER_FEELING * feeling
            + truth.STAY_PER_ATTENDANCE * (traits.attendance - 0.65)
            + truth.STAY_HARDSHIP * traits.hardship
            + first
            + traits.hidden
            - _BARRIER_WEIGHS[barrier]
        )
    )


def replies(questions: tuple[str, ...], place: int, expects: float, hearts: Hearts, draw: Draw) -> dict[str, str]:
    """What one person answers: the truth, with a day's noise, and not always all of it.

    *expects* is the true chance that they stay.
    """
    said = {}
    if "feeling" in questions:
        noise = truth.ANSWER_NOISE_SD * ndtri(np.clip(draw("says feeling")[place], 1e-6, 1 - 1e-6))
        said["feeling"] = str(int(np.clip(np.rint(hearts.feeling[place] + noise), -2, 2)))
    if "intent" in questions:
        noise = 2 * truth.ANSWER_NOISE_SD * ndtri(np.clip(draw("says intent")[place], 1e-6, 1 - 1e-6))
        said["intent"] = str(int(np.clip(np.rint(10 * expects + noise), 0, 10)))
    if "barrier" in questions:
        said["barrier"] = _said(
            BARRIERS, int(hearts.barrier[place]), draw("says barrier")[place], truth.SAYS_BARRIER_SHARE
        )
    if "need" in questions:
        said["need"] = _said(NEEDS, int(hearts.need[place]), draw("says need")[place], truth.SAYS_NEED_SHARE)
    return said


def _said(names: tuple[str, ...], which: int, luck: float, share: float) -> str:
    return NOTHING if which == NONE or luck >= share else names[which]


def joins(hearts: Hearts, traits: Traits, present: Mask, left: Mask, outside: Mask, draw: Draw) -> tuple[Ints, Ints]:
    """Who joins this week, by what their acquaintances feel, and who of these brought them (−1: nobody says)."""
    feeling = np.where(left, truth.OF_ONE_WHO_LEFT, np.where(present, hearts.feeling, 0.0))
    heard = np.where(feeling > 0, truth.JOINS_PER_GOOD_FEELING, truth.JOINS_PER_BAD_FEELING) * feeling
    chance = truth.JOINS * np.exp(heard[traits.acquaintances].mean(axis=1))
    places = np.flatnonzero(outside & (draw("joins") < chance))
    known = traits.acquaintances[places]
    best = known[np.arange(len(places)), np.where(present[known], feeling[known], -9.0).argmax(axis=1)]
    brought = (feeling[best] > truth.REFERRER_FEELING) & present[best]
    named = draw("names who brought them")[places] < truth.REFERRER_NAMED_SHARE
    return places, np.where(brought & named, best, -1)
