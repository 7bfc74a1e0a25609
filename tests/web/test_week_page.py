"""The week: what was decided, who may see and decide what of it; each view with several people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.signin.models import Login
from touchbook.store.models import AuditEntry, Customer, PlannedTouch, PlanRun, Staff, TouchEvent
from touchbook.workflows import jobs
from touchbook.workflows.make_plan import make_plan
from touchbook.workflows.record_touch import state_of


@pytest.fixture
def week(people, ana, home: Path) -> PlanRun:
    """Seven days planned for Ana (Mona's), Otto (Omar's), Una (nobody's), and Lev, who has left."""
    for name, owner in (("Otto Bright", people["Omar"]), ("Una Free", None), ("王小明 Wáng", people["Mona"])):
        Customer.objects.create(
            id=mint(now()), changed_at=now(), name=name, since="2020-08-01", owner=owner,
            attributes={"annual_value": 500.0, "seats": 2.0, "account_kind": "person"},
        )  # fmt: skip
    made = make_plan(home, settings.TOUCHBOOK_DATABASE_URL)
    return PlanRun.objects.get(id=made.run)


def test_large_numbers_have_their_thousands_told_apart(visitor, week: PlanRun) -> None:
    first = week.touches.filter(held_out=False).first()
    week.touches.bulk_create(
        PlannedTouch(
            id=mint(now()), run=week, customer=first.customer, name=first.name, purpose=first.purpose,
            channel=first.channel, team=first.team, due_on=first.due_on, value=1.0, reason="", must=True,
        )
        for _ in range(1_200)
    )  # fmt: skip
    stella = visitor("Stella")
    for address in ("/week/", f"/week/{week.number}/touches/"):
        told = re.sub(r"<[^>]+>", " ", page_of(stella, address))
        assert re.search(r"\b1,2\d\d touches that you may see|Approve all 1,2\d\d that wait", told)
        assert not re.search(r"\b12\d\d\b", told)


def touch_to(name: str) -> PlannedTouch:
    customer = Customer.objects.get(name=name)
    return PlannedTouch.objects.filter(customer=customer.id).order_by("id").first()


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_each_view_opens_for_those_whose_role_includes_it(visitor, week: PlanRun) -> None:
    touch = touch_to("Ana Whitfield")
    addresses = (
        "/week/", "/week/history/", f"/week/{week.number}/", f"/week/{week.number}/touches/",
        f"/week/{week.number}/touches/{touch.id}/", f"/week/{week.number}/alone/",
        f"/week/{week.number}/why/{touch.customer}/",
    )  # fmt: skip
    for address in addresses:
        for name in ("Mia", "Stella", "Anil", "Ada"):
            assert visitor(name).get(address).status_code == 200, f"{name} at {address}"
        assert visitor("Mona").get(address).status_code == 403
        assert visitor("Omar").get(address).status_code == 403
        assert visitor("stranger").get(address).status_code == 302


def test_the_page_says_what_was_decided_in_words(visitor, week: PlanRun) -> None:
    page = page_of(visitor("Stella"), "/week/")
    assert "What did the planner decide?" in page
    assert "no plan under these guardrails is more than" in page
    assert "hours" in page
    assert "None of it; the plan allows" in page
    assert "Approve all" in page
    assert "王小明 Wáng" in page


def test_a_manager_sees_only_touches_to_customers_they_may_see(visitor, people, week: PlanRun) -> None:
    PlannedTouch.objects.filter(customer=Customer.objects.get(name="Otto Bright").id).update(team="")
    touch = touch_to("Otto Bright")
    address = f"/week/{week.number}/touches/"
    assert "Otto Bright" in page_of(visitor("Stella"), address)
    page = page_of(visitor("Mia"), address)
    assert "Ana Whitfield" in page
    assert "Una Free" in page
    assert "Otto Bright" not in page
    assert visitor("Mia").get(f"{address}{touch.id}/").status_code == 404
    assert visitor("Mia").get(f"/week/{week.number}/why/{touch.customer}/").status_code == 404


def test_a_list_is_filtered(visitor, week: PlanRun) -> None:
    client = visitor("Stella")
    touch = touch_to("Una Free")
    address = f"/week/{week.number}/touches/"
    assert "Una Free" in page_of(client, f"{address}?touch={touch.name}&state=waiting")
    assert "No touch is like that" in page_of(client, f"{address}?state=made")
    assert "No touch is like that" in page_of(client, f"{address}?purpose=sell")
    fragment = client.get(f"{address}?state=made", headers={"HX-Request": "true"}).content.decode()
    assert "<h1" not in fragment


def test_who_is_held_out_is_a_count_and_nothing_more(visitor, week: PlanRun) -> None:
    touch = touch_to("Una Free")
    PlannedTouch.objects.filter(customer=touch.customer).update(held_out=True)
    client = visitor("Stella")
    page = page_of(client, "/week/")
    assert "drawn at random" in page
    assert "Una Free" not in page
    assert client.get(f"/week/{week.number}/touches/{touch.id}/").status_code == 404
    why = page_of(client, f"/week/{week.number}/why/{touch.customer}/")
    assert "Una Free is left alone this week." in why
    assert touch.name not in why
    sent = {"id": str(mint(now())), "reason": "No."}
    assert client.post(f"/week/{week.number}/touches/{touch.id}/withdraw/", sent).status_code == 404


def test_a_touch_says_why_and_what_would_change_it(visitor, week: PlanRun) -> None:
    touch = touch_to("Ana Whitfield")
    client = visitor("Stella")
    page = page_of(client, f"/week/{week.number}/touches/{touch.id}/")
    assert touch.reason.split(".")[0].replace("'", "&#x27;") in page
    fragment = client.get(f"/week/{week.number}/why/{touch.customer}/", headers={"HX-Request": "true"})
    assert touch.name in fragment.content.decode()


def test_who_is_left_alone_opens_to_the_reason(visitor, people, ana, home) -> None:
    from touchbook.workflows.set_consent import ConsentRequest, set_consent

    for place, owner in enumerate((people["Mona"], people["Omar"])):
        quiet = Customer.objects.create(
            id=mint(now()), changed_at=now(), name=f"Quiet {place}", since="2020-01-01", owner=owner, attributes={}
        )
        set_consent(ConsentRequest(quiet.id, False, now()))
    made = PlanRun.objects.get(id=make_plan(home, settings.TOUCHBOOK_DATABASE_URL).run)
    page = page_of(visitor("Stella"), "/week/")
    assert "They do not wish to be reached this way" in page
    both = page_of(visitor("Stella"), f"/week/{made.number}/alone/?reason=consent")
    assert ("Quiet 0" in both, "Quiet 1" in both) == (True, True)
    mine = page_of(visitor("Mia"), f"/week/{made.number}/alone/")
    assert ("Quiet 0" in mine, "Quiet 1" in mine) == (True, False)
    quiet = Customer.objects.get(name="Quiet 0")
    assert "the customer does not allow" in page_of(visitor("Mia"), f"/week/{made.number}/why/{quiet.id}/")


def test_a_strategist_approves_all_once(visitor, week: PlanRun) -> None:
    client = visitor("Stella")
    found = re.search(r'name="id" value="([^"]+)"', page_of(client, "/week/"))
    sent = {"id": found.group(1)}
    for _ in range(2):
        answer = client.post(f"/week/{week.number}/approve/", sent)
        assert answer.status_code == 302
    assert "approved." in page_of(client, answer.headers["Location"])
    approved = TouchEvent.objects.filter(event="approved")
    assert approved.count() == PlannedTouch.objects.filter(held_out=False).count()
    assert set(approved.values_list("staff", flat=True)) == {Staff.objects.get(name="Stella").id}
    kept = AuditEntry.objects.get(action="approve")
    assert (kept.actor, kept.origin) == ("Stella", "web 127.0.0.1")


def test_only_those_who_decide_may_approve_and_withdraw(visitor, week: PlanRun) -> None:
    touch = touch_to("Ana Whitfield")
    for name, status in (("Anil", 403), ("Mona", 403), ("Omar", 403), ("stranger", 302)):
        for address in ("approve/", f"touches/{touch.id}/withdraw/"):
            answer = visitor(name).post(f"/week/{week.number}/{address}", {"id": str(mint(now())), "reason": "No."})
            assert answer.status_code == status, f"{name} at {address}"
    assert not TouchEvent.objects.filter(event__in=("approved", "skipped")).exists()


def test_a_manager_decides_for_their_own_people_alone(visitor, people, week: PlanRun) -> None:
    PlannedTouch.objects.all().update(team="ticketing", owner=None)
    PlannedTouch.objects.filter(customer=Customer.objects.get(name="Ana Whitfield").id).update(team="member services")
    mine, theirs = touch_to("Ana Whitfield"), touch_to("Una Free")
    client = visitor("Mia")
    assert "people’s" in page_of(client, "/week/")
    client.post(f"/week/{week.number}/approve/", {"id": str(mint(now()))})
    assert (state_of(mine), state_of(theirs)) == ("approved", "planned")
    refused = client.post(
        f"/week/{week.number}/touches/{theirs.id}/withdraw/", {"id": str(mint(now())), "reason": "Away till May."}
    )
    assert refused.status_code == 422
    assert "made by others" in refused.content.decode()
    assert "Away till May." in refused.content.decode()


def test_a_touch_is_withdrawn_for_a_reason(visitor, week: PlanRun) -> None:
    touch = touch_to("Ana Whitfield")
    client = visitor("Mia")
    address = f"/week/{week.number}/touches/{touch.id}/"
    assert "Withdraw this touch" in page_of(client, address)
    refused = client.post(f"{address}withdraw/", {"id": str(mint(now())), "reason": ""})
    assert refused.status_code == 422
    assert "for a reason" in refused.content.decode()
    sent = {"id": str(mint(now())), "reason": "She is on holiday."}
    for _ in range(2):
        assert client.post(f"{address}withdraw/", sent).status_code == 302
    assert state_of(touch) == "skipped"
    page = page_of(client, address)
    assert "withdrawn" in page
    assert "Withdraw this touch" not in page
    assert AuditEntry.objects.filter(action="withdraw").count() == 1


def test_another_plan_is_for_those_who_answer_for_all_teams(visitor, week: PlanRun, home, monkeypatch) -> None:
    import subprocess
    import sys

    real = subprocess.Popen
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(jobs.subprocess, "Popen", lambda _command, **more: real(sleep, **more))
    asked = {"id": str(mint(now())), "starts_on": str(week.starts_on)}
    for name, status in (("Mia", 422), ("Anil", 403), ("Mona", 403), ("stranger", 302)):
        assert visitor(name).post("/week/again/", asked).status_code == status
    assert not jobs.running(home)
    client = visitor("Stella")
    address = client.post("/week/again/", asked).headers["Location"]
    assert "Getting ready" in page_of(client, address)
    assert jobs.running(home)[0].asked["starts_on"] == str(week.starts_on)
    assert visitor("Ada").get(address).status_code == 404
    other = visitor("Ada").post("/week/again/", {**asked, "id": str(mint(now()))}, follow=True)
    assert "Another plan is being made right now" in other.content.decode()
    client.post(f"{address}stop/")
    assert "the week is as it was" in page_of(client, address)


def test_a_week_that_was_planned_again_says_so_and_leads_on(visitor, week: PlanRun, home) -> None:
    later = PlanRun.objects.get(id=make_plan(home, settings.TOUCHBOOK_DATABASE_URL, week.starts_on).run)
    client = visitor("Stella")
    page = page_of(client, f"/week/{week.number}/")
    assert "planned again" in page
    assert f"/week/{later.number}/" in page
    assert "Approve all" not in page
    assert "planned again later" in page_of(client, "/week/history/")


def test_a_run_whose_evidence_is_gone_still_has_its_page(visitor, week: PlanRun, home) -> None:
    for path in home.glob("lake/*/runs/*"):
        path.unlink()
    client = visitor("Stella")
    touch = touch_to("Ana Whitfield")
    assert "no longer kept" in page_of(client, f"/week/{week.number}/")
    assert "no longer kept" in page_of(client, f"/week/{week.number}/alone/")
    assert "no longer kept" in page_of(client, f"/week/{week.number}/why/{touch.customer}/")


def test_before_the_first_week_the_page_says_what_to_do(visitor, people, ana) -> None:
    assert "Plan the seven days from tomorrow" in page_of(visitor("Stella"), "/week/")
    assert "The strategist has the first one made" in page_of(visitor("Mia"), "/week/")
    assert "No week was planned yet" in page_of(visitor("Stella"), "/week/history/")
    assert visitor("Stella").get("/week/99/").status_code == 404


def test_before_there_is_a_plan_or_a_customer_the_page_says_that(sqlite: str, visitor) -> None:
    Customer.objects.all().delete()
    assert "No customer is known yet" in page_of(visitor("Stella"), "/week/")


def test_without_a_plan_the_strategist_is_led_to_write_one(sqlite: str) -> None:
    staff = Staff.objects.create(id=mint(now()), changed_at=now(), name="S", code="s", role="strategist")
    Login.objects.create(username="s", staff=staff, made_at=now(), password="!")
    client = Client()
    client.force_login(Login.objects.get(staff=staff), "touchbook.signin.backend.PasswordBackend")
    assert "Write the plan" in page_of(client, "/week/")
