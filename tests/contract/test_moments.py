"""Logging a moment, making it good, taking it back: Alice and Bob are customers, Carol serves them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.ledger.entries import day_of
from touchbook.store import models as tables
from touchbook.store.accounts import read
from touchbook.store.queries import terms_in_force
from touchbook.store.recount import disagreements
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.correct import CorrectionRequest, correct
from touchbook.workflows.log_moment import Happened, Logged, MomentRequest, log_moment
from touchbook.workflows.recover import RecoveryRequest, recover, what_may_be_recovered

ALICE, BOB, CAROL = UUID(int=1), UUID(int=2), UUID(int=3)
SATURDAY = dt.datetime(2020, 8, 15, 16, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
CLUB = """\
plan: Riverside FC
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: 100, period: 365 days, discount: 10%}
types: {regular: true}
touchpoints:
  gate:
    channel: visit
    deposits: {greeted by name: 2, fixed a ticket: 4, waved through: 1}
    withdrawals: {not my gate: 4, waved through: 2}
  shop:
    deposits: {gift wrapped: 1}
    withdrawals: {long queue: 2}
  staff room:
    deposits: {idea adopted: 3, thanked: 1}
    withdrawals: {unfair load: 3}
touches:
  welcome call: {purpose: ask, channel: phone, team: member services, minutes: 10, to: regular}
