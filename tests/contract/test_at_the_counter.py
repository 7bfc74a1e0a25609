"""What a page lets people do at once: undo for a minute, and make good by what the plan lets them offer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.ledger.entries import day_of
from touchbook.store.accounts import read
from touchbook.store.models import AuditEntry, Customer, Entry, Moment, Practice, Staff, Touchpoint
from touchbook.store.queries import terms_in_force
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.correct import CorrectionRequest, undo
from touchbook.workflows.log_moment import Happened, Logged, MomentRequest, log_moment
from touchbook.workflows.recover import RecoveryRequest, offers_for, recover

CLUB = """\
plan: Riverside FC
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: 100, period: 365 days, discount: 10%}
types: {regular: true}
touchpoints:
  gate: {deposits: {greeted by name: 2}, withdrawals: {not my gate: 4}}
  shop: {deposits: {gift wrapped: 1}, withdrawals: {long queue: 2}}
recoveries:
  sincere apology: {points: 2}
  free drink: {points: 4, money: 5, by: [front line], at: [gate]}
  guest ticket: {points: 50, money: 40, by: [manager]}
touches:
  welcome call: {purpose: ask, channel: phone, team: member services, minutes: 10, to: regular}
"""
AN_HOUR = dt.timedelta(hours=1)


@pytest.fixture
def club(database: str) -> dict[str, object]:
    """Alice, a customer; Carol, who serves her; Mia, a manager; and a plan with recoveries."""
    adopt_plan(CLUB, "", "tests", dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    made = {"Alice": Customer.objects.create(id=mint(now()), name="Alice", changed_at=now()).id}
    for name, role in (("Carol", "front line"), ("Mia", "manager")):
        made[name] = Staff.objects.create(id=mint(now()), name=name, code=name, role=role, changed_at=now()).id
    return made


def _log(club, practice: str = "not my gate", **details) -> Logged:
    at = now()
    request = MomentRequest(mint(at), at, "gate", (Happened(practice),), club["Alice"], club["Carol"])
    return log_moment(replace(request, **details))


def test_a_moment_says_in_the_trail_who_wrote_it_and_from_where_and_says_so_once(club):
    at = now()
    request = MomentRequest(
        mint(at), at, "gate", (Happened("greeted by name"),), club["Alice"], by="Carol", origin="web 10.0.0.7"
    )
    assert log_moment(request).is_new
    assert not log_moment(request).is_new
    (told,) = AuditEntry.objects.filter(subject=request.id)
    assert (told.action, told.actor, told.origin) == ("log", "Carol", "web 10.0.0.7")
    assert told.after == {"touchpoint": "gate", "practices": ["greeted by name"]}


def test_a_moment_can_be_taken_back_for_a_minute_by_whoever_logged_it(club):
    logged = _log(club)
    request = CorrectionRequest(mint(now()), now(), moment=logged.moment, by="Carol", origin="web 10.0.0.7")
    with pytest.raises(NotFound, match="among those you logged"):
        undo(request, club["Mia"])
    assert len(undo(request, club["Carol"]).entries) == 1
    assert not undo(request, club["Carol"]).is_new
    assert read([club["Alice"]])[club["Alice"]].balance(day_of(now()), terms_in_force()) == pytest.approx(0)
    (told,) = AuditEntry.objects.filter(action="correct")
    assert (told.actor, told.origin) == ("Carol", "web 10.0.0.7")


def test_after_the_minute_it_stays(club):
    logged = _log(club)
    late = CorrectionRequest(mint(now()), now() + dt.timedelta(seconds=80), moment=logged.moment)
    with pytest.raises(Refused, match="minute"):
        undo(late, club["Carol"])
    assert Entry.objects.count() == 1


def test_an_undo_that_arrives_twice_late_is_the_same_one(club):
    logged = _log(club)
    request = CorrectionRequest(mint(now()), now(), moment=logged.moment)
    undo(request, club["Carol"])
    assert not undo(replace(request, at=now() + AN_HOUR), club["Carol"]).is_new


def test_a_moment_from_yesterday_that_arrives_now_can_be_taken_back_now(club):
    logged = _log(club, at=now() - dt.timedelta(days=1))
    assert undo(CorrectionRequest(mint(now()), now(), moment=logged.moment), club["Carol"]).is_new


def test_each_role_is_offered_what_the_plan_gives_it(club):
    assert [one.name for one in offers_for("front line", "gate")] == ["sincere apology", "free drink"]
    assert [one.name for one in offers_for("front line", "shop")] == ["sincere apology"]
    assert [one.name for one in offers_for("manager", "gate")] == ["sincere apology", "guest ticket"]


def test_what_is_offered_limits_what_is_given_back_and_is_named_in_the_note(club):
    (wrong,) = _log(club).entries
    request = RecoveryRequest(
        uuid4(), wrong, now(), staff=club["Carol"], using="free drink", note="A tea", by="Carol", origin="web 10.0.0.7"
    )
    done = recover(request)
    assert (done.points, done.points_max) == (4.0, 4.0)
    assert Moment.objects.get(id=request.id).note == "free drink: A tea"
    assert not recover(request).is_new
    (told,) = AuditEntry.objects.filter(action="recover")
    assert (told.actor, told.origin, told.after["using"]) == ("Carol", "web 10.0.0.7", "free drink")


def test_nothing_gives_back_more_than_the_withdrawal_weighs(club):
    (wrong,) = _log(club).entries
    done = recover(RecoveryRequest(uuid4(), wrong, now(), staff=club["Mia"], using="guest ticket"))
    assert done.points == pytest.approx(2.5 * 4, rel=1e-3)


@pytest.mark.parametrize(
    ("using", "error", "words"),
    [
        ("guest ticket", Refused, "not yours to offer .* you may offer: sincere apology, free drink"),
        ("fre drink", NotFound, "has no recovery 'fre drink'; did you mean 'free drink'"),
    ],
)
def test_what_is_not_theirs_to_offer_is_refused(club, using: str, error, words: str):
    (wrong,) = _log(club).entries
    with pytest.raises(error, match=words):
        recover(RecoveryRequest(uuid4(), wrong, now(), staff=club["Carol"], using=using))
    assert Moment.objects.count() == 1


def test_a_plan_that_drops_a_practice_is_heeded_at_once(club):
    _log(club)
    adopt_plan(CLUB.replace("not my gate: 4", "rough search: 3"), "", "tests", now())
    with pytest.raises(Refused, match="retired"):
        _log(club)
    assert _log(club, "rough search").is_new
    assert Practice.objects.get(name="not my gate").retired_at
    assert Touchpoint.objects.get(name="gate").retired_at is None


def test_what_the_plan_has_no_practice_for_is_kept_with_its_note_and_can_be_taken_back(club):
    at = now()
    bare = MomentRequest(mint(at), at, "gate", (), club["Alice"], club["Carol"])
    with pytest.raises(Refused, match="has no entries"):
        log_moment(bare)
    logged = log_moment(replace(bare, note="− the lift was broken"))
    assert logged.entries == ()
    request = CorrectionRequest(mint(now()), now(), moment=logged.moment)
    assert undo(request, club["Carol"]).is_new
    assert not undo(request, club["Carol"]).is_new
    assert AuditEntry.objects.get(id=request.id).subject == logged.moment
