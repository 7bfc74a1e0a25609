"""How many touches a customer may still get: what was made counts, and so does what the week brings."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from people import People, chosen, club, people

from touchbook.planner.assembly import rooms
from touchbook.planner.guardrails import GUARDRAILS

NOTE = "note: {purpose: inform, channel: email}"
CALL = "call: {purpose: thank, channel: phone}"
WARN = "warn: {purpose: heads-up, channel: email, must: true}"
CEILING = "{rest: 1 day, at_most: {}, contact_ceiling: 4 per 30 days}"


def said(group: People, guardrail: str, touch: str, customer: int = 0) -> str:
    """What a guardrail says, whether or not it is the first in the way."""
    return GUARDRAILS[guardrail].sentence(group.candidates().facts, group.plan.touches[touch], customer)


def room_of(group: People, made: np.ndarray | None = None) -> tuple[list[list[int]], list[list[bool]]]:
    """The room in each family for each customer, and the families of each touch."""
    nothing = np.zeros((group.population.size, len(group.plan.touches)), dtype=bool)
    room, member = rooms(group.plan, group.population, nothing if made is None else made)
    return room.tolist(), member.tolist()


class TestContactCeiling:
    """Days on which anybody reached out, from whatever team."""

    def test_it_keeps_whoever_heard_from_us_often_enough_from_every_touch(self):
        group = people(club(f"{NOTE}\n{CALL}", CEILING), {"_contacts": 3}, {"_contacts": 4}, {"_contacts": 9})
        assert group.allowed("note") == group.allowed("call") == [True, False, False]
        assert group.why_not(1, "note") == (
            "the customer has heard from us on 4 days within 30 days, from whatever team, and the plan allows 4"
        )

    def test_what_is_left_of_it_is_left_for_all_touches_together(self):
        group = people(club(f"{NOTE}\n{CALL}", CEILING), {"_contacts": 3}, {"_contacts": 1})
        room, member = room_of(group)
        assert [row[1] for row in room] == [1, 3]
        assert [row[1] for row in member] == [True, True]
        assert [len(names) for names in chosen(group.decide())] == [1, 2]
        assert said(group, "contact_ceiling", "note") == (
            "with what else is planned this week the customer hears from us as often as the plan allows"
        )

    def test_what_must_be_made_passes_it_and_counts(self):
        group = people(club(f"{WARN}\n{NOTE}\n{CALL}", CEILING), {"_contacts": 4}, {"_contacts": 3}, {"_contacts": 2})
        assert group.allowed("warn") == [True, True, True]
        assert [len(names) for names in chosen(group.decide())] == [1, 1, 2]

    def test_a_plan_without_a_ceiling_does_not_count(self):
        assert people(club(NOTE), {"_contacts": 99}).allowed("note") == [True]

    def test_a_state_without_the_count_has_heard_nothing(self):
        group = people(club(NOTE, CEILING), {})
        state = group.population.state.drop_columns(["_contacts"])
        group = People(
            group.plan, type(group.population)(state, group.population.made, group.population.consent), group.stay
        )
        assert group.allowed("note") == [True]


class TestRest:
    def test_it_leaves_as_many_touches_as_fit_between_and_musts_count(self):
        group = people(club(f"{WARN}\n{NOTE}\n{CALL}", "{rest: 3 days, at_most: {}}"), {}, {})
        assert room_of(group)[0] == [[2], [2]]
        assert room_of(group, np.array([[True, False, False], [False, False, False]]))[0] == [[1], [2]]


class TestAtMost:
    def test_each_limit_leaves_its_own_touches_so_many(self):
        plan = club(f"{NOTE}\n{CALL}", "{rest: 1 day, at_most: {any: 3 per 30 days, phone: 2 per 90 days}}")
        group = people(plan, {"_window_0": 1, "_window_1": 1}, {"_window_0": 7})
        room, member = room_of(group)
        assert [row[1:] for row in room] == [[2, 1], [0, 2]]
        assert [row[1:] for row in member] == [[True, False], [True, True]]

    def test_what_the_week_fills_up_is_said_differently_from_what_was_made(self):
        group = people(club(NOTE, "{rest: 1 day, at_most: {email: 1 per 30 days}}"), {}, {"_window_0": 1})
        assert said(group, "at_most", "note", 0) == (
            "with what else is planned this week the customer has had as many as the plan allows"
        )
        assert said(group, "at_most", "note", 1) == (
            "the customer has had 1 email touch within 30 days, and the plan allows 1"
        )


SAME = (
    "card: {purpose: inform, channel: email, content: news.md, cooldown: 30 days}\n"
    "letter: {purpose: inform, channel: letter, content: news.md, cooldown: 60 days}\n"
    "other: {purpose: inform, channel: email, content: other.md}"
)


class TestVariety:
    """The same content, by another touch."""

    def test_it_waits_for_the_cooldown_of_the_touch_that_would_bring_it_again(self):
        group = people(club(SAME), {}, {}, {}, made=[(0, "card", 29.0), (1, "card", 31.0), (2, "card", 61.0)])
        assert group.allowed("letter") == [False, False, True]
        assert group.allowed("card") == [False, True, True]
        assert group.why_not(0, "letter") == "the same content came 29 days ago, and may come again after 60 days"
        assert group.why_not(0, "card") == "it came 29 days ago, and may come again after 30 days"

    def test_the_week_brings_it_once(self):
        group = people(club(SAME), {})
        room, member = room_of(group)
        assert [row[0] for row in room] == [1]
        assert [row[0] for row in member] == [True, True, False]
        assert [len(row) for row in room] == [2]  # a content that one touch alone has needs no limit
        assert said(group, "variety", "card") == "the same content comes once in a week, and another touch brings it"

    def test_touches_without_content_have_nothing_in_common(self):
        group = people(club(f"{NOTE}\n{CALL}"), {}, made=[(0, "note", 1.0)])
        assert group.allowed("call") == [True]

    def test_an_apology_for_something_new_does_not_wait(self):
        plan = club("sorry: {purpose: apologise, channel: phone, content: sorry.md}\n"
                    "sorry by letter: {purpose: apologise, channel: letter, content: sorry.md}")  # fmt: skip
        wronged = {"open_withdrawals": 1.0, "open_weight": 9.0}
        rows = wronged | {"last_withdrawal_days": 5.0}, wronged | {"last_withdrawal_days": 61.0}
        group = people(plan, *rows, made=[(0, "sorry", 60.0), (1, "sorry", 60.0)])
        assert group.allowed("sorry by letter") == [True, False]


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_a_window_is_never_overfilled_by_a_weeks_plan(in_all, by_phone, contacts, most, most_by_phone, ceiling):
    touches = "\n".join(f"{name}: {{purpose: thank, channel: {channel}}}" for name, channel in
                        (("a", "phone"), ("b", "phone"), ("c", "email"), ("d", "letter")))  # fmt: skip
    limits = f"any: {most} per 30 days, phone: {most_by_phone} per 90 days"
    plan = club(touches, f"{{rest: 1 day, at_most: {{{limits}}}, contact_ceiling: {ceiling} per 30 days}}")
    group = people(plan, {"_window_0": in_all, "_window_1": by_phone, "_contacts": contacts})
    (names,) = chosen(group.decide())
    calls = sum(name in "ab" for name in names)
    free = max(0, min(most - in_all, ceiling - contacts))
    free_calls = min(2, max(0, most_by_phone - by_phone))
    assert len(names) == min(free, free_calls + 2, 4)  # everything is worth something: what fits is made
    assert calls <= free_calls


class TestPutOff:
    def test_in_the_week_in_which_it_is_due_nothing_else_is_planned_but_what_must_be(self):
        group = people(
            club(f"{WARN}\n{NOTE}\n{CALL}"),
            {"_put_off": "call", "_put_off_days": 3},
            {"_put_off": "call", "_put_off_days": 9},
            {},
        )
        assert group.allowed("note") == [False, True, True]
        assert group.allowed("call") == [False, False, True]
        assert group.allowed("warn") == [True, True, True]
        assert group.why_not(0, "note") == "“call” was put off, and is due in 3 days"

    def test_what_must_be_made_and_waits_is_not_planned_twice(self):
        group = people(club(f"{WARN}\n{NOTE}"), {"_put_off": "note\nwarn", "_put_off_days": 2})
        assert group.allowed("warn") == [False]
        assert group.why_not(0, "warn") == "“warn” was put off, and is due in 2 days"
