"""The main job of the list in a browser: find out who needs us, narrow it, open one; with a finger and with keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect


def opened(page: Page) -> Page:
    """The list, once it has been made."""
    page.goto("/customers/")
    expect(page.locator("#found")).to_be_visible(timeout=60_000)
    return page


def count(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator("p[role=status] b").first.inner_text()))


def test_a_manager_finds_who_was_let_down_narrows_it_and_opens_one(visit) -> None:
    page = opened(visit("manager"))
    everybody = count(page)
    page.get_by_role("link", name=re.compile("Open withdrawals")).click()
    wronged = count(page)
    assert 0 < wronged < everybody
    page.get_by_text("By type and standing").click()
    page.get_by_role("navigation", name="Standing").get_by_role("link", name=re.compile("overdrawn")).click()
    assert 0 < count(page) <= wronged
    assert "is=wronged" in page.url
    assert "standing=overdrawn" in page.url
    page.go_back()
    assert count(page) == wronged
    name = page.locator("li.customer a.name").first
    called = name.inner_text()
    name.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(called)


def test_a_name_is_found_while_it_is_typed_and_the_address_keeps_it(visit) -> None:
    page = opened(visit("manager", phone=True))
    called = page.locator("li.customer a.name").nth(3).inner_text()
    page.get_by_label("Search by name or number").type(called[:5].upper(), delay=20)
    expect(page.locator("li.customer a.name").first).to_contain_text(re.compile(re.escape(called.split()[0][:5]), re.I))
    expect(page).to_have_url(re.compile(r"[?&]q="))
    assert page.evaluate("document.activeElement.name") == "q", "whoever types goes on typing"
    page.reload()
    assert page.get_by_label("Search by name or number").input_value() == called[:5].upper()


def test_the_keyboard_alone_does_all_of_it(visit) -> None:
    page = opened(visit("strategist"))
    page.get_by_label("Search by name or number").focus()
    chip = page.get_by_role("link", name=re.compile("Silent for 45 days"))
    for _ in range(12):
        page.keyboard.press("Tab")
        if chip.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("is=silent"))
    page.get_by_role("link", name="Show everybody").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/customers/$"))
    further = page.get_by_role("link", name="Show more")
    further.wait_for()
    shown = page.locator("li.customer").count()
    further.focus()
    page.keyboard.press("Enter")
    expect(page.locator("li.customer a.name").nth(shown)).to_be_focused()  # reading goes on where it was


def test_an_analyst_changes_the_condition_and_is_told_what_is_wrong_with_it(visit) -> None:
    page = opened(visit("analyst"))
    page.get_by_text("As a condition, and as SQL").click()
    area = page.get_by_label(re.compile("The filter in the plan’s own language"))
    area.fill("balanse < 0")
    page.get_by_role("button", name="Use this condition").click()
    expect(page.locator("#faults")).to_contain_text("did you mean 'balance'?")
    area.fill("balance < 0")
    page.get_by_role("button", name="Use this condition").click()
    overdrawn = count(page)
    expect(page.locator("pre.code")).to_contain_text("read_parquet")
    page.get_by_text("By type and standing").click()
    page.get_by_role("link", name="Show everybody").click()
    page.get_by_text("By type and standing").click()
    page.get_by_role("link", name=re.compile("overdrawn")).click()
    assert count(page) == overdrawn


def test_a_file_is_downloaded(visit) -> None:
    page = opened(visit("manager"))
    with page.expect_download() as waiting:
        page.get_by_role("button", name="As a CSV file").click()
    assert waiting.value.suggested_filename == "customers.csv"


@pytest.mark.parametrize("phone", [True, False])
def test_the_first_screen_shows_customers(visit, phone: bool) -> None:
    page = opened(visit("front line", phone=phone))
    box = page.locator("li.customer").first.bounding_box()
    assert box["y"] + box["height"] < 844 - 60
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_choosing_an_order_needs_no_second_tap(visit) -> None:
    page = opened(visit("strategist", phone=True))
    page.get_by_label("Order").select_option("name")
    expect(page).to_have_url(re.compile("order=name"))
    names = page.locator("li.customer a.name").all_inner_texts()
    assert [name.casefold() for name in names[:10]] == sorted(name.casefold() for name in names[:10])
