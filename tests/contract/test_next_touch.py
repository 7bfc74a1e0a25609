"""The next touch for one customer: what holds now counts, and no capacity is ever exceeded, however many ask at once."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import re
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from django.db import connection
from typer.testing import CliRunner

from touchbook.cli.main import app
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.planner.assembly import rooms
from touchbook.planner.explanation.choice import Choice
from touchbook.store.append import append
from touchbook.store.counters import miscounts
from touchbook.store.models import (
    Answer,
    CapacityCounter,
    Customer,
    PlannedTouch,
    PlanRun,
    Staff,
    TouchEvent,
)
from touchbook.workflows import next_touch as module
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.gather_present import gather
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.make_plan import WeekPlanned, make_plan
from touchbook.workflows.next_touch import NextRequest, NextTouch, next_touch
from touchbook.workflows.record_touch import TouchRequest, record_touch, state_of
from touchbook.workflows.record_week import record_week
from touchbook.workflows.set_consent import ConsentRequest, set_consent

MAY = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 6, 1)
TUESDAY = dt.datetime(2026, 6, 2, 10, 0, tzinfo=dt.UTC)
ALICE, BOB, CAROL = (UUID(int=0x7 << 76 | 0b10 << 62 | number) for number in (1, 2, 3))
CLUB = """\
plan: Riverside FC members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: annual_value, period: 365 days, discount: 10%}
attributes: {annual_value: number}
types: {member: true}
questions:
  feeling: {ask: How does it feel?, scale: -2..2, good_for: 90 days}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 5}}
touches:
  helping call: {purpose: help, channel: phone, team: member services, minutes: 20}
  news: {purpose: inform, channel: email}
  question: {purpose: ask, channel: sms, asks: [feeling]}
  apology: {purpose: apologise, channel: visit, must: true, when: open_weight > 5}
  scarf: {purpose: sell, channel: letter, revenue: 400, accept: 20%}
guardrails:
  rest: 7 days
  at_most: {any: 2 per 30 days}
  never_sell_when: balance < 0
  quiet_hours: 21:00-08:00
