"""Luck is keyed: by seed, week, purpose and person, and by nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from touchbook.world.luck import Luck


def test_the_same_event_has_the_same_luck_and_every_other_event_another() -> None:
    luck = Luck(seed=5, people=400)
    mine = luck.uniform(3, "renews")
    assert (mine == Luck(5, 400).uniform(3, "renews")).all()
    others = luck.uniform(4, "renews"), luck.uniform(3, "answers"), Luck(6, 400).uniform(3, "renews")
    for other in others:
        assert abs(np.corrcoef(mine, other)[0, 1]) < 0.2
        assert not np.isin(mine, other).any()


def test_a_person_keeps_their_luck_when_more_people_come() -> None:
    assert (Luck(5, 400).uniform(3, "renews")[:100] == Luck(5, 100).uniform(3, "renews")).all()


def test_luck_is_even() -> None:
    numbers = np.concatenate([Luck(1, 1000).uniform(week, "x") for week in range(-1, 50)])
    assert 0 <= numbers.min() <= numbers.max() < 1
    assert numbers.mean() == pytest.approx(0.5, abs=0.01)
    assert Luck(1, 50_000).normal(0, "x").std() == pytest.approx(1, abs=0.02)
