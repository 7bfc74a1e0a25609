"""Today's list: whose touches are on it, what a tap records, and what a page without any says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import Answer, Customer, PlannedTouch, PlanRun, PlanVersion, Promise, Staff, TouchEvent
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.record_answer import AnswerRequest, record_answer

HTMX = {"HX-Request": "true"}


@pytest.fixture
def run(people: dict[str, Staff]) -> PlanRun:
    """A week that began today."""
    return PlanRun.objects.create(
        id=mint(now()), plan_version=PlanVersion.objects.get(), starts_on=timezone.localdate(), made_at=now(),
        prices={}, certificate={}, parameters={},
    )  # fmt: skip


@pytest.fixture
def plan_touch(run: PlanRun, ana: Customer) -> Callable[..., PlannedTouch]:
    """A function that plans a touch: to Ana, by member services, today, unless it is told otherwise."""

    def plan_touch(name: str = "listening call", customer: Customer | None = None, **more: object) -> PlannedTouch:
        given = {"purpose": "ask", "channel": "phone", "team": "member services", "due_on": timezone.localdate()}
        given |= {"value": 5.0, "reason": "They joined 40 days ago.", "run": run, **more}
        return PlannedTouch.objects.create(id=mint(now()), customer=(customer or ana).id, name=name, **given)

    return plan_touch


def somebody(name: str, owner: Staff | None = None) -> Customer:
    return Customer.objects.create(id=mint(now()), changed_at=now(), name=name, owner=owner)


def tap(client, touch: PlannedTouch, outcome: str, identifier: UUID | None = None, **more: str):
    form = {"id": str(identifier or mint(now())), "outcome": outcome, **more}
    return client.post(f"/today/{touch.id}/settle/", form, headers=HTMX)


def page(client, address: str = "/today/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_card_says_who_why_now_what_to_say_and_what_is_known(visitor, plan_touch, ana):
    plan_touch()
    record_answer(AnswerRequest(mint(now()), ana.id, "feeling", "-1", now() - dt.timedelta(12)))
    record_answer(AnswerRequest(mint(now()), ana.id, "barrier", "travel", now() - dt.timedelta(300)))
    said = page(visitor("Mona"))
    assert "Mona" in said
    assert "1 person to reach, about 8 minutes" in said
    assert "They joined 40 days ago." in said
    assert "Hello Ana Whitfield, this is Mona." in said
    assert "How does being a member feel right now?" in said  # the touch's own question, from the plan
    assert 'href="tel:+447700900077"' in said
    assert "Poor (−1)" in said
    assert "12 days ago" in said
    assert "last told 300 days ago" in said  # an answer that has gone stale is asked anew


def test_the_plans_own_script_comes_first(visitor, plan_touch, run):
    text = run.plan_version.text.replace(
        "    minutes: 8\n    to:", "    minutes: 8\n    script: {open: It is your club.}\n    to:", 1
    )
    PlanVersion.objects.create(id=mint(now()), text=text, digest="another", in_force_from=now())
    run.plan_version = PlanVersion.objects.get(digest="another")
    run.save()
    plan_touch()
    said = page(visitor("Mona"))
    assert "It is your club." in said
    assert "Ask one thing at a time" in said


def test_a_list_has_the_teams_touches_and_the_owners_of_ones_own_customers(visitor, plan_touch, people, ana):
    plan_touch()
    plan_touch("box-holder visit", team="owner", channel="visit")
    plan_touch("box-holder visit", somebody("Bea Other", people["Omar"]), team="owner", channel="visit")
    plan_touch("travel one-pager", somebody("Carl Mail"), team="", channel="email")
    mona, omar = page(visitor("Mona")), page(visitor("Omar"))
    assert mona.count("<article") == 2
    assert "Bea Other" not in mona
    assert "Bea Other" in omar
    assert "Ana Whitfield" not in omar
    assert "Carl Mail" not in mona + omar


def test_what_is_held_out_or_due_later_is_never_shown(visitor, plan_touch):
    held_out = plan_touch(held_out=True)
    later = plan_touch("barrier call", due_on=timezone.localdate() + dt.timedelta(2))
    said = page(visitor("Mona"))
    assert "Ana Whitfield" not in said
    assert "The next touches are for" in said
    assert "Barrier call" in page(visitor("Mona"), f"/today/?until={later.due_on}")
    assert visitor("Mona").get(f"/today/{held_out.id}/").status_code == 404
    assert tap(visitor("Mona"), held_out, "made").status_code == 404
    assert not TouchEvent.objects.exists()


def test_nobody_of_another_team_can_settle_or_see_it(visitor, plan_touch):
    touch = plan_touch()
    assert visitor("Mona").get(f"/today/{touch.id}/").status_code == 200
    for name in ("Omar", "Stella"):
        assert visitor(name).get(f"/today/{touch.id}/").status_code == 404
        assert tap(visitor(name), touch, "made").status_code == 404
    assert visitor("stranger").get(f"/today/{touch.id}/").status_code == 302
    assert tap(visitor("Anil"), touch, "made").status_code == 403
    assert not TouchEvent.objects.exists()


def test_one_tap_then_what_was_learnt_then_undo(visitor, plan_touch, people):
    touch, client = plan_touch(), visitor("Mona")
    first = mint(now())
    assert "What did you learn?" in tap(client, touch, "made", first).content.decode()
    assert tap(client, touch, "made", first).status_code == 200  # a second tap does nothing
    assert TouchEvent.objects.count() == 1
    day = timezone.localdate() + dt.timedelta(3)
    learnt = {"id": str(mint(now())), "answer-feeling": "2", "answer-barrier": "travel"}
    learnt |= {"promise": "Send the bus times", "promise_due": str(day)}
    assert "Written down" in client.post(f"/today/{touch.id}/learn/", learnt, headers=HTMX).content.decode()
    assert sorted(Answer.objects.values_list("question", "touch")) == [("barrier", touch.id), ("feeling", touch.id)]
    assert Promise.objects.get().made_by == people["Mona"]
    undo = {"id": str(mint(now())), "step": str(first)}
    assert "Reached</button>" in client.post(f"/today/{touch.id}/undo/", undo, headers=HTMX).content.decode()
    assert not Promise.objects.exists()
    assert Answer.objects.filter(corrects__isnull=False).count() == 2


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(visitor, plan_touch):
    touch, client = plan_touch(), visitor("Mona")
    tap(client, touch, "made")
    typed = {"id": str(mint(now())), "answer-feeling": "2", "promise": "Send the bus times"}
    for headers in (HTMX, {}):
        answer = client.post(f"/today/{touch.id}/learn/", typed, headers=headers)
        said = answer.content.decode()
        assert answer.status_code == 422
        assert "Choose the day by which it is promised." in said
        assert 'value="Send the bus times"' in said
        assert 'name="answer-feeling" value="2" checked' in said
    assert not Answer.objects.exists()


def test_no_answer_and_later_come_back_on_their_day(visitor, plan_touch):
    touch, client = plan_touch(), visitor("Mona")
    assert "It comes back on" in tap(client, touch, "tried").content.decode()
    assert TouchEvent.objects.get().due_on > timezone.localdate()
    assert "Ana Whitfield" not in page(client)
    week_later = timezone.localdate() + dt.timedelta(7)
    tap(client, touch, "deferred", due_on=str(week_later))
    assert TouchEvent.objects.order_by("number").last().due_on == week_later


def test_what_was_put_off_until_today_is_there_though_its_week_is_over(visitor, plan_touch, run):
    earlier = PlanRun.objects.create(
        id=mint(now()), plan_version=run.plan_version, starts_on=run.starts_on - dt.timedelta(14), made_at=now(),
        prices={}, certificate={}, parameters={},
    )  # fmt: skip
    touch = plan_touch(run=earlier, due_on=earlier.starts_on)
    lapsed = plan_touch("barrier call", run=earlier, due_on=earlier.starts_on)
    for one, day in ((touch, timezone.localdate()), (lapsed, timezone.localdate() - dt.timedelta(3))):
        TouchEvent.objects.create(
            id=mint(now()), at=now() - dt.timedelta(9), recorded_at=now(), touch=one.id, customer=one.customer,
            name=one.name, channel="phone", purpose="ask", event="tried", due_on=day,
        )  # fmt: skip
    said = page(visitor("Mona"))
    assert "Listening call" in said
    assert "No answer on" in said
    assert "Barrier call" not in said  # the plan of this week has decided anew


def test_not_appropriate_needs_a_reason(visitor, plan_touch):
    touch, client = plan_touch(), visitor("Mona")
    answer = tap(client, touch, "skipped")
    assert answer.status_code == 422
    assert "A touch is skipped for a reason" in answer.content.decode()
    tap(client, touch, "skipped", reason="It does not fit them")
    assert TouchEvent.objects.get().reason == "It does not fit them"


def test_without_script_a_form_leads_to_the_touch_itself(visitor, plan_touch):
    touch, client = plan_touch(), visitor("Mona")
    answer = client.post(f"/today/{touch.id}/settle/", {"id": str(mint(now())), "outcome": "made"}, follow=True)
    assert answer.redirect_chain == [(f"/today/{touch.id}/", 302)]
    assert "What did you learn?" in answer.content.decode()


def test_what_a_colleague_has_taken_is_told_and_not_offered(visitor, plan_touch):
    touch = plan_touch()
    assert "You have it" in tap(visitor("Mia"), touch, "claimed").content.decode()
    said = page(visitor("Mona"))
    assert "1 taken by a colleague" in said
    assert "Reached</button>" not in said
    answer = tap(visitor("Mona"), touch, "made")
    assert answer.status_code == 422
    assert "Mia has taken" in answer.content.decode()
    claim = TouchEvent.objects.get()
    give_back = {"id": str(mint(now())), "step": str(claim.id)}
    visitor("Mia").post(f"/today/{touch.id}/undo/", give_back, headers=HTMX)
    assert "Reached</button>" in page(visitor("Mona"))


def test_only_mine_narrows_to_the_customers_one_looks_after(visitor, plan_touch):
    plan_touch()
    plan_touch(customer=somebody("Nobody's Nell"))
    client = visitor("Mona")
    assert page(client).count("<article") == 2
    client.post("/more/only-mine/", {"only_mine": "1", "next": "/today/"})
    said = page(client)
    assert "Ana Whitfield" in said
    assert "Nobody&#x27;s Nell" not in said


def test_a_promise_that_is_due_is_kept_or_let_go_by_who_made_it(visitor, people, ana):
    for what in ("Send the bus times", "Ring the caterer"):
        Promise.objects.create(
            id=mint(now()), changed_at=now(), customer=ana, what=what, due_on=timezone.localdate(),
            made_by=people["Mona"], made_at=now(),
        )  # fmt: skip
    kept, let_go = Promise.objects.order_by("what").reverse()
    client = visitor("Mona")
    assert "You promised" in page(client)
    assert "Send the bus times" not in page(visitor("Mia"))
    form = {"id": str(mint(now())), "what": "kept"}
    assert visitor("Mia").post(f"/today/promises/{kept.id}/", form).status_code == 404
    assert "Kept: Send the bus times." in client.post(f"/today/promises/{kept.id}/", form, follow=True).content.decode()
    form = {"id": str(mint(now())), "what": "let go"}
    assert "let go for a reason" in client.post(f"/today/promises/{let_go.id}/", form, follow=True).content.decode()
    client.post(f"/today/promises/{let_go.id}/", form | {"reason": "They rang themselves"})
    assert sorted(Promise.objects.values_list("what", "kept")) == [
        ("Ring the caterer", False),
        ("Send the bus times", True),
    ]


def test_the_worst_leak_of_ones_department_is_named_with_what_to_do_instead(visitor, people, ana):
    for place, (practice, days) in enumerate(
        (("pitched an upgrade", 3), ("pitched an upgrade", 9), ("came only when renewal was due", 40))
    ):
        happened = (Happened(practice),)
        at = now() - dt.timedelta(days)
        log_moment(
            MomentRequest(
                UUID(int=900 + place), at, "in-seat visit", happened, customer=ana.id, staff=people["Mona"].id
            )
        )
    said = page(visitor("Mona"))
    assert "Watch today: in-seat visit" in said
    assert "− pitched an upgrade" in said
    assert "most of the 4 points" in said
    assert "+ remembered what we talked about" in said
    assert "Watch today" not in page(visitor("Omar"))  # of another department, where nothing was lost


@pytest.mark.parametrize("name", ["Mona", "Stella"])
def test_an_empty_page_says_what_to_do_first(visitor, people, name):
    assert "No week is planned" in page(visitor(name))
    PlanRun.objects.create(
        id=mint(now()), plan_version=PlanVersion.objects.get(), starts_on=timezone.localdate(), made_at=now(),
        prices={}, certificate={}, parameters={},
    )  # fmt: skip
    assert {"Mona": "Nothing is due", "Stella": "You are in no team yet"}[name] in page(visitor(name))


def test_a_week_that_begins_later_is_not_asked_for_again(visitor, people):
    PlanRun.objects.create(
        id=mint(now()), plan_version=PlanVersion.objects.get(), starts_on=timezone.localdate() + dt.timedelta(1),
        made_at=now(), prices={}, certificate={}, parameters={},
    )  # fmt: skip
    said = page(visitor("Mona"))
    assert "The week that is planned begins on" in said
    assert "No week is planned" not in said


def test_without_a_plan(visitor, people, monkeypatch):
    monkeypatch.setattr("touchbook.web.today.views.version_in_force", lambda: None)
    assert "There is no plan yet" in page(visitor("Mona"))


def test_however_long_the_list_is_the_page_is_short_and_asks_no_more(visitor, plan_touch):
    client = visitor("Mona")
    plan_touch()
    with CaptureQueriesContext(connection) as few:
        page(client)
    for number in range(59):
        plan_touch(customer=somebody(f"Person {number}"))
    with CaptureQueriesContext(connection) as many:
        said = page(client)
    assert said.count("<article") == 15
    assert "60 people to reach" in said
    assert "Show 35 more" in said
    assert page(client, "/today/?more=1").count("<article") == 50
    assert len(many) == len(few)
