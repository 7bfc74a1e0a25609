"""A simulated club: the same for the same seed, plausible for any, and true to the starter plan."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import numpy as np
import pytest

from touchbook.plan.loader import read_plan
from touchbook.plan.model import Plan
from touchbook.workflows.start_plan import starter
from touchbook.world.club import Club, make_club
from touchbook.world.files import KINDS, files_of
from touchbook.world.habits import OCCASIONS
from touchbook.world.people import BARRIERS, NEEDS, NOTHING
from touchbook.world.season import SPAN_DAYS, ZONE, last_renewal, match_days

WINTER, SUMMER = date(2026, 1, 15), date(2026, 7, 10)


@pytest.fixture(scope="module", params=[(WINTER, 1), (SUMMER, 2)], ids=["winter", "summer"])
def club(request: pytest.FixtureRequest) -> Club:
    until, seed = request.param
    return make_club(2000, until, seed)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(starter("club")["plan.yaml"])


def test_the_same_seed_makes_the_same_club_and_another_seed_another() -> None:
    first, again, other = (make_club(120, WINTER, seed) for seed in (7, 7, 8))
    assert first == again
    assert files_of(first) == files_of(again)
    assert first.members != other.members
    assert first.moments != other.moments


@pytest.mark.parametrize("members", [1, 2, 10])
def test_a_club_may_be_tiny(members: int) -> None:
    assert len(make_club(members, SUMMER, 3).members) == members


def test_what_is_lived_is_in_the_starter_plan_with_the_impact_that_the_plan_gives_it(plan: Plan) -> None:
    assert {occasion.touchpoint for occasion in OCCASIONS} <= set(plan.touchpoints)
    for occasion in OCCASIONS:
        touchpoint = plan.touchpoints[occasion.touchpoint]
        assert dict(occasion.deposits).items() <= dict(touchpoint.deposits).items()
        assert dict(occasion.withdrawals).items() <= dict(touchpoint.withdrawals).items()
        assert occasion.department == touchpoint.department
        assert occasion.amends in occasion.deposits


def test_what_members_answer_is_what_the_starter_plan_asks(club: Club, plan: Plan) -> None:
    assert {*BARRIERS, NOTHING} == set(plan.questions["barrier"].choices)
    assert {*NEEDS, NOTHING} == set(plan.questions["need"].choices)
    assert {answer.question for answer in club.answers} == set(plan.questions)
    for answer in club.answers:
        question = plan.questions[answer.question]
        if question.scale:
            assert question.scale[0] <= float(answer.value) <= question.scale[1]
        else:
            assert answer.value in question.choices


def test_standings_are_plausible(club: Club, plan: Plan) -> None:
    balances, still_open = _books(club, plan)
    referrers = {outcome.referrer for outcome in club.outcomes if outcome.referrer}
    standings = Counter(
        "overdrawn"
        if balances[member.number] < 0
        else "neutral"
        if balances[member.number] < plan.ledger.engaged_at
        else "advocate"
        if member.number in referrers
        else "engaged"
        for member in club.members
    )
    shares = {standing: count / len(club.members) for standing, count in standings.items()}
    assert 0.45 < shares["neutral"] < 0.80
    assert 0.15 < shares["engaged"] < 0.45
    assert 0.03 < shares["overdrawn"] < 0.12
    assert 0.003 < shares["advocate"] < 0.05
    assert 0.12 < len(still_open) / len(club.members) < 0.22


def test_members_and_what_they_did_are_plausible(club: Club) -> None:
    members, outcomes = club.members, Counter(outcome.outcome for outcome in club.outcomes)
    assert len({member.name for member in members}) == len({member.email for member in members}) == len(members)
    assert 0.10 < np.mean([(club.until - member.since).days < 365 for member in members]) < 0.24
    assert 0.02 < np.mean([member.account_kind == "company" for member in members]) < 0.09
    assert 0.03 < np.mean([member.hardship for member in members]) < 0.09
    assert np.mean([member.timezone == "Europe/London" for member in members]) > 0.9
    assert 0.5 < _share_answered(club) < 0.9
    assert 0.01 < outcomes["left"] / len(members) < 0.08
    assert 0.5 < outcomes["renewed"] / len(members) < 0.95
    assert 0.02 < outcomes["referred"] / len(members) < 0.1


def test_the_large_accounts_have_an_owner_each_and_the_others_none(club: Club) -> None:
    services = {one.code for one in club.staff if one.department == "member services"}
    owned = [member for member in club.members if member.owner]
    assert {member.owner for member in owned} == services
    assert 0.05 < len(owned) / len(club.members) < 0.2
    assert all(member.owner for member in club.members if member.account_kind == "company")
    assert min(member.seats for member in owned if member.account_kind == "person") >= 5
    loads = Counter(member.owner for member in owned).values()
    assert max(loads) - min(loads) <= 1
    rows = csv.DictReader(io.StringIO(files_of(club)["customers.csv"]))
    names = {one.code: one.name for one in club.staff}
    assert [row["looked after by"] for row in rows] == [names.get(member.owner, "") for member in club.members]


def test_feelings_follow_what_happened(club: Club) -> None:
    last = {moment.member: moment for moment in club.moments}
    moods = {member.number: member.truth.mood for member in club.members}
    lifted = {number: feeling - moods[number] for number, feeling in club.feelings.items()}
    hurt = [lifted[number] for number, moment in last.items() if moment.felt < 0]
    pleased = [lifted[number] for number, moment in last.items() if moment.felt > 0]
    silent = [lifted[number] for number in lifted if number not in last]
    assert np.mean(hurt) < np.mean(pleased) - 0.2
    assert set(silent) == {0.0}


def test_what_was_made_good_went_wrong_before(club: Club) -> None:
    by_id = {moment.id: moment for moment in club.moments}
    assert 0.3 < sum(bool(one.recovers) for one in club.moments) / sum(one.felt < 0 for one in club.moments) < 0.7
    for moment in club.moments:
        if moment.recovers:
            wrong = by_id[moment.recovers]
            assert wrong.felt < 0 < moment.felt
            assert (wrong.member, wrong.touchpoint) == (moment.member, moment.touchpoint)
            assert wrong.at < moment.at
            assert wrong.id < moment.id, "an import reads the wrong before what made it good"


def test_nothing_happens_before_joining_after_leaving_or_after_the_last_day(club: Club) -> None:
    since = {member.number: member.since for member in club.members}
    left = {outcome.member: outcome.at for outcome in club.outcomes if outcome.outcome == "left"}
    first = datetime.combine(club.until - timedelta(days=SPAN_DAYS), time(), ZONE)
    end = datetime.combine(club.until, time(), ZONE)
    assert [one.at for one in club.moments] == sorted(one.at for one in club.moments)
    for moment in club.moments:
        assert first <= moment.at < end
        for number in (moment.member, *moment.witnesses):
            assert since[number] <= moment.at.date()
            assert number not in left or moment.at.date() <= left[number].date()
    assert all(first <= answer.at < end and since[answer.member] <= answer.at.date() for answer in club.answers)
    assert all(outcome.at < end for outcome in club.outcomes)


def test_the_season_has_home_matches_from_august_to_may() -> None:
    days = match_days(date(2025, 6, 1), date(2026, 6, 1))
    assert 22 <= len(days) <= 40
    assert {day.month for day in days}.isdisjoint({6, 7})


@pytest.mark.parametrize(
    ("since", "until", "due"),
    [
        (date(2025, 3, 1), date(2025, 3, 2), date(2025, 3, 1)),
        (date(2024, 3, 1), date(2025, 3, 1), date(2024, 3, 1)),
        (date(2024, 3, 1), date(2025, 3, 2), date(2025, 3, 1)),
    ],
)
def test_renewals_come_round_every_year(since: date, until: date, due: date) -> None:
    assert last_renewal(since, until) == due


def test_the_files_hold_everything_but_the_truth(club: Club) -> None:
    files = files_of(club)
    tables = {kind: list(csv.DictReader(io.StringIO(files[f"{kind}.csv"]))) for kind in KINDS}
    assert {kind: len(rows) for kind, rows in tables.items()} == {
        "customers": len(club.members),
        "moments": len(club.moments),
        "answers": len(club.answers),
        "outcomes": len(club.outcomes),
    }
    columns = {column for rows in tables.values() for column in rows[0]}
    assert columns.isdisjoint({"mood", "feeling", "barrier", "felt", "attendance"})
    assert all(0 <= (date.fromisoformat(row["renewal"]) - club.until).days <= 365 for row in tables["customers"])
    changed = replace(club, feelings={})
    assert files_of(changed) == files


def _share_answered(club: Club) -> float:
    return len({answer.member for answer in club.answers}) / len(club.members)


def _books(club: Club, plan: Plan) -> tuple[Counter[str], set[str]]:
    """Each member's balance by the plan's terms, without what witnesses remember, and who has an open withdrawal."""
    made_good = {moment.recovers for moment in club.moments}
    terms = plan.ledger
    balances: Counter[str] = Counter()
    still_open = set()
    for moment in club.moments:
        age_days = (club.until - moment.at.date()).days
        touchpoint = plan.touchpoints[moment.touchpoint]
        for practice in moment.practices:
            if practice in touchpoint.deposits:
                balances[moment.member] += touchpoint.deposits[practice] * 2 ** (-age_days / terms.half_life_days)
                continue
            is_open = moment.id not in made_good
            half_life = terms.unresolved_half_life_days if is_open else terms.half_life_days
            balances[moment.member] -= terms.asymmetry * touchpoint.withdrawals[practice] * 2 ** (-age_days / half_life)
            if is_open:
                still_open.add(moment.member)
    return balances, still_open
