"""Every page, in both themes, on a phone and a desk: nothing that WCAG 2.2 AA forbids, and nothing wider than the screen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PAGES = {
    "front line": ["/log/", "/today/", "/customers/", "/more/"],
    "manager": ["/touchpoints/", "/week/", "/settings/", "/account/password/change/", "/account/2fa/"],
    "strategist": ["/plan/", "/week/1/alone/"],
    "administrator": ["/settings/audit/"],
    "analyst": ["/customers/"],
}
VISITS = [(role, address) for role, addresses in PAGES.items() for address in addresses]


def violations(page: Page) -> list[str]:
    """What axe finds, a line each: the rule, and the first place."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['help']} – {one['nodes'][0]['html'][:200]}" for one in found]


def wider_than_the_screen(page: Page) -> int:
    """By how many pixels a page can be moved sideways; 0 is right."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("role", "address"), VISITS, ids=[f"{role} {address}" for role, address in VISITS])
def test_everybody_can_use_it(visit, role: str, address: str, dark: bool) -> None:
    page = visit(role, phone=True, dark=dark)
    assert page.goto(address).status == 200
    assert violations(page) == []
    assert wider_than_the_screen(page) == 0
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violations(page) == []
    assert wider_than_the_screen(page) == 0


@pytest.mark.parametrize(("role", "address"), VISITS, ids=[f"{role} {address}" for role, address in VISITS])
def test_it_reads_from_right_to_left_as_well(visit, role: str, address: str) -> None:
    page = visit(role, phone=True)
    page.goto(address)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert wider_than_the_screen(page) == 0
    heading = page.locator("h1").bounding_box()
    assert heading["x"] + heading["width"] > 390 / 2, "the heading begins at the right edge"
