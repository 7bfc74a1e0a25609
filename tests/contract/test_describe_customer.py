"""One customer as they are now: what the week's run says of them, brought up to date, and never in need of a run."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from uuid import UUID

import pytest

from touchbook.kernel.ids import mint
from touchbook.ledger.book import recompute
from touchbook.ledger.entries import day_of
from touchbook.ledger.history import balances_after
from touchbook.store import customer_now
from touchbook.store.accounts import related
from touchbook.store.append import append
from touchbook.store.models import Answer, Customer, Entry, Outcome
from touchbook.store.passbook import book_of, page_of, particulars
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.correct import CorrectionRequest, correct
from touchbook.workflows.describe_customer import Described, describe_customer
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.make_plan import make_plan
from touchbook.workflows.next_touch import NextRequest, next_touch
from touchbook.workflows.recover import RecoveryRequest, recover

MAY = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 6, 1)
MIDNIGHT = dt.datetime(2026, 5, 31, 23, 0, tzinfo=dt.UTC)  # as of when the run of that Monday knows everybody
TUESDAY = dt.datetime(2026, 6, 2, 10, 0, tzinfo=dt.UTC)
CLUB = """\
plan: Riverside FC members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: annual_value, period: 365 days, discount: 10%}
attributes: {annual_value: number, seats: number}
types: {newcomer: tenure_days < 365, family: seats >= 3, member: true}
questions:
  feeling: {ask: How does it feel?, scale: -2..2, good_for: 90 days}
  intent: {ask: Will you be back?, scale: 0..10, good_for: 120 days}
  barrier: {ask: What could keep you away?, choices: [price, travel], good_for: 180 days}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3}, withdrawals: {not my gate: 5, rude: 2}}
touches:
  helping call: {purpose: help, channel: phone, team: member services, minutes: 20}
  scarf: {purpose: sell, channel: letter, revenue: 400, accept: 20%, cost: 2}
  question: {purpose: ask, channel: sms, asks: [feeling]}
