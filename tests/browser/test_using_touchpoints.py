"""The main job of the journey in a browser: read out the leak and the habit, and open the touchpoint behind them."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def opened(page: Page) -> Page:
    """The journey, once its sums have been made."""
    page.goto("/touchpoints/")
    expect(page.locator("section.stage").first).to_be_visible(timeout=60_000)
    return page


def test_a_manager_reads_out_what_to_talk_about_and_opens_it(visit) -> None:
    page = opened(visit("manager", phone=True, department="operations"))
    habit = page.get_by_role("region", name=re.compile("The best habit"))
    box = habit.bounding_box()
    assert box["y"] + box["height"] < 844, "it is on the first screen of a phone"
    place = page.locator("li.place a.name").first
    called = place.inner_text()
    assert called == "Gate", "operations answer for the gate alone"
    place.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(called)
    expect(page.locator("li.moment").first).to_be_visible()


def test_the_keyboard_alone_opens_a_department_a_touchpoint_and_its_earlier_moments(visit) -> None:
    page = opened(visit("strategist"))
    page.get_by_role("link", name="Operations").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("department="))
    assert page.locator("li.place").count() == 1
    page.get_by_role("link", name="Gate").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Moments").wait_for()
    shown = page.locator("li.moment").count()
    page.get_by_role("link", name="Earlier moments").focus()
    page.keyboard.press("Enter")
    expect(page.locator("li.moment").nth(shown)).to_be_focused()


def test_the_table_behind_the_bars_says_the_same(visit) -> None:
    page = opened(visit("analyst"))
    page.get_by_text("The same as a table").click()
    rows = page.locator("table.ruled tbody tr")
    assert rows.count() == page.locator("li.place").count()
    won = page.locator("li.place", has_text="Gate").locator(".won.num").inner_text().split()[0]
    assert rows.filter(has_text="gate").locator("td").first.inner_text() == won
