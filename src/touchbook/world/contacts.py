"""What a contact does to a person: whether it is noticed, helps, irritates, sells, or gets an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from touchbook.world import truth
from touchbook.world.crowd import NONE, Hearts, Ints, Mask, Traits
from touchbook.world.luck import Floats
from touchbook.world.people import BARRIERS, NEEDS

Draw = Callable[[str], Floats]
"""The luck of a week: a number in [0, 1) for every person, by purpose."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A kind of contact that a club can make: why, by which way, what it helps with and asks, what it sells for."""

    name: str
    purpose: str
    channel: str
    helps: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    revenue: float = 0.0


@dataclass(frozen=True, slots=True)
class Landed:
    """How a contact was taken, per person contacted."""

    noticed: Mask
    answered: Mask
    accepted: Mask  # an apology
    bought: Mask
    complained: Mask
    opted_out: Mask  # of the channel


def land(contact: Contact, places: Ints, day: float, hearts: Hearts, traits: Traits, draw: Draw) -> Landed:
    """Let one kind of contact reach the people at *places* (each at most once) on *day*; their hearts change."""
    channel = contact.channel
    chance = expit(logit(truth.NOTICED_SHARE[channel]) + traits.opens[places])
    noticed = draw(f"notices {channel}")[places] < chance
    over = _burden(channel, places, day, noticed, hearts, traits)
    hearts.warmth[places] -= truth.IRRITATION * over * noticed
    complained = draw(f"complains of {channel}")[places] < truth.COMPLAINS_OF_CONTACT_SHARE * over
    opts_out = truth.OPTS_OUT_ANYWAY_SHARE.get(channel, 0.0) + truth.OPTS_OUT_SHARE.get(channel, 0.0) * over
    opted_out = noticed & (draw(f"opts out of {channel}")[places] < opts_out)
    nobody = np.zeros(len(places), dtype=np.bool_)
    answered = accepted = bought = nobody
    heard = places[noticed]
    attention = traits.receptive[heard]
    match contact.purpose:
        case "inform":
            hearts.warmth[heard] += truth.INFORMED * attention
        case "ask":
            hearts.warmth[heard] += truth.ASKED * attention
        case "help":
            _help(contact, heard, hearts, draw)
        case "heads-up":
            hearts.warmth[heard] += truth.BAD_NEWS
            hearts.warned_day[heard] = day
        case "thank" | "celebrate":
            hollow = hearts.grudge[heard] > truth.GRUDGE_FELT
            hearts.warmth[heard] += np.where(hollow, truth.THANKED_WITH_A_GRUDGE, truth.THANKED * attention)
        case "invite":
            came = draw("comes along")[heard] < truth.INVITED_COMES_SHARE
            hearts.warmth[heard] += truth.INVITED_CAME * came
        case "apologise":
            accepted = noticed & (draw(f"accepts by {channel}")[places] < truth.APOLOGY_ACCEPTED_SHARE[channel])
            _apologise(channel, heard, day, hearts)
        case "sell":
            bought, angry = _sell(places, noticed, day, hearts, traits, draw)
            complained = complained | angry
    if contact.asks:
        answered = noticed & (draw(f"answers by {channel}")[places] < _answers(channel, places, hearts))
        hearts.warmth[places[answered]] += truth.LISTENED_TO
    return Landed(noticed, answered, accepted, bought, complained, opted_out)


def _burden(channel: str, places: Ints, day: float, noticed: Mask, hearts: Hearts, traits: Traits) -> Floats:
    """Add to what people bear; return by how much it is too much, levelling off."""
    too_soon = day - hearts.contact_day[places] < 7
    added = truth.BURDEN[channel] * np.where(noticed, 1.0, truth.BURDEN_UNNOTICED)
    hearts.burden[places] += added * np.where(too_soon, truth.BURDEN_TOO_SOON, 1.0)
    hearts.contact_day[places] = day
    return np.clip(hearts.burden[places] / traits.tolerance[places] - 1, 0, truth.IRRITATION_LEVELS_OFF)


def _answers(channel: str, places: Ints, hearts: Hearts) -> Floats:
    """The chance that a noticed question is answered: the happy answer more readily."""
    return np.clip(truth.ANSWERS_SHARE[channel] * (0.9 + 0.15 * hearts.feeling[places]), 0, 1)


def _help(contact: Contact, heard: Ints, hearts: Hearts, draw: Draw) -> None:
    """Help removes what it fits, for some; what it does not fit, it does not touch."""
    by_text = contact.channel not in ("phone", "visit")
    fits = np.zeros(len(heard), dtype=np.bool_)
    for of, names in ((hearts.barrier, BARRIERS), (hearts.need, NEEDS)):
        share = np.array([truth.CURED_SHARE[name] if name in contact.helps else 0.0 for name in names] + [0.0])
        chance = share[of[heard]]  # NONE, the last, is helped by nothing
        fits |= chance > 0
        cured = draw("is helped")[heard] < chance * (truth.CURED_BY_TEXT if by_text else 1.0)
        of[heard[cured]] = NONE
    hearts.warmth[heard] += np.where(fits, truth.HELP_FITS, truth.HELP_MISSES)


def _apologise(channel: str, heard: Ints, day: float, hearts: Hearts) -> None:
    """An apology lifts part of a grudge: less when it is late, or not the first wrong; never more than there is."""
    age = np.maximum(day - hearts.wrong_day[heard], 0.0)
    prompt = np.maximum(2.0 ** (-age / truth.APOLOGY_HALF_LIFE_DAYS), truth.APOLOGY_LATE)
    again = hearts.wrong_day[heard] - hearts.wrong_before[heard] < truth.SECOND_WRONG_DAYS
    lifted = truth.APOLOGY[channel] * prompt * np.where(again, truth.SECOND_WRONG, 1.0)
    hearts.grudge[heard] *= 1 - lifted


def _sell(places: Ints, noticed: Mask, day: float, hearts: Hearts, traits: Traits, draw: Draw) -> tuple[Mask, Mask]:
    """Who buys, and who complains of being sold to; the offer costs goodwill with all who did not want it."""
    sore = (hearts.grudge[places] > truth.GRUDGE_FELT) | traits.hardship[places]
    odds = (
        truth.BUYS_BASE
        + truth.BUYS_PER_FEELING * hearts.feeling[places]
        + traits.keen[places]
        + truth.BUYS_IN_HARDSHIP * traits.hardship[places]
        + truth.BUYS_WITH_A_GRUDGE * (hearts.grudge[places] > truth.GRUDGE_FELT)
        + truth.BUYS_AGAIN * (day - hearts.bought_day[places] < 365)
    )
    bought = noticed & (draw("buys")[places] < expit(odds))
    hearts.bought_day[places[bought]] = day
    unwanted = noticed & ~bought
    hearts.warmth[places] -= truth.UNWANTED_OFFER * np.where(sore, 3.0, 1.0) * unwanted
    share = np.where(sore, truth.COMPLAINS_OF_OFFER_WITH_A_GRUDGE_SHARE, truth.COMPLAINS_OF_OFFER_SHARE)
    return bought, unwanted & (draw("complains of an offer")[places] < share)
