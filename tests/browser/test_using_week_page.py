"""The week in a browser: read, approved, withdrawn from, and planned anew."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

WAIT = 90_000  # milliseconds: a week is planned by a process of its own, which takes its time to start


def newest(page: Page) -> Page:
    page.goto("/week/history/")
    page.locator("nav.list a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What did the planner decide?")
    return page


def replanned(page: Page) -> Page:
    """A fresh plan, of which nothing is decided yet."""
    newest(page)
    page.get_by_role("button", name=re.compile("^Plan ")).click()
    page.wait_for_url(re.compile(r"/week/\d+/$"), timeout=WAIT)
    return page


def events(club: Path, event: str) -> int:
    with sqlite3.connect(club / "touchbook.sqlite3") as database:
        return database.execute("SELECT COUNT(*) FROM store_touchevent WHERE event = ?", [event]).fetchone()[0]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_page_tells_the_week_in_words(visit, phone: bool) -> None:
    page = newest(visit("manager", department="member services", phone=phone))
    expect(page.get_by_text("no plan under these guardrails is more than")).to_be_visible()
    expect(page.get_by_role("heading", name="What is scarce")).to_be_visible()
    expect(page.get_by_role("heading", name="Who is left alone")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_a_list_is_filtered_as_its_choices_change_and_opens_to_why(visit) -> None:
    replanned(visit("strategist"))  # a club that was moved has the evidence of no earlier run
    page = newest(visit("analyst"))
    before = page.locator("#week-list [role=status]").inner_text()
    page.get_by_label("Purpose").focus()
    page.get_by_label("Purpose").select_option("apologise")
    expect(page.locator("#week-list [role=status]")).not_to_have_text(before)
    expect(page.locator("#filter-purpose")).to_be_focused()
    page.locator(".touches a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("apology")
    expect(page.locator("#why")).to_contain_text("must be made", timeout=WAIT)
    expect(page.get_by_role("button", name="Withdraw this touch")).to_have_count(0)
    newest(page)
    page.locator(".kinds a[href*=alone]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is left alone, and why?")
    page.locator(".touches a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Why this week for")
    expect(page.get_by_text("What was not open, and why")).to_be_visible()


def test_a_manager_approves_their_own_and_withdraws_one_by_keyboard_alone(visit, club: Path) -> None:
    replanned(visit("strategist"))
    page = newest(visit("manager", department="member services"))
    approved, skipped = events(club, "approved"), events(club, "skipped")
    page.get_by_role("button", name="Approve my people’s").press("Enter")
    expect(page.get_by_role("status").filter(has_text="approved.")).to_be_visible()
    assert events(club, "approved") > approved
    expect(page.get_by_role("button", name="Approve my people’s")).to_have_count(0)
    for filtered, choice in (("State", "approved"), ("Team", "member services")):
        with page.expect_response("**/touches/**"):
            page.get_by_label(filtered).select_option(choice)
        expect(page.locator(".htmx-request")).to_have_count(0)
        expect(page.locator(".touches li").first).to_contain_text(choice)
    page.locator(".touches a").first.press("Enter")
    page.get_by_label("Why it should not be made").fill("We spoke yesterday.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="It is withdrawn")).to_be_visible()
    assert events(club, "skipped") == skipped + 1


def test_a_strategist_has_the_week_planned_again_and_approves_all_of_it(visit, club: Path) -> None:
    page = replanned(visit("strategist"))
    assert events(club, "superseded") > 0
    approved = events(club, "approved")
    page.get_by_role("button", name=re.compile("^Approve all")).click()
    expect(page.get_by_role("status").filter(has_text="approved.")).to_be_visible()
    assert events(club, "approved") > approved
    expect(page.get_by_role("button", name=re.compile("^Approve all"))).to_have_count(0)


def test_a_plan_that_is_being_made_can_be_stopped(visit) -> None:
    page = newest(visit("administrator"))
    page.get_by_role("button", name=re.compile("^Plan ")).click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#making")).to_contain_text("the week is as it was", timeout=20_000)


def test_the_front_line_does_not_see_it(visit) -> None:
    page = visit("front line")
    assert page.goto("/week/").status == 403
    page.troubles.clear()


def test_another_department_sees_the_counts_and_not_the_customers_of_others(visit, club: Path) -> None:
    page = newest(visit("manager", department="catering"))
    expect(page.get_by_role("heading", name="Who makes what")).to_be_visible()
    with sqlite3.connect(club / "touchbook.sqlite3") as database:
        owned = database.execute(
            "SELECT customer.name FROM store_customer AS customer JOIN store_staff AS staff ON staff.id = "
            "customer.owner_id JOIN store_department AS department ON department.id = staff.department_id "
            "WHERE department.name <> 'catering'"
        ).fetchall()
    listed = page.locator(".touches").inner_text() if page.locator(".touches").count() else ""
    assert not [name for (name,) in owned if name in listed.splitlines()]
