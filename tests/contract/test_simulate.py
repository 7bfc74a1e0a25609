"""Every policy in a tiny world: what none of them can break, what they share, and what comes out."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from touchbook.cli.main import app
from touchbook.kernel.errors import Refused
from touchbook.plan.loader import read_plan
from touchbook.plan.model import EACH_OWNER, OWNER, Plan, Purpose
from touchbook.planner.decide import Decision, decide
from touchbook.workflows.simulate.book import Book
from touchbook.workflows.simulate.contacts import contacts_of
from touchbook.workflows.simulate.policies import NOTHING, POLICIES, planned
from touchbook.workflows.simulate.policies.health_score import HealthScore, health
from touchbook.workflows.simulate.policies.policy import Wish, column_of
from touchbook.workflows.simulate.referee import scaled
from touchbook.workflows.simulate.run import FIRST_DAY, Played, simulate
from touchbook.workflows.simulate.summary import paired_error, summarise, table
from touchbook.workflows.start_plan import starter
from touchbook.world.club import make_club
from touchbook.world.life import Life, Week

MEMBERS, WEEKS, SEED = 60, 6, 1


@pytest.fixture(scope="module")
def weeks() -> dict[Book, list[tuple[Week, dict[str, np.ndarray]]]]:
    """What was made, by the books of each life: the weeks, with who could be reached as they began."""
    return defaultdict(list)


@pytest.fixture(scope="module")
def played(weeks: dict) -> list[Played]:
    """All policies, with every week that they made looked at as it happens."""
    with pytest.MonkeyPatch.context() as patched:
        note = Book.note

        def noted(book: Book, week: Week) -> None:
            weeks[book].append((week, {name: mask.copy() for name, mask in book.reachable.items()}))
            note(book, week)

        patched.setattr(Book, "note", noted)
        return simulate(MEMBERS, WEEKS, [SEED])


@pytest.fixture(scope="module")
def plan() -> Plan:
    return scaled(read_plan(starter("club")["plan.yaml"]), MEMBERS)


def pairs(wish: Wish) -> set[tuple[int, int]]:
    """Member and touch of all that is wanted."""
    return set(zip(wish.places.tolist(), wish.columns.tolist(), strict=True))


def test_every_policy_was_played_in_the_same_world(played: list[Played]) -> None:
    assert [one.policy for one in played] == list(POLICIES)
    assert len({one.members_at_start for one in played}) == 1
    assert played[0].touches == 0
    assert all(one.touches > 0 for one in played[1:])


def test_no_policy_goes_beyond_hours_messages_and_money(played: list[Played], weeks: dict, plan: Plan) -> None:
    used = set()
    owner_minutes_max = plan.capacity[EACH_OWNER].amount if EACH_OWNER in plan.capacity else np.inf
    for book, life in weeks.items():
        owners = [one.owner for one in book._life.people]
        assert len(life) == WEEKS
        for week, _ in life:
            minutes = Counter()
            for one in week.made:
                touch = plan.touches[one.contact.name]
                for place in one.places if touch.team == OWNER else ():
                    minutes[owners[place]] += touch.minutes
            assert not minutes[""]
            assert max(minutes.values(), default=0) <= owner_minutes_max
            made = [(plan.touches[one.contact.name], len(one.places)) for one in week.made]
            for capacity in plan.capacity.values():
                amount = sum(
                    count
                    * (
                        touch.minutes * (touch.team == capacity.name)
                        if capacity.kind == "minutes"
                        else touch.cost
                        if capacity.kind == "money"
                        else touch.channel == capacity.name
                    )
                    for touch, count in made
                )
                assert amount <= capacity.amount * 7 / capacity.days + 1e-6
                used |= {capacity.name} if amount else set()
    assert used >= {"member services", "email", "budget"}


def test_nobody_is_reached_by_what_they_refused(played: list[Played], weeks: dict) -> None:
    checked = 0
    for life in weeks.values():
        for week, reachable in life:
            for made in week.made:
                allowed = reachable.get(made.contact.channel)
                if allowed is not None:
                    assert allowed[made.places].all()
                    checked += len(made.places)
    assert checked > 100
    refused = next(iter(weeks.values()))[0][1]["email"]
    assert not refused.all()


def test_the_share_of_sales_binds_those_who_follow_the_plan(played: list[Played]) -> None:
    share = {one.policy: one.offers / one.touches for one in played if one.touches}
    assert share["touchbook"] <= 0.10
    assert share["greedy by value"] <= 0.10
    assert share["e-mail everybody"] > 0.10


def test_the_same_seed_gives_the_same_numbers(played: list[Played]) -> None:
    for again in simulate(MEMBERS, WEEKS, [SEED], ["e-mail everybody", "oracle"]):
        before = next(one for one in played if one.policy == again.policy)
        for field in fields(Played):
            assert np.array_equal(getattr(again, field.name), getattr(before, field.name)), field.name


def test_summaries_are_beside_doing_nothing_and_the_table_has_a_line_for_each(played: list[Played]) -> None:
    summaries = summarise(played)
    nothing = summaries[0]
    assert nothing.policy == NOTHING
    assert (nothing.more, nothing.more_error, nothing.more_an_hour) == (0.0, 0.0, None)
    for one in summaries:
        assert one.more == pytest.approx(one.retained - nothing.retained)
        assert one.worlds == 1
    assert len(table(summaries)) == len(POLICIES) + 2
    alone = summarise(played[1:2])[0]
    assert alone.more is None


def test_an_interval_over_worlds_is_students_and_over_people_in_one_world_is_normal() -> None:
    worlds = [np.array([1.0, 2.0]), np.array([4.0, 3.0]), np.array([2.0, 3.0])]  # totals 3, 7, 5: s.d. 2
    assert paired_error(worlds) == pytest.approx(4.303 * 2 / 3**0.5, abs=0.001)
    people = np.array([0.0, 0.0, 0.0, 100.0])  # s.d. 50
    assert paired_error([people]) == pytest.approx(1.96 * 50 * 2)


def test_the_books_hold_what_the_club_could_see_and_not_the_truth(plan: Plan) -> None:
    club = make_club(MEMBERS, FIRST_DAY, SEED)
    life = Life(club, SEED)
    call = next(one for one in contacts_of(plan) if one.name == "welcome call")
    with Book(plan, club, life) as book:
        before = book.read(life.monday)
        assert sorted(before.places) == list(range(MEMBERS))
        week = life.live_week([(call, np.flatnonzero(life.present))])
        book.note(week)
        after = book.read(life.monday)
    state = after.population.state
    said = {reply.place: reply.said["feeling"] for reply in week.replies}
    fresh = np.array(state.column("feeling_age_days").to_pylist(), dtype=float) < 7
    assert {int(place) for place in after.places[fresh]} == set(said)
    assert state.num_rows == MEMBERS + len(week.joined)
    reached = np.array(state.column("touches_30").to_pylist()) > 0
    assert {int(place) for place in after.places[reached]} == set(week.made[0].places.tolist())
    assert not {"mood", "warmth", "grudge", "tolerance"} & set(state.column_names)


def test_an_accepted_apology_closes_the_wrong_in_the_books(plan: Plan) -> None:
    club = make_club(300, FIRST_DAY, SEED)
    life = Life(club, SEED)
    call = next(one for one in contacts_of(plan) if one.name == "apology call")
    with Book(plan, club, life) as book:
        seen = book.read(life.monday)
        wronged = seen.places[np.array(seen.population.state.column("open_withdrawals").to_pylist()) > 0]
        week = life.live_week([(call, np.sort(wronged))])
        book.note(week)
        accepted = set(week.made[0].places[week.made[0].landed.accepted].tolist())
        again = {moment.place for moment in week.moments} | {moment.witness for moment in week.moments}
        after = book.read(life.monday)
    still = set(after.places[np.array(after.population.state.column("open_withdrawals").to_pylist()) > 0].tolist())
    assert len(accepted) > 10
    assert not (accepted - again) & still
    assert (set(wronged.tolist()) - accepted) - again <= still


def test_a_health_score_runs_from_low_to_high(plan: Plan) -> None:
    club = make_club(300, FIRST_DAY, SEED)
    with Book(plan, club, Life(club, SEED)) as book:
        state = book.read(FIRST_DAY).population.state
    score = health(state, plan.ledger.engaged_at)
    assert score.min() >= 0
    assert score.max() <= 100
    balance = np.array(state.column("balance").to_pylist())
    assert np.corrcoef(score, balance)[0, 1] > 0.4


def test_a_play_that_could_not_be_run_is_wanted_again_and_one_that_was_run_is_not(plan: Plan) -> None:
    club = make_club(MEMBERS, FIRST_DAY, SEED)
    life = Life(club, SEED)
    with Book(plan, club, life) as book:
        playbook = HealthScore(plan, book)
        first = playbook.wish(life.monday)
        assert pairs(playbook.wish(life.monday)) == pairs(first)  # nobody let it through
        made = first.columns == first.columns[0]
        week = life.live_week([(contacts_of(plan)[first.columns[0]], np.sort(first.places[made]))])
        book.note(week)
        second = pairs(playbook.wish(life.monday))
    run = {(place, first.columns[0]) for place in first.places[made].tolist()}
    assert run
    assert not second & run
    assert second & (pairs(first) - run)


def test_a_week_is_planned_from_the_last_ones_prices_of_capacities_and_of_owners(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, found = [], []

    def heard(*arguments: object) -> Decision:
        told.append(arguments[-1])
        found.append(decide(*arguments))
        return found[-1]

    monkeypatch.setattr(planned, "decide", heard)
    club = make_club(MEMBERS, FIRST_DAY, SEED)
    with Book(plan, club, Life(club, SEED)) as book:
        policy = planned.Planned(plan, book)
        policy.wish(FIRST_DAY)
        policy.wish(FIRST_DAY)
    assert found[0].owner_prices
    assert told == [None, {**found[0].prices, **found[0].owner_prices}]


def test_a_policy_that_needs_a_touch_which_the_plan_lacks_says_so(plan: Plan) -> None:
    with pytest.raises(Refused, match="no touch to sell by visit"):
        column_of(plan, Purpose.SELL, "visit")


def test_an_unknown_policy_is_refused_with_what_was_meant() -> None:
    with pytest.raises(Refused, match="did you mean 'touchbook'"):
        simulate(MEMBERS, 1, [SEED], ["touchbok"])


def test_the_command_prints_the_table_and_writes_the_numbers(tmp_path: Path) -> None:
    file = tmp_path / "numbers.json"
    arguments = ["simulate", "--members", "40", "--seasons", "1", "--seeds", "2", "--policies", "nothing", "--json"]
    done = CliRunner().invoke(app, [*arguments, str(file)])
    assert done.exit_code == 0, done.output
    assert "40 members, 1 season, 2 worlds" in done.output
    written = json.loads(file.read_text())
    assert written["settings"] == {"members": 40, "seasons": 1, "capacity": 100.0, "seeds": [1, 2]}
    assert [one["policy"] for one in written["summary"]] == ["nothing"]
    assert written["summary"][0]["retained"] == pytest.approx(np.mean([one["renewed"] for one in written["played"]]))
