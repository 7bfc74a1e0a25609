"""A new guardrail is one new file: whatever it registers holds in the week's plan, and can be explained."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from people import club, people

from touchbook.planner import candidates
from touchbook.planner.assembly import held_out, planned, rooms, shared_capacities
from touchbook.planner.guardrails import GUARDRAILS, Family, Guardrail, Share
from touchbook.planner.guardrails.registry import register

TWO = "call: {purpose: thank, channel: phone}\nnote: {purpose: inform, channel: email}"


@pytest.fixture
def vans(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A guardrail that speaks in every way: no call to the second, one touch a week, two vans, one of them kept."""
    register(
        Guardrail(
            name="vans",
            sentence=lambda facts, touch, customer: f"“{touch.name}” needs a van",
            bar=lambda facts, touch: np.arange(facts.population.size) == 1 if touch.channel == "phone" else None,
            families=lambda plan, population: [Family(np.array([True, True]), np.ones(population.size))],
            shares=lambda plan: [Share("vans", np.array([1.0, 1.0]), 2.0, "vans", "one more van")],
            reserve=lambda plan: 0.5,
            draw=lambda plan, population, chosen: chosen & (np.arange(population.size) == 0)[:, None],
        )
    )
    monkeypatch.setattr(candidates, "NAMES", tuple(GUARDRAILS))
    yield
    del GUARDRAILS["vans"]


def test_what_a_file_registers_holds_everywhere(vans: None):
    plan = club(TWO)
    group = people(plan, {}, {}, {})
    assert group.allowed("call") == [True, False, True]
    assert group.why_not(1, "call") == "“call” needs a van"
    shared = shared_capacities(plan)
    assert (shared.names, shared.available.tolist()) == (("vans",), [2])
    assert planned(plan, shared.available).tolist() == [1]
    room, _ = rooms(plan, group.population, np.zeros((3, 2), dtype=bool))
    assert room.min(axis=1).tolist() == [1, 1, 1]
    assert held_out(plan, group.population, np.ones((3, 2), dtype=bool)).tolist() == [
        [True] * 2,
        [False] * 2,
        [False] * 2,
    ]
    assert group.decide().chosen.sum() == 1  # half of the two vans are kept


def test_it_is_gone_with_its_file():
    assert "vans" not in GUARDRAILS
    assert people(club(TWO), {}, {}).allowed("call") == [True, True]
