"""The first morning, as docs/tutorial/first-morning.md tells it, by the three people in it: what it says, happens."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from test_using_plan_page import put_caret_after
from test_using_today import first_card, make_due_today, open_list, today

WAIT = 90_000  # milliseconds: a week is planned by a process of its own, which takes its time to start


def log_a_moment(page: Page, sign: str, practice: str = "") -> int:
    """Say what it was and who, and save; returns the number of taps."""
    chips = page.locator("#practices .chip").filter(has_text=practice)
    steps = (
        page.get_by_role("button", name=sign, exact=True),
        chips.first,
        page.locator("#who .chip").nth(1),  # the first is the unknown guest
        page.get_by_role("button", name="Save the moment"),
    )
    for step in steps:
        step.tap()
    return len(steps)


def counter(page: Page) -> None:
    """1. At the counter: log a moment."""
    expect(page.get_by_role("heading", level=1)).to_have_text("What just happened?")
    page.wait_for_selector("#log[data-ready]")
    assert log_a_moment(page, "Deposit", "emembered what we talked about") == 4
    expect(page.locator("#saved-how")).to_have_text("It has arrived.")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    log_a_moment(page, "Withdrawal")
    recover = page.locator("#recover")
    expect(recover.get_by_role("heading", name="What may I do about it now?")).to_be_visible()
    expect(recover).to_contain_text(re.compile(r"up to [\d.]+ points can be given back"))
    recover.get_by_role("button", name="Free drink").tap()
    expect(page.locator("#saved-what")).to_contain_text("points given back")
    page.context.set_offline(True)
    log_a_moment(page, "Deposit")
    expect(page.locator("#saved-how")).to_contain_text("Kept on this phone")
    expect(page.locator("#waiting")).to_have_text("1 waiting to send")
    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_be_empty(timeout=20_000)
    page.troubles[:] = [one for one in page.troubles if "ERR_INTERNET_DISCONNECTED" not in one]  # type: ignore[attr-defined]


def morning(page: Page) -> None:
    """2. In the morning: today's list."""
    open_list(page)
    card = first_card(page)
    expect(card.locator(".why")).not_to_be_empty()
    card.get_by_text("What to say, and what we know").tap()
    for step in ("Open", "Listen", "Help", "Close"):
        expect(card.get_by_text(step, exact=True)).to_be_visible()
    card.get_by_role("button", name="Reached").tap()
    expect(card.get_by_text("What did you learn?")).to_be_visible()
    card.get_by_role("radio", name="Good").tap()
    card.get_by_label("What you promised").fill("Ask about the lift")
    card.get_by_label("By when").fill(today().isoformat())
    card.get_by_role("button", name="Write it down").tap()
    expect(card.get_by_text("Written down. Thank you.")).to_be_visible()
    open_list(page)
    expect(page.locator(".promised", has_text="Ask about the lift")).to_contain_text("Due today")
    page.locator("article.touch h2 a").first.tap()
    expect(page.get_by_role("columnheader").filter(has_text="Withdrawal").first).to_be_attached()
    page.get_by_role("link", name="How this is worked out").first.tap()
    expect(page.locator("dialog#opened")).to_contain_text(re.compile(r"\d\.\d{3,}"))


def desk(page: Page) -> None:
    """3. At the desk: the manager."""
    page.goto("/customers/")
    expect(page.get_by_label("Search by name or number")).to_be_visible(timeout=20_000)  # the list may be in the making
    for question in ("Feeling falling", "Open withdrawals", "Silent for 45 days"):
        expect(page.locator("main").get_by_text(question).first).to_be_visible()
    page.goto("/touchpoints/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where do we win and lose?")
    expect(page.get_by_role("heading", name="The best habit")).to_be_visible(timeout=20_000)
    page.goto("/week/history/")
    page.locator("nav.list a").first.click()
    expect(page.get_by_text("no plan under these guardrails is more than")).to_be_visible()
    for heading in ("Who makes what", "What is scarce", "Who is left alone"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    counted = page.locator("#week-list [role=status]")
    everybody = counted.inner_text()
    page.get_by_label("Team").select_option("member services")
    expect(counted).not_to_have_text(everybody)
    open_ones = page.locator(
        ".touches li", has_text=re.compile("member services.*(waiting for approval|approved)", re.S)
    )
    open_ones.locator("a").first.click()
    expect(page.get_by_role("heading", name="What would change this?")).to_be_visible()
    page.get_by_label("Why it should not be made").fill("We spoke yesterday.")
    page.get_by_role("button", name="Withdraw this touch").click()
    expect(page.get_by_role("status").filter(has_text="It is withdrawn")).to_be_visible()


def type_instead(page: Page, words: str, by: str) -> None:
    put_caret_after(page, words)
    for _ in words:
        page.keyboard.press("Backspace")
    page.keyboard.type(by)


def strategist(page: Page) -> None:
    """4. The strategist: change the plan."""
    page.goto("/plan/")
    said = page.locator("#plan-said")
    type_instead(page, "guardrails:", "guardrail:")
    expect(page.locator(".gutter [data-mark=error]").first).to_be_visible()
    expect(page.locator("#plan-problems")).to_contain_text("guardrails")
    type_instead(page, "guardrail:", "guardrails:")
    expect(said).to_have_text("No errors and no warnings.")
    type_instead(page, "member services: 30", "member services: 20")
    expect(page.get_by_text("1 change to version")).to_be_visible()
    page.get_by_role("button", name="Count").click()
    expect(page.locator("#plan-reach tr").nth(1)).to_be_visible()
    page.get_by_role("button", name="Try it").click()
    row = page.locator("#plan-trial tr", has_text="Used of member services")
    expect(row.locator("td").nth(0)).to_contain_text("of 30.0 hours", timeout=WAIT)
    expect(row.locator("td").nth(1)).to_contain_text("of 20.0 hours")
    publish(page, "Fewer hours at the counter.")
    page.get_by_role("link", name="History").click()
    page.get_by_role("link", name="Fewer hours at the counter.").click()
    expect(page.locator("main")).to_contain_text(re.compile("30.*20"))
    page.goto("/plan/")
    type_instead(page, "member services: 20", "member services: 30")  # as it was, for the tests that come after
    publish(page, "As it was.")


def publish(page: Page, note: str) -> None:
    page.get_by_label("A note: what this version is for").fill(note)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").filter(has_text="is in force.")).to_be_visible()


def test_the_tutorial_holds(visit, club: Path) -> None:
    make_due_today(club)
    page = visit("front line", phone=True, department="member services")
    counter(page)
    morning(page)
    desk(visit("manager", department="member services"))
    strategist(visit("strategist"))
