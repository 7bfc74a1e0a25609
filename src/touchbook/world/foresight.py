"""What only an oracle knows: the money that a contact would truly bring with each person at their next renewal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from touchbook.world import truth
from touchbook.world.contacts import Contact, Draw, land
from touchbook.world.crowd import NONE, Hearts, Mask
from touchbook.world.life import Life
from touchbook.world.luck import Floats, Luck
from touchbook.world.renewals import stay_probability

IMAGINED_SEED = 0x6F7261636C65


def true_gains(life: Life, contacts: Sequence[Contact], imagined: int, ahead_days: float) -> Floats:
    """The money that each kind of contact is expected to bring with each person (N × T), by the truth itself.

    Every contact is imagined *imagined* times (a power of two) for everybody, by the very rules that make it happen,
    and carried to the next renewal as feelings fade: the change in the chance to stay times what the renewals still to
    come within *ahead_days* bring, and what an offer sells. What is left out: word of mouth, people who opt out, and
    that contacts of later weeks may change the same thing.
    """
    present = np.flatnonzero(life.present)
    day = 7.0 * life.weeks_lived
    imagine = _Imagination(life, imagined)
    before = _stays(life, life.hearts)
    stake = _stake(life, before, ahead_days)
    gains = np.zeros((len(life.people), len(contacts)))
    for column, contact in enumerate(contacts):
        for trial in range(imagined):
            hearts = life.hearts.copy()
            landed = land(contact, present, day, hearts, life.traits, imagine.draw(trial))
            gain = (_stays(life, hearts) - before)[present] * stake[present] + contact.revenue * landed.bought
            gains[present, column] += gain / imagined
    return gains


def bearable(life: Life, contacts: Sequence[Contact]) -> Mask:
    """Whom each kind of contact would not be too much for (N × T)."""
    added = np.array([truth.BURDEN[contact.channel] for contact in contacts])
    return np.asarray(life.hearts.burden[:, None] + added <= life.traits.tolerance[:, None])


class _Imagination:
    """Luck that is never the luck that comes, spread evenly: over all trials, each event happens as often as it should.

    A lattice: trial k adds k · stride / trials to a person's number, with a stride of its own for each purpose.
    """

    def __init__(self, life: Life, trials: int) -> None:
        self._luck = Luck(life.luck.seed ^ IMAGINED_SEED, len(life.people))
        self._week, self._trials = life.weeks_lived, trials
        self._first: dict[str, tuple[Floats, int]] = {}

    def draw(self, trial: int) -> Draw:
        """The luck of one trial."""

        def number(purpose: str) -> Floats:
            if purpose not in self._first:
                stride = 1 + 2 * int(self._luck.one(-1, purpose) * self._trials / 2)
                self._first[purpose] = self._luck.uniform(self._week, purpose), stride
            first, stride = self._first[purpose]
            return np.asarray((first + trial * stride / self._trials) % 1.0)

        return number


def _stays(life: Life, hearts: Hearts) -> Floats:
    """The chance to stay at the next renewal, if nothing else happens until then."""
    today = 7.0 * life.weeks_lived
    wait = np.maximum(life.renewal_day - today, 0.0)
    billed = (wait > truth.BILL_DAYS_BEFORE) & life.present
    warned = life.renewal_day - truth.BILL_DAYS_BEFORE - hearts.warned_day <= truth.WARNING_LASTS_DAYS
    shock = billed * np.where(warned, truth.BILL_SHOCK_WARNED, truth.BILL_SHOCK)
    since_bill = 2.0 ** (-truth.BILL_DAYS_BEFORE / truth.WARMTH_HALF_LIFE_DAYS)
    feeling = (
        hearts.mood
        + hearts.warmth * 2.0 ** (-wait / truth.WARMTH_HALF_LIFE_DAYS)
        - hearts.grudge * 2.0 ** (-wait / truth.GRUDGE_HALF_LIFE_DAYS)
        - truth.UNMET_NEED * (hearts.need != NONE)
        - shock * since_bill
    )
    feeling = np.clip(feeling, -2, 2)
    free = np.full(len(feeling), NONE)
    lasts = (1 - truth.BARRIER_GOES) ** (wait / 7)
    with_barrier = stay_probability(feeling, hearts.barrier, life.renewals, life.traits)
    without = stay_probability(feeling, free, life.renewals, life.traits)
    return np.asarray(lasts * with_barrier + (1 - lasts) * without)


def _stake(life: Life, stays: Floats, ahead_days: float) -> Floats:
    """What a renewal brings now and, if it is followed by others within the time that counts, then."""
    left = ahead_days - (life.renewal_day - 7.0 * life.weeks_lived)
    renewals = np.where(left < 0, 0, 1 + np.maximum(left, 0) // 365)
    # Who stays once stays again about as likely; the sum of a short geometric series.
    worth = sum((renewals > count) * stays**count for count in range(int(renewals.max(initial=0))))
    return np.asarray(life.traits.annual_value * worth)