capacity: {member services: 1 hour per week, email: 100 per week}
"""


def customer(number: int, name: str = "", **more: object) -> UUID:
    identifier = UUID(int=0x7 << 76 | 0b10 << 62 | number)
    Customer.objects.create(
        id=identifier, changed_at=MAY, name=name, since=dt.date(2020, 4, 1), attributes={"annual_value": 300}, **more
    )
    return identifier


def refuses(who: UUID, channel: str = "", allowed: bool = False, at: dt.datetime = MAY) -> None:
    set_consent(ConsentRequest(who, allowed, at, channel=channel))


def plan(home: Path) -> WeekPlanned:
    return make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], MONDAY)


def asked(home: Path, who: UUID, at: dt.datetime = TUESDAY, **options: object) -> NextTouch:
    options = {"id": mint(at), **options}
    return next_touch(home, os.environ["TOUCHBOOK_DATABASE_URL"], NextRequest(customer=who, at=at, **options))


def claimed(home: Path, who: UUID, **options: object) -> NextTouch:
    return asked(home, who, claim=True, **options)


def offered(answer: NextTouch) -> str:
    return answer.offer.touch.name if answer.offer else ""


def why_not(answer: NextTouch) -> dict[str, str]:
    return {option.touch: option.closed for option in answer.closed}


def used(capacity: str) -> float:
    return CapacityCounter.objects.filter(capacity=capacity).order_by("run").last().used


@pytest.fixture
def club(database: str, home: Path) -> WeekPlanned:
    """Alice has a call planned; Bob and Carol refused everything when the week was planned, and allow it on Tuesday."""
    adopt_plan(CLUB, "", "Alice", MAY)
    for number, name in ((1, "Alice"), (2, "Bob"), (3, "Carol")):
        customer(number, name)
    refuses(BOB)
    refuses(CAROL)
    week = plan(home)
    assert [(touch.customer_name, touch.touch.name) for touch in week.touches] == [("Alice", "scarf")]
    refuses(BOB, allowed=True, at=TUESDAY)
    refuses(CAROL, allowed=True, at=TUESDAY)
    return week


def test_what_is_planned_comes_first_and_can_be_claimed(club: WeekPlanned, home: Path):
    (touch,) = club.touches
    look = asked(home, ALICE)
    assert look.offer is not None
    assert (look.offer.id, look.offer.planned, look.offer.claimed) == (touch.id, True, False)
    assert look.sentences[:2] == (
        "“scarf” (sell by letter) is what to do now: the plan of the week has it.",
        touch.reason,
    )
    taken = claimed(home, ALICE)
    assert taken.offer is not None
    assert (taken.offer.id, taken.offer.claimed) == (touch.id, True)
    assert state_of(PlannedTouch.objects.get()) == "claimed"
    assert "the last touch was today" in why_not(asked(home, ALICE))["news"]


MANY = CLUB.replace("any: 2 per 30 days", "any: 2 per 30 days, phone: 1 per 30 days, help: 1 per 30 days").replace(
    "  news: {", "  leaflet: {purpose: help, channel: letter, cost: 2}\n  news: {"
)


def test_without_news_it_is_what_the_week_decides_at_its_prices(database: str, home: Path):
    """Forty members who differ in what was and what they allow, asked about at the very instant of the plan."""
    adopt_plan(MANY, "", "Alice", MAY)
    chance = random.Random(7)
    for number in range(10, 50):
        who = customer(number)
        Customer.objects.filter(id=who).update(attributes={"annual_value": chance.randrange(50, 900)})
        for channel in chance.sample(["phone", "email", "sms", "letter"], chance.choice([2, 3, 3, 4])):
            refuses(who, channel)
        for practice in chance.sample(["greeted", "helped", "smiled", "not my gate"], chance.randrange(4)):
            log_moment(MomentRequest(mint(MAY), MAY, "gate", (Happened(practice),), who))
    week = plan(home)
    decision, names = week.decision, list(week.plan.touches)
    population = decision.population
    room, member = rooms(week.plan, population, decision.must.made)
    musts = np.array([touch.must for touch in week.plan.touches.values()])
    midnight = dt.datetime(2026, 5, 31, 23, tzinfo=dt.UTC)
    fates = Counter()
    for row, who in enumerate(population.state.column("customer").to_pylist()):
        offer = asked(home, UUID(who), at=midnight, spoken_to=True).offer
        surplus = decision.values[row] - decision.charges
        free = decision.candidates.allowed[row] & ~musts & (decision.values[row] > 0)
        best = decision.chosen[row] if decision.chosen[row].any() else Choice(free, member, room[row]).best(surplus)
        touch = max(np.flatnonzero(best), key=lambda place: (musts[place], surplus[place]), default=None)
        fates["planned" if decision.chosen[row].any() else "new" if offer else "nothing"] += 1
        assert (offer.touch.name if offer else None) == (None if touch is None else names[touch])
        if offer:
            assert offer.planned == decision.chosen[row].any()
            assert (offer.value, offer.charge) == pytest.approx((decision.values[row][touch], decision.charges[touch]))
    assert min(fates["planned"], fates["nothing"]) > 5, fates


CROSSED = re.sub("  (news|question|scarf): .*\n", "", CLUB)
CROSSED = CROSSED.replace("rest: 7 days", "rest: 2 days").replace("any: 2", "phone: 1 per 30 days, help: 1")
CROSSED = CROSSED.replace("minutes: 20}", "minutes: 20, effect: 0.3}").replace(
    "  apology:",
    "  chat: {purpose: inform, channel: phone, effect: 0.25}\n"
    "  leaflet: {purpose: help, channel: letter, effect: 0.2}\n  apology:",
)


def test_of_two_that_fit_together_the_better_comes_before_one_that_excludes_both(database: str, home: Path):
    """One phone call and one help a month: a helping call is both, a chat and a leaflet bring more together."""
    adopt_plan(CROSSED, "", "Alice", MAY)
    customer(1, "Alice")
    customer(2, "Bob")
    refuses(BOB)
    assert {touch.touch.name for touch in plan(home).touches} == {"chat", "leaflet"}
    refuses(BOB, allowed=True, at=TUESDAY)
    assert offered(asked(home, BOB)) == "chat"
    assert offered(asked(home, BOB, channel="letter")) == "leaflet"


def test_looking_writes_nothing(club: WeekPlanned, home: Path):
    events = TouchEvent.objects.count()
    assert offered(asked(home, BOB)) == "scarf"
    assert (TouchEvent.objects.count(), PlannedTouch.objects.count()) == (events, 1)


def test_who_has_nothing_planned_gets_the_best_there_is_room_for(club: WeekPlanned, home: Path):
    answer = claimed(home, BOB, channel="phone")
    assert answer.offer is not None
    row = PlannedTouch.objects.get(id=answer.offer.id)
    assert (row.name, row.run.id, row.customer, row.team) == ("helping call", club.run, BOB, "member services")
    assert (row.due_on, row.reason) == (TUESDAY.date(), answer.offer.reason)
    assert row.value == pytest.approx(answer.offer.value)
    events = TouchEvent.objects.filter(touch=row.id).order_by("number").values_list("event", flat=True)
    assert list(events) == ["planned", "claimed"]
    assert used("member services") == 20
    assert miscounts() == (2, [])


def test_the_same_request_again_gets_the_same_touch(club: WeekPlanned, home: Path):
    request = mint(TUESDAY)
    first, second = (claimed(home, BOB, id=request, channel="phone") for _ in range(2))
    assert first.offer == second.offer
    assert used("member services") == 20
    with pytest.raises(Refused, match="belongs to another request; mint a fresh one"):
        claimed(home, CAROL, id=request)


def test_a_team_on_the_line_is_offered_what_it_can_do(club: WeekPlanned, home: Path):
    assert offered(asked(home, BOB, team="member services")) == "helping call"
    assert offered(asked(home, BOB, team="ticket office")) == ""
    with pytest.raises(Refused, match="'fone' is no channel; did you mean 'phone'"):
        asked(home, BOB, channel="fone")


def test_what_happened_since_counts(club: WeekPlanned, home: Path):
    refuses(BOB, "letter", at=TUESDAY)
    assert offered(asked(home, BOB)) == "helping call"
    said = (mint(TUESDAY), TUESDAY, CAROL, "feeling", 1.0)
    append(Answer, ("id", "at", "customer", "question", "number_value"), [said])
    assert "has answered what it asks (feeling today)" in why_not(asked(home, CAROL, channel="sms"))["question"]
    taken = claimed(home, BOB, channel="phone")
    assert taken.offer is not None
    record_touch(TouchRequest(mint(TUESDAY), taken.offer.id, "made", TUESDAY))
    later = asked(home, BOB, at=TUESDAY + dt.timedelta(days=2))
    assert why_not(later)["news"] == "the last touch was 2 days ago, and the plan gives 7 days of rest"
    assert why_not(later)["helping call"].startswith("it came 2 days ago")


def test_nobody_is_sold_to_who_was_let_down_this_morning(club: WeekPlanned, home: Path):
    wrong = MomentRequest(mint(TUESDAY), TUESDAY, "gate", (Happened("not my gate"),), BOB)
    log_moment(wrong)
    answer = asked(home, BOB)
    assert offered(answer) == "apology"  # it must be made, and comes before what gains more
    assert "“gate” from today is still open" in " ".join(answer.sentences)
    assert "it must be made" in answer.sentences[0]
    assert why_not(asked(home, BOB, channel="letter"))["scarf"] == "the plan never sells when balance < 0"


def test_one_apology_is_enough(club: WeekPlanned, home: Path):
    log_moment(MomentRequest(mint(TUESDAY), TUESDAY, "gate", (Happened("not my gate"),), BOB))
    assert offered(claimed(home, BOB)) == "apology"
    assert why_not(asked(home, BOB))["apology"].startswith("it came today")


def test_with_what_is_planned_nobody_gets_more_than_the_plan_allows(club: WeekPlanned, home: Path):
    (touch,) = club.touches
    planned = f"“scarf” is planned for them on {touch.due_on:%-d %B}, and both would be more than the plan allows"
    assert why_not(asked(home, ALICE, channel="phone")) == {"helping call": planned}


def test_who_asks_with_an_earlier_clock_is_told_of_the_claim_all_the_same(club: WeekPlanned, home: Path):
    assert offered(claimed(home, BOB)) == "scarf"
    late = claimed(home, BOB, at=TUESDAY - dt.timedelta(seconds=1))
    assert offered(late) == ""
    assert "the last touch was today" in why_not(late)["helping call"]


def test_quiet_hours_hold_unless_they_are_being_spoken_to(club: WeekPlanned, home: Path):
    night = TUESDAY.replace(hour=22)
    assert why_not(asked(home, BOB, at=night, channel="phone")) == {
        "helping call": "it is 23:00 where they are, and the plan keeps quiet from 21:00 to 08:00"
    }
    assert offered(asked(home, BOB, at=night, channel="phone", spoken_to=True)) == "helping call"
    assert offered(asked(home, BOB, at=night)) == "scarf"  # a letter disturbs nobody
    Customer.objects.filter(id=BOB).update(timezone="America/New_York", changed_at=dt.datetime.now(dt.UTC))
    assert offered(asked(home, BOB, at=night, channel="phone")) == "helping call"


def test_a_customer_who_came_after_the_plan_is_told_apart(club: WeekPlanned, home: Path):
    answer = claimed(home, customer(9, "Erin"))
    assert answer.offer is None
    assert answer.sentences == (
        "Nothing for Erin yet: the plan of the week of 1 June 2026 was made before they were known; "
        "the next one, by 'touchbook plan', will know them.",
    )
    with pytest.raises(NotFound, match="There is no customer"):
        asked(home, UUID(int=99))


def test_a_plan_must_cover_the_day(club: WeekPlanned, home: Path):
    last = dt.datetime(2026, 6, 7, 22, 59, tzinfo=dt.UTC)  # a minute before midnight in London
    assert offered(asked(home, BOB, at=last)) == "scarf"
    with pytest.raises(NotFound, match="No plan covers 7 June 2026; make one with 'touchbook plan --from 2026-06-07'"):
        asked(home, BOB, at=last + dt.timedelta(minutes=2))


def test_evidence_that_is_gone_or_damaged_is_said(club: WeekPlanned, home: Path):
    (file,) = home.glob("lake/*/runs/*.arrow")
    file.write_bytes(b"garbage")
    with pytest.raises(NotFound, match="no longer kept, or damaged; make a new plan"):
        asked(home, BOB)
    file.unlink()
    with pytest.raises(NotFound, match="no longer kept, or damaged; make a new plan"):
        asked(home, BOB)


def test_what_is_skipped_is_given_back_once(club: WeekPlanned, home: Path):
    taken = claimed(home, BOB, channel="phone")
    assert taken.offer is not None
    skip = TouchRequest(mint(TUESDAY), taken.offer.id, "skipped", TUESDAY, reason="they hung up")
    assert record_touch(skip)
    assert not record_touch(skip)
    assert used("member services") == 0
    claimed(home, CAROL, channel="phone")
    assert used("member services") == 20
    assert record_week("skipped", TUESDAY, reason="the line is dead") == ["scarf", "helping call"]
    assert record_week("skipped", TUESDAY, reason="the line is dead") == []
    assert used("member services") == 0
    assert miscounts() == (2, [])


def test_what_was_claimed_this_week_is_recorded_though_the_next_one_is_planned(club: WeekPlanned, home: Path):
    taken = claimed(home, BOB, channel="phone")
    make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], MONDAY + dt.timedelta(days=7))
    assert record_week("made", TUESDAY, BOB) == ["helping call"]
    assert taken.offer is not None
    assert state_of(PlannedTouch.objects.get(id=taken.offer.id)) == "made"


def test_what_was_claimed_is_recorded_though_the_same_week_is_planned_again(club: WeekPlanned, home: Path):
    claimed(home, BOB, channel="phone")
    new = [touch.touch.name for touch in plan(home).touches if touch.customer == BOB]
    assert sorted(record_week("made", TUESDAY, BOB)) == sorted(["helping call", *new])
    assert record_week("made", TUESDAY, BOB) == []


def test_a_new_plan_takes_what_the_last_one_gives_back(club: WeekPlanned, home: Path):
    claimed(home, BOB, channel="phone")
    last = plan(home)
    counters = {counter.run.id: counter for counter in CapacityCounter.objects.filter(capacity="member services")}
    assert counters[club.run].used == 20  # claimed, and so not superseded
    assert counters[last.run].used == sum(touch.touch.minutes for touch in last.touches)
    assert miscounts() == (4, [])


def test_a_plan_that_is_made_in_between_is_the_one_that_counts(
    club: WeekPlanned, home: Path, monkeypatch: pytest.MonkeyPatch
):
    plans: list[WeekPlanned] = []

    def gather_and_plan(*arguments: object) -> object:
        known = gather(*arguments)
        if not plans:
            plans.append(plan(home))
        return known

    monkeypatch.setattr(module, "gather", gather_and_plan)
    answer = claimed(home, BOB, channel="phone")
    assert answer.run == plans[0].run
    assert miscounts()[1] == []


def test_the_doctor_counts_the_touches(club: WeekPlanned, home: Path):
    assert "2 counters of capacities agree" in CliRunner().invoke(app, ["doctor"]).output
    CapacityCounter.objects.filter(capacity="email").update(used=7.0)
    told = CliRunner().invoke(app, ["doctor"])
    assert "1 of 2 counters do not say what the planned touches take (email: 7 instead of 0)" in told.output
    assert told.exit_code == 1
    assert CliRunner().invoke(app, ["doctor", "--repair"]).exit_code == 0
    assert used("email") == 0


OWNED = CLUB.replace("team: member services", "team: owner").replace("member services: 1 hour", "each owner: 1 hour")


def test_each_owner_has_minutes_of_their_own(database: str, home: Path):
    adopt_plan(OWNED, "", "Alice", MAY)
    dan, eve = (Staff.objects.create(id=UUID(int=n), changed_at=MAY, name=n, code=n) for n in (51, 52))
    mine = [customer(number, owner=dan) for number in range(10, 14)]
    hers = customer(20, owner=eve)
    nobodys = customer(30)
    for one in (*mine, hers, nobodys):
        refuses(one)
    plan(home)
    for one in (*mine, hers, nobodys):
        refuses(one, allowed=True, at=TUESDAY)
    assert [offered(claimed(home, one, channel="phone")) for one in mine] == ["helping call"] * 3 + [""]
    assert why_not(asked(home, mine[3], channel="phone")) == {
        "helping call": "what is left of 51's time this week is not enough for it"
    }
    assert offered(claimed(home, hers, channel="phone")) == "helping call"
    assert "nobody does" in why_not(asked(home, nobodys, channel="phone"))["helping call"]
    counters = CapacityCounter.objects.filter(capacity="each owner").order_by("owner")
    assert [(one.owner, one.used, one.available) for one in counters] == [(dan.id, 60, 60), (eve.id, 20, 60)]
    assert miscounts()[1] == []


def test_what_an_owner_makes_is_charged_the_owners_price(database: str, home: Path):
    """Dan has an hour for six members who would each be glad of a call, Eve an hour for one."""
    adopt_plan(OWNED, "", "Alice", MAY)
    dan, eve = (Staff.objects.create(id=UUID(int=n), changed_at=MAY, name=n, code=n) for n in (51, 52))
    mine = [customer(number, owner=dan) for number in range(10, 16)]
    hers = customer(20, owner=eve)
    for one in (*mine, hers):
        for channel in ("letter", "email", "sms"):
            refuses(one, channel)
    week = plan(home)
    assert len(week.touches) == 4
    prices = PlanRun.objects.get().parameters["owner_prices"]
    assert prices[str(dan.id)] > 0 == prices[str(eve.id)]
    answers = [asked(home, one, channel="phone") for one in mine]
    charges = [answer.offer.charge for answer in answers if answer.offer]
    assert charges == pytest.approx([20 * prices[str(dan.id)]] * 3)
    assert [offered(answer) for answer in answers].count("") == 3
    eves = asked(home, hers, channel="phone")
    assert eves.offer is not None
    assert eves.offer.charge == 0
    assert eves.sentences[-1] == "Nothing that it takes is scarce this week."


SHARE = CLUB.replace("  never_sell_when", "  sales_share: 50%\n  never_sell_when")


def test_sales_never_pass_their_share(database: str, home: Path):
    adopt_plan(SHARE, "", "Alice", MAY)
    people = [customer(number) for number in range(10, 16)]
    for one in people:
        refuses(one)
    plan(home)
    for one in people:
        refuses(one, allowed=True, at=TUESDAY)
    full = "one more sale would make sales more than 50% of all touches"
    assert why_not(asked(home, people[0], channel="letter")) == {"scarf": full}
    given = [offered(claimed(home, one)) for one in people]
    sales = [given[: place + 1].count("scarf") for place in range(len(given))]
    assert all(2 * sold <= place + 1 for place, sold in enumerate(sales))
    assert sales[-1] == 3
    assert miscounts()[1] == []


def test_however_many_threads_ask_no_capacity_is_exceeded(database: str, home: Path):
    """Nine customers may be called from Tuesday on, and there is an hour: three calls."""
    nine = callable_customers(home)
    connection.close()
    answers: list[str] = []
    together = threading.Barrier(len(nine))

    def ask(who: UUID) -> None:
        together.wait()
        try:
            answers.append(offered(claimed(home, who, channel="phone")))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(who,)) for who in nine]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [""] * 6 + ["helping call"] * 3
    assert used("member services") == 60
    assert miscounts() == (2, [])


def test_of_many_requests_for_one_customer_one_is_given_a_touch(database: str, home: Path):
    who = callable_customers(home)[0]
    same = mint(TUESDAY)
    connection.close()
    answers: list[NextTouch] = []
    together = threading.Barrier(6)

    def ask(request: UUID) -> None:
        together.wait()
        try:
            answers.append(claimed(home, who, channel="phone", id=request))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=ask, args=(request,)) for request in (same, same, same, *(mint(TUESDAY) for _ in "abc"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = {answer.offer.id for answer in answers if answer.offer}
    assert len(given) == 1
    assert TouchEvent.objects.filter(event="claimed").count() == 1
    assert used("member services") == 20


def callable_customers(home: Path) -> list[UUID]:
    """Nine customers who refused to be called when the week was planned, and allow it from Tuesday on."""
    adopt_plan(CLUB, "", "Alice", MAY)
    nine = [customer(number) for number in range(10, 19)]
    for one in nine:
        refuses(one)
    plan(home)
    for one in nine:
        refuses(one, allowed=True, at=TUESDAY)
    return nine


ASKS = """
import os, sys, datetime, signal
from pathlib import Path
from uuid import UUID
from touchbook.workflows.open_store import open_store
open_store()
from touchbook.kernel.ids import mint
from touchbook.workflows import next_touch as module
if sys.argv[1] == "die":
    module.append = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