capacity: {member services: 1 hour per week, email: 100 per week}
"""


def ana(**more: object) -> Customer:
    values = {"name": "Ana", "since": dt.date(2020, 4, 1), "attributes": {"annual_value": 300, "seats": 4}, **more}
    return Customer.objects.create(id=mint(MAY), changed_at=MAY, **values)


def log(customer: Customer, *practices: str, at: dt.datetime = MAY, **more: object) -> UUID:
    happened = tuple(Happened(practice) for practice in practices)
    request = MomentRequest(mint(at), at, "gate", happened, customer.id, **more)
    return log_moment(request).moment


def answers(customer: Customer, question: str, value: float | str, at: dt.datetime) -> None:
    number = value if isinstance(value, float) else None
    row = (mint(at), at, customer.id, question, "" if number is not None else value, number)
    append(Answer, ("id", "at", "customer", "question", "value", "number_value"), [row])


def described(home: Path, customer: Customer, at: dt.datetime = TUESDAY) -> Described:
    return describe_customer(home, os.environ["TOUCHBOOK_DATABASE_URL"], customer, at)


def plan(home: Path) -> None:
    make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], MONDAY)


@pytest.mark.usefixtures("database")
def test_at_the_instant_of_the_run_it_says_what_the_run_says(home: Path):
    adopt_plan(CLUB, "", "Alice", MAY)
    who = ana()
    log(who, "greeted", "helped")
    log(who, "not my gate", at=MAY + dt.timedelta(days=3))
    answers(who, "feeling", 1.0, MAY)
    answers(who, "feeling", -1.0, MAY + dt.timedelta(days=20))
    answers(who, "intent", 3.0, MAY + dt.timedelta(days=20))
    answers(who, "barrier", "travel", MAY + dt.timedelta(days=20))
    plan(home)
    assert described(home, who, MIDNIGHT - dt.timedelta(seconds=1)).run is None  # it is still Sunday in London
    found = described(home, who, MIDNIGHT)
    assert found.run is not None
    kept = found.kept
    assert found.type == kept["type"] == "family"
    for name in ("balance", "deposits", "withdrawals", "worth", "lifetime_value"):
        assert getattr(found, name) == pytest.approx(kept[name], rel=1e-6), name
    assert found.probability == pytest.approx(kept["stay_probability"], rel=1e-6)
    assert found.probability_error == pytest.approx(kept["stay_error"], rel=1e-6)
    row = found.state.to_pylist()[0]
    for name in (
        "feeling",
        "feeling_trend",
        "feeling_error",
        "open_weight",
        "last_moment_days",
        "tenure_days",
        "barrier",
    ):
        assert row[name] == (pytest.approx(kept[name], rel=1e-6) if isinstance(kept[name], float) else kept[name]), name


@pytest.mark.usefixtures("database")
def test_what_happened_since_the_run_counts(home: Path):
    adopt_plan(CLUB, "", "Alice", MAY)
    who = ana()
    plan(home)
    log(who, "not my gate", at=TUESDAY - dt.timedelta(hours=2))
    Outcome.objects.create(
        id=mint(TUESDAY), at=TUESDAY, recorded_at=TUESDAY, customer=who.id, outcome="left", value_minor=0
    )
    who.attributes, who.changed_at = {"annual_value": 500, "seats": 1}, TUESDAY
    who.save()
    found = described(home, who)
    assert found.balance == pytest.approx(-12.5, abs=0.01)
    assert (str(found.standing), found.type, found.worth) == ("overdrawn", "member", 500)
    assert found.has_left
    assert found.probability is not None
    assert found.probability < 0.1
    (heaviest, weight), *rest = found.open_weights
    assert rest == []
    assert (heaviest.is_open, round(weight, 1)) == (True, 12.5)


@pytest.mark.usefixtures("database")
def test_a_new_customer_and_one_without_a_plan_are_described_all_the_same(home: Path):
    nobody = described(home, ana(name="Bob"))
    assert (nobody.plan, nobody.run, nobody.type, nobody.worth, nobody.probability) == (None, None, "", None, None)
    assert (nobody.balance, nobody.lifetime_value, nobody.feeling) == (0, None, None)
    adopt_plan(CLUB, "", "Alice", MAY)
    plan(home)
    late = described(home, ana(name="Carol", since=None, attributes={}))
    assert (late.type, late.worth, dict(late.kept)) == ("member", 0, {})
    assert late.probability is not None
    assert 0.5 < late.probability < 0.95


@pytest.mark.usefixtures("database")
def test_the_book_has_every_line_in_its_place_with_its_fate(home: Path):
    adopt_plan(CLUB, "", "Alice", MAY)
    who, other = ana(), ana(name="Bob")
    day = dt.timedelta(days=1)
    log(who, "greeted")
    moment = log(who, "not my gate", at=MAY + day, witnesses=(other.id,), unnamed_witnesses=2, note="in the rain")
    wrong = Entry.objects.get(moment=moment, account=who.id)
    recover(RecoveryRequest(mint(MAY), wrong.id, MAY + day + dt.timedelta(hours=31), points=4.0))
    mistaken = log(who, "rude", at=MAY + 5 * day)
    correct(CorrectionRequest(mint(MAY), MAY + 6 * day, moment=mistaken, by="Alice", note="it was somebody else"))

    book = book_of(who.id)
    said = particulars(who.id, [one.id for one in book])
    assert [said[one.id].practice for one in book] == ["greeted", "not my gate", "", "rude"]
    _, wronged, made_good, rude = book
    assert (wronged.recovered_by, made_good.recovers) == (made_good.id, wronged.id)
    assert rude.line.void
    assert rude.taken_back_at == MAY + 6 * day
    assert [one.is_open for one in book] == [False] * 4
    assert (said[wronged.id].note, said[wronged.id].others, said[wronged.id].is_witnessed) == ("in the rain", 3, False)
    (seen,) = book_of(other.id)
    assert particulars(other.id, [seen.id])[seen.id].is_witnessed
    assert particulars(other.id, [seen.id])[seen.id].others == 2

    found = described(home, who)
    balances = balances_after([one.line for one in book], found.terms)
    assert balances[1] == pytest.approx(2 * 2 ** (-1 / 180) - 12.5)
    sums = customer_now.sums(who.id)
    entries = [entry for entry, _ in related([one.id for one in book]).values()]
    assert sums is not None
    for total in (
        found.balance,
        sum(part.contribution for part in found.parts),
        recompute(entries, day_of(TUESDAY), found.terms).balance(day_of(TUESDAY), found.terms),
    ):
        assert total == pytest.approx(sums.balance(day_of(TUESDAY), found.terms), abs=1e-9)


@pytest.mark.usefixtures("database")
def test_pages_hold_every_line_once_though_many_happened_at_one_instant(home: Path):
    adopt_plan(CLUB, "", "Alice", MAY)
    who = ana()
    for _ in range(7):
        log(who, "greeted", "helped")
    book = book_of(who.id)
    seen, before = [], None
    while True:
        first, last = page_of(book, before, 4)
        if first == last:
            break
        seen = book[first:last] + seen
        before = (book[first].at, book[first].number)
    assert seen == book
    assert len(book) == 14


@pytest.mark.usefixtures("database")
def test_the_next_touchs_value_is_what_its_parts_add_up_to(home: Path):
    adopt_plan(CLUB, "", "Alice", MAY)
    who = ana()
    plan(home)
    for news in (False, True):
        if news:
            answers(who, "intent", 2.0, TUESDAY - dt.timedelta(hours=1))
        url = os.environ["TOUCHBOOK_DATABASE_URL"]
        offer = next_touch(home, url, NextRequest(mint(TUESDAY), who.id, TUESDAY)).offer
        assert offer is not None
        assert offer.parts is not None
        parts = offer.parts
        total = parts.gain * parts.at_stake + parts.earned + parts.answers
        assert total == pytest.approx(offer.value, rel=1e-5, abs=1e-4)
        assert sum(amount * price for _, amount, price in parts.charges) == pytest.approx(offer.charge)