"""


@pytest.fixture
def club(database: str) -> str:
    """A plan in force, two customers and one who serves them."""
    adopt_plan(CLUB, "", "Alice", dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    for person, name in ((ALICE, "Alice"), (BOB, "Bob")):
        tables.Customer.objects.create(id=person, name=name, changed_at=SATURDAY)
    tables.Staff.objects.create(id=CAROL, name="Carol", code="c", changed_at=SATURDAY)
    return database


def moment(*practices: str, days: float = 0, **details: object) -> MomentRequest:
    at = SATURDAY + dt.timedelta(days=days)
    request = MomentRequest(mint(at), at, "gate", tuple(Happened(practice) for practice in practices), ALICE)
    return replace(request, **details)


def logged(*practices: str, days: float = 0, **details: object) -> Logged:
    return log_moment(moment(*practices, days=days, **details))


def balance(account: UUID, days: float = 0) -> float:
    sums = read([account]).get(account)
    return sums.balance(day_of(SATURDAY) + days, terms_in_force()) if sums else 0.0


def house(touchpoint: str) -> UUID:
    return tables.Touchpoint.objects.get(name=touchpoint).pk


def test_one_moment_has_several_entries_and_moves_the_balance(club: str):
    done = logged("greeted by name", "not my gate", note="Gate C closed", staff=CAROL, source="phone")
    kept = tables.Moment.objects.get()
    assert (kept.id, kept.at, kept.offset_minutes, kept.customer, kept.staff) == (
        done.moment,
        SATURDAY,
        60,
        ALICE,
        CAROL,
    )
    assert (kept.channel, kept.note, kept.source) == ("visit", "Gate C closed", "phone")
    entries = tables.Entry.objects.order_by("number")
    assert tuple(entry.id for entry in entries) == done.entries
    assert [(entry.account, entry.kind, entry.points) for entry in entries] == [
        (ALICE, "deposit", 2),
        (ALICE, "withdrawal", 4),
    ]
    assert balance(ALICE) == pytest.approx(2 - 2.5 * 4)


def test_the_same_moment_again_changes_nothing(club: str):
    request = moment("greeted by name", witnesses=(BOB,), unnamed_witnesses=3)
    first, again = log_moment(request), log_moment(request)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.entries == again.entries
    assert tables.Entry.objects.count() == 3
    assert tables.Witness.objects.count() == 2
    with pytest.raises(Refused, match="belongs to another moment"):
        log_moment(replace(request, touchpoint="shop"))


def test_an_unknown_guest_is_booked_on_the_house(club: str):
    logged("not my gate", customer=None)
    entry = tables.Entry.objects.get()
    assert (entry.account, entry.account_kind) == (house("gate"), "house")
    assert balance(house("gate")) == pytest.approx(-2.5 * 4)


def test_who_saw_it_remembers_two_fifths_of_it(club: str):
    logged("not my gate", witnesses=(BOB, CAROL), unnamed_witnesses=10)
    assert balance(ALICE) == pytest.approx(-2.5 * 4)
    assert balance(BOB) == pytest.approx(-2.5 * 4 * 0.4)
    assert balance(CAROL) == pytest.approx(-2.5 * 4 * 0.4)
    assert balance(house("gate")) == pytest.approx(-2.5 * 4 * 0.4 * 10)
    kinds = dict(tables.Account.objects.values_list("id", "kind"))
    assert kinds == {ALICE: "customer", BOB: "customer", CAROL: "staff", house("gate"): "house"}
    assert [(one.account, one.unnamed) for one in tables.Witness.objects.order_by("number")] == [
        (BOB, 0),
        (CAROL, 0),
        (None, 10),
    ]


def test_staff_have_accounts_of_their_own(club: str):
    request = moment(
        touchpoint="staff room", customer=None, happened=(Happened("idea adopted", "", CAROL),), unnamed_witnesses=4
    )
    log_moment(request)
    assert balance(CAROL) == pytest.approx(3)
    assert tables.Entry.objects.get().account_kind == "staff"


def test_a_name_on_both_sides_needs_its_kind(club: str):
    with pytest.raises(Refused, match="both a deposit and a withdrawal at 'gate'; say which"):
        logged("waved through")
    log_moment(moment(happened=(Happened("waved through", "withdrawal"),)))
    assert balance(ALICE) == pytest.approx(-5)


@pytest.mark.parametrize(
    ("details", "error", "sentence"),
    [
        ({"touchpoint": "gaet"}, NotFound, "no touchpoint 'gaet'; did you mean 'gate'?"),
        (
            {"happened": (Happened("greeted by nam"),)},
            NotFound,
            "no practice 'greeted by nam'; did you mean 'greeted by name'?",
        ),
        (
            {"happened": (Happened("not my gate", "deposit"),)},
            NotFound,
            "'gate' has no deposit 'not my gate'; choose one of",
        ),
        ({"happened": ()}, Refused, "name at least one deposit or withdrawal"),
        ({"unnamed_witnesses": -1}, Refused, "-1 unnamed witnesses cannot be"),
        ({"customer": UUID(int=9)}, NotFound, "There is no customer 00000000-0000-0000-0000-000000000009"),
        ({"staff": UUID(int=9)}, NotFound, "There is no member of staff"),
        ({"witnesses": (UUID(int=9),)}, NotFound, "count an unknown witness as unnamed"),
        ({"witnesses": (BOB, BOB)}, Refused, "A witness is named twice"),
        ({"witnesses": (ALICE,)}, Refused, "The customer is named as a witness as well"),
        ({"note": "hello\0"}, Refused, "The note contains a NUL character; remove it"),
        ({"source": "x" * 101}, Refused, "The source has 101 characters; write at most 100"),
        ({"at": dt.datetime(2020, 8, 15)}, Refused, "has no offset"),  # noqa: DTZ001
        ({"at": now() + dt.timedelta(days=1, hours=1)}, Refused, "lies in the future"),
        ({"at": dt.datetime(1825, 8, 15, tzinfo=dt.UTC)}, Refused, "lies before 1900"),
    ],
    ids=lambda value: None if isinstance(value, type) else str(value)[:40],
)
def test_what_cannot_be_is_refused_with_one_sentence(
    club: str, details: dict[str, object], error: type[Exception], sentence: str
):
    with pytest.raises(error) as raised:
        log_moment(moment("greeted by name", **details))
    assert sentence in str(raised.value)
    assert str(raised.value).count("\n") == 0
    assert not tables.Moment.objects.exists()
    assert not tables.Account.objects.exists()


def test_all_that_is_wrong_is_said_at_once(club: str):
    with pytest.raises(Refused) as raised:
        logged("hugged", customer=UUID(int=9), unnamed_witnesses=-2, note="\0")
    assert str(raised.value).count("\n") == 3


def test_a_little_ahead_is_a_clock_that_goes_fast(club: str):
    at = now() + dt.timedelta(hours=23)
    assert logged("greeted by name", at=at).is_new


def test_what_the_plan_has_dropped_is_refused(club: str):
    adopt_plan(CLUB.replace("greeted by name: 2, ", ""), "", "Alice", dt.datetime(2020, 2, 1, tzinfo=dt.UTC))
    with pytest.raises(Refused, match="'greeted by name' at 'gate' was retired on 2020-02-01"):
        logged("greeted by name")


def test_without_a_plan_nothing_can_be_logged(database: str):
    with pytest.raises(NotFound, match="adopt one with"):
        logged("greeted by name")


def test_changing_the_plan_never_rewrites_history(club: str):
    logged("fixed a ticket")
    adopt_plan(
        CLUB.replace("fixed a ticket: 4", "fixed a ticket: 1"), "", "Alice", dt.datetime(2020, 2, 1, tzinfo=dt.UTC)
    )
    logged("fixed a ticket")
    assert list(tables.Entry.objects.order_by("number").values_list("points", flat=True)) == [4, 1]


def recovery(withdrawal: UUID, days: float = 0, **details: object) -> RecoveryRequest:
    at = SATURDAY + dt.timedelta(days=days)
    return replace(RecoveryRequest(mint(at), withdrawal, at), **details)


def test_a_recovery_gives_back_what_the_withdrawal_still_weighs(club: str):
    (wrong,) = logged("not my gate").entries
    assert what_may_be_recovered(wrong, SATURDAY + dt.timedelta(days=540), terms_in_force()) == pytest.approx(5)
    done = recover(recovery(wrong, 540, note="Sorry, and a scarf"))
    assert (done.points, done.points_max, done.is_repeat) == (pytest.approx(5), pytest.approx(5), False)
    assert balance(ALICE, 540) == pytest.approx(0)
    kept = tables.Moment.objects.get(id=done.moment)
    assert (kept.touchpoint, kept.customer, kept.note) == (house("gate"), ALICE, "Sorry, and a scarf")
    assert tables.Entry.objects.get(id=done.entry).recovers == wrong


def test_a_recovery_gives_back_what_was_asked_when_that_is_less(club: str):
    (wrong,) = logged("not my gate").entries
    assert recover(recovery(wrong, points=3.0)).points == 3
    (other,) = logged("long queue", touchpoint="shop").entries
    assert recover(recovery(other, points=99.0)).points == pytest.approx(5)


def test_only_half_is_given_back_when_it_happened_again(club: str):
    logged("not my gate")
    (again,) = logged("not my gate", days=30).entries
    done = recover(recovery(again, 30))
    assert (done.is_repeat, done.points) == (True, pytest.approx(5))
    (elsewhere,) = logged("long queue", touchpoint="shop", days=30).entries
    assert not recover(recovery(elsewhere, 30)).is_repeat


def test_what_went_wrong_together_went_wrong_once(club: str):
    both = Happened("not my gate"), Happened("waved through", "withdrawal")
    gate, waved = logged(happened=both).entries
    done = recover(recovery(gate))
    assert (done.is_repeat, done.points) == (False, pytest.approx(10))
    assert recover(recovery(waved, 1)).points == pytest.approx(5 * 2 ** (-1 / 540))
    assert balance(ALICE, 1) == pytest.approx(0, abs=0.1)


def test_what_was_corrected_away_is_no_repeat(club: str):
    mistaken = logged("not my gate")
    correct(CorrectionRequest(uuid4(), SATURDAY, moment=mistaken.moment))
    (real,) = logged("not my gate", days=30).entries
    assert recover(recovery(real, 30)).points == pytest.approx(10)


def test_a_witness_can_be_recovered_too(club: str):
    _, seen = logged("not my gate", witnesses=(BOB,)).entries
    done = recover(recovery(seen, 0))
    assert done.points == pytest.approx(4)
    assert balance(BOB) == pytest.approx(0)
    assert balance(ALICE) == pytest.approx(-10)


def test_a_recovery_that_fails_is_a_new_withdrawal(club: str):
    (wrong,) = logged("not my gate").entries
    done = recover(recovery(wrong, 2, failed=True))
    assert tables.Entry.objects.get(id=done.entry).kind == "withdrawal"
    assert balance(ALICE, 2) == pytest.approx(-10 * 2 ** (-2 / 540) - 10)
    assert recover(recovery(wrong, 3)).is_repeat


def test_the_same_recovery_again_changes_nothing(club: str):
    (wrong,) = logged("not my gate").entries
    request = recovery(wrong, 5)
    first, again = recover(request), recover(request)
    assert (again.entry, again.points, again.is_new) == (first.entry, first.points, False)
    assert tables.Moment.objects.count() == 2
    with pytest.raises(Refused, match="belongs to another moment"):
        recover(replace(request, at=SATURDAY))


def test_the_id_of_an_ordinary_moment_is_not_taken_for_a_recovery(club: str):
    (wrong,) = logged("not my gate").entries
    visit = logged("greeted by name", days=1)
    for failed in (False, True):
        with pytest.raises(Refused, match="belongs to another moment"):
            recover(recovery(wrong, 1, id=visit.moment, failed=failed))
    attempt = recovery(wrong, 2, failed=True)
    assert recover(attempt).entry == recover(attempt).entry
    with pytest.raises(Refused, match="belongs to another moment"):
        recover(replace(attempt, failed=False))


def test_only_an_open_withdrawal_is_recovered(club: str):
    good, wrong = logged("greeted by name", "not my gate").entries
    with pytest.raises(NotFound, match="There is no entry"):
        recover(recovery(uuid4()))
    with pytest.raises(Refused, match="The entry of 2020-08-15 at 'gate' is no withdrawal"):
        recover(recovery(good))
    with pytest.raises(Refused, match="happened after the recovery of 2020-08-14"):
        recover(recovery(wrong, -1))
    with pytest.raises(Refused, match="gives back 0 points or more, not -1"):
        recover(recovery(wrong, points=-1.0))
    made = recover(recovery(wrong, 1))
    with pytest.raises(Refused, match="is recovered already; correct that recovery first"):
        recover(recovery(wrong, 2))
    with pytest.raises(Refused, match="is no withdrawal"):
        recover(recovery(made.entry, 2))  # nor is a recovery itself
    correct(CorrectionRequest(uuid4(), SATURDAY + dt.timedelta(days=2), entry=wrong))
    with pytest.raises(Refused, match="was corrected away; there is nothing to recover"):
        recover(recovery(wrong, 3))


def test_nothing_is_gained_by_taking_back_the_taking_back_of_a_recovery(club: str):
    (wrong,) = logged("not my gate").entries
    first = recover(recovery(wrong, 1))
    mistaken = correct(correction(entry=first.entry))
    recover(recovery(wrong, 1.5))
    correct(correction(entry=mistaken.entries[0]))
    assert balance(ALICE, 2) == pytest.approx(0, abs=1e-9)
    assert disagreements(terms_in_force()) == (1, [])


def test_what_was_given_back_for_a_wrong_to_somebody_else_weighs_nothing(club: str):
    (wrong,) = logged("not my gate").entries
    recover(recovery(wrong))
    somebody_else = correct(correction(entry=wrong))
    assert balance(ALICE, 1) == pytest.approx(0, abs=1e-9)
    assert disagreements(terms_in_force()) == (1, [])
    correct(correction(entry=somebody_else.entries[0]))
    assert balance(ALICE, 1) == pytest.approx(0, abs=1e-9)
    assert disagreements(terms_in_force()) == (1, [])


def correction(**details: object) -> CorrectionRequest:
    return replace(CorrectionRequest(uuid4(), SATURDAY + dt.timedelta(days=1), by="Carol"), **details)


def test_an_entry_is_taken_back_and_stays_to_be_seen(club: str):
    good, wrong = logged("greeted by name", "not my gate").entries
    done = correct(correction(entry=wrong, note="That was the row before"))
    assert balance(ALICE) == pytest.approx(2)
    assert tables.Entry.objects.get(id=done.entries[0]).corrects == wrong
    assert tables.Entry.objects.count() == 3
    audit = tables.AuditEntry.objects.get(action="correct")
    assert (audit.actor, audit.subject, audit.after["note"]) == ("Carol", wrong, "That was the row before")
    assert tables.Moment.objects.count() == 1  # nothing happened with the customer
    assert good != wrong


def test_a_whole_moment_is_taken_back_for_all_who_remember_it(club: str):
    wrong = logged("not my gate", "greeted by name", witnesses=(BOB,), unnamed_witnesses=5)
    assert len(correct(correction(moment=wrong.moment)).entries) == 6
    assert [balance(account) for account in (ALICE, BOB, house("gate"))] == pytest.approx([0, 0, 0])


def test_what_is_right_is_logged_instead_in_one_go(club: str):
    wrong = logged("not my gate")
    done = correct(correction(moment=wrong.moment, replacement=moment("long queue", touchpoint="shop")))
    assert done.replacement is not None
    assert balance(ALICE) == pytest.approx(-5)
    with pytest.raises(NotFound, match="no touchpoint 'canteen'"):
        correct(correction(moment=done.replacement.moment, replacement=moment("long queue", touchpoint="canteen")))
    assert balance(ALICE) == pytest.approx(-5)  # all or nothing


def test_taking_back_twice_is_refused(club: str):
    wrong = logged("not my gate", "greeted by name")
    first = correct(correction(entry=wrong.entries[0]))
    with pytest.raises(
        Refused, match=f"was taken back already on 2020-08-16; correct {first.entries[0]} to reinstate it"
    ):
        correct(correction(entry=wrong.entries[0]))
    assert len(correct(correction(moment=wrong.moment)).entries) == 1  # what still stood
    with pytest.raises(Refused, match="was taken back already; nothing was corrected"):
        correct(correction(moment=wrong.moment))


def test_correcting_a_correction_reinstates_and_can_be_taken_back_again(club: str):
    (wrong,) = logged("not my gate").entries
    (away,) = correct(correction(entry=wrong)).entries
    correct(correction(entry=away))
    assert balance(ALICE) == pytest.approx(-10)
    with pytest.raises(Refused, match="was taken back already"):
        correct(correction(entry=away))
    correct(correction(entry=wrong))
    assert balance(ALICE) == pytest.approx(0)
    assert disagreements(terms_in_force()) == (1, [])


def test_correcting_a_recovery_opens_the_withdrawal_again(club: str):
    (wrong,) = logged("not my gate").entries
    made = recover(recovery(wrong, 0.5))
    correct(correction(moment=made.moment))
    assert balance(ALICE, 540) == pytest.approx(-5)
    assert recover(recovery(wrong, 540)).points == pytest.approx(5)


def test_the_same_correction_again_changes_nothing(club: str):
    wrong = logged("not my gate")
    request = correction(moment=wrong.moment, replacement=moment("long queue", touchpoint="shop"))
    first, again = correct(request), correct(request)
    assert (first.entries, first.replacement.moment) == (again.entries, again.replacement.moment)
    assert (first.is_new, again.is_new) == (True, False)
    with pytest.raises(Refused, match="belongs to another change"):
        correct(replace(request, moment=uuid4()))


def test_a_correction_names_one_thing_that_is_there(club: str):
    with pytest.raises(NotFound, match="There is no entry"):
        correct(correction(entry=uuid4()))
    with pytest.raises(NotFound, match="There is no moment"):
        correct(correction(moment=uuid4()))
    with pytest.raises(Refused, match="either the entry or the moment"):
        correct(correction())
    with pytest.raises(Refused, match="either the entry or the moment"):
        correct(correction(entry=uuid4(), moment=uuid4()))