at = datetime.datetime(2026, 6, 2, 10, 0, tzinfo=datetime.UTC)
for who in sys.argv[3:]:
    request = module.NextRequest(mint(at), UUID(who), at, claim=True, channel="phone")
    answer = module.next_touch(Path(sys.argv[2]), os.environ["TOUCHBOOK_DATABASE_URL"], request)
    print(answer.offer.touch.name if answer.offer else "nothing")
"""


def process(how: str, home: Path, people: list[UUID]) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", ASKS, how, str(home), *map(str, people)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_however_many_processes_ask_and_whatever_becomes_of_them(database: str, home: Path):
    nine = callable_customers(home)
    connection.close()
    killed = process("die", home, nine[:1])
    assert killed.wait() == -9, killed.stderr.read()
    assert used("member services") == 0
    assert not PlannedTouch.objects.filter(name="helping call").exists()
    connection.close()
    three = [process("live", home, nine[place::3]) for place in range(3)]
    told = [line for one in three for line in one.communicate()[0].split("\n") if line]
    assert sorted(told) == ["helping call"] * 3 + ["nothing"] * 6
    assert used("member services") == 60
    assert TouchEvent.objects.filter(event="claimed").count() == 3
    assert miscounts() == (2, [])


@pytest.fixture
def today(sqlite: str, home: Path) -> UUID:
    """A week that begins today, and Bob, who may be reached from now on."""
    adopt_plan(CLUB.replace("  quiet_hours: 21:00-08:00\n", ""), "", "Alice", MAY)
    bob = customer(2, "Bob")
    refuses(bob)
    make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], dt.datetime.now(dt.UTC).date())
    refuses(bob, allowed=True, at=dt.datetime.now(dt.UTC))
    return bob


def test_the_command_says_what_to_do_now(today: UUID):
    told = CliRunner().invoke(app, ["next", "Bob", "--channel", "phone"])
    assert told.exit_code == 0, told.output
    assert told.output.startswith("Bob\n\n  “helping call” (help by phone, member services) is what to do now")
    assert not PlannedTouch.objects.exists()
    document = json.loads(CliRunner().invoke(app, ["next", "Bob", "--channel", "phone", "--claim", "--json"]).output)
    row = PlannedTouch.objects.get()
    assert (document["touch"], document["id"], document["claimed"]) == ("helping call", str(row.id), True)
    assert document["sentences"][1] == row.reason
    nothing = CliRunner().invoke(app, ["next", "Bob"]).output
    assert "Nothing for Bob just now" in nothing
    assert "Not “news”: the last touch was today" in " ".join(nothing.split())
    assert json.loads(CliRunner().invoke(app, ["next", "Bob", "--json"]).output)["touch"] is None
