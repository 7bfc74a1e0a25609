"""The frame of every page: who sees which menu, and that a browser has nothing to complain of."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

MENUS = {
    "front line": ["Log", "Today", "Customers"],
    "manager": ["Log", "Today", "Customers", "Touchpoints", "Week", "Plan", "Settings"],
    "analyst": ["Customers", "Touchpoints", "Week", "Plan"],
    "administrator": ["Log", "Today", "Customers", "Touchpoints", "Week", "Plan", "Settings"],
}


@pytest.mark.parametrize("role", MENUS)
def test_each_role_has_its_own_menu_and_every_entry_opens(visit, role: str) -> None:
    page = visit(role)
    links = page.locator("nav.places a")
    assert links.all_inner_texts() == MENUS[role]
    for address in [link.get_attribute("href") for link in links.all()]:
        answer = page.goto(address)
        assert answer.status == 200
        assert page.locator("h1").count() == 1
        assert page.locator("nav.places a[aria-current=page]").count() == 1


def test_a_phone_has_tabs_at_its_foot_and_the_rest_behind_more(visit) -> None:
    page = visit("manager", phone=True)
    assert page.locator("nav.tabs a").all_inner_texts() == ["Log", "Today", "Customers", "More"]
    assert not page.locator("header.top").is_visible()
    page.get_by_role("link", name="More", exact=True).click()
    page.get_by_role("link", name="Touchpoints").click()
    assert page.url.endswith("/touchpoints/")


def test_a_page_behind_more_marks_more_at_the_foot_of_a_phone(visit) -> None:
    page = visit("strategist", phone=True)
    for address, marked in (("/week/", "More"), ("/more/", "More"), ("/customers/", "Customers")):
        page.goto(address)
        expect(page.locator("nav.tabs a[aria-current]")).to_have_text(marked)


def test_the_policy_lets_no_script_or_style_into_a_page(visit) -> None:
    page = visit("manager")
    policy = page.goto("/today/").headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "default-src 'self'" in policy
