"""The passbook in a browser: read, followed line by line, and changed, on a phone and at a desk, by keyboard alone."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from test_axe import violations, wider_than_the_screen

from touchbook.kernel.clock import now

DEPARTMENT = "member services"
LINES = 40  # more than one page holds


def asked(club: Path, query: str, *values: object) -> list[tuple]:
    with sqlite3.connect(club / "touchbook.sqlite3") as database:
        return database.execute(query, values).fetchall()


@pytest.fixture
def member(club: Path) -> UUID:
    """A customer with an open withdrawal, whom somebody of member services looks after, and whose book has two pages."""
    with sqlite3.connect(club / "touchbook.sqlite3", timeout=20) as database:
        (customer,) = database.execute(
            "SELECT wrong.account FROM store_entry AS wrong WHERE wrong.account_kind = 'customer' "
            "AND wrong.kind = 'withdrawal' AND wrong.at > '2026-06' AND NOT EXISTS ("
            "  SELECT 1 FROM store_entry AS good WHERE good.recovers = wrong.id OR good.corrects = wrong.id) "
            "ORDER BY wrong.at DESC, wrong.account LIMIT 1"
        ).fetchone()
        (owner,) = database.execute(
            "SELECT staff.id FROM store_staff AS staff JOIN store_department AS department "
            "ON department.id = staff.department_id WHERE department.name = ? ORDER BY staff.name LIMIT 1",
            (DEPARTMENT,),
        ).fetchone()
        database.execute("UPDATE store_customer SET owner_id = ? WHERE id = ?", (owner, customer))
        touchpoint, practice = database.execute(
            "SELECT touchpoint_id, id FROM store_practice WHERE kind = 'deposit' AND retired_at IS NULL ORDER BY id"
        ).fetchone()
        for number in range(LINES):
            at = f"2024-03-{number % 28 + 1:02d} 10:{number:02d}:00"
            moment, entry = (UUID(int=kind << 64 | 0x7 << 76 | 0b10 << 62 | number).hex for kind in (1, 2))
            common = (at, "2026-01-01 00:00:00")
            database.execute(
                "INSERT OR IGNORE INTO store_moment (id, at, recorded_at, touchpoint, customer, channel, source, note) "
                "VALUES (?, ?, ?, ?, ?, '', 'tests', '')",
                (moment, *common, touchpoint, customer),
            )
            database.execute(
                "INSERT OR IGNORE INTO store_entry "
                "(id, at, recorded_at, moment, account, account_kind, touchpoint, practice, kind, points) "
                "VALUES (?, ?, ?, ?, ?, 'customer', ?, ?, 'deposit', 1)",
                (entry, *common, moment, customer, touchpoint, practice),
            )
    return UUID(customer)


def press_until(page: Page, wanted: str, most: int = 60) -> None:
    """Go on by the Tab key until what has the focus is called that."""
    for _ in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText || '')"
        )
        if wanted in name:
            return
    raise AssertionError(f"the Tab key never came to {wanted!r}")


def test_a_phone_shows_how_we_stand_and_each_number_opens(visit, member: UUID) -> None:
    page = visit("front line", phone=True, department=DEPARTMENT)
    assert page.goto(f"/customers/{member}/").status == 200
    for seen in (page.locator("h1"), page.locator(".stamp"), page.locator(".figure"), page.locator("svg.graph")):
        box = seen.bounding_box()
        assert box["y"] + box["height"] < 844, "it is on the first screen"
    assert "Balance from" in page.locator("svg.graph").get_attribute("aria-label")
    balance = page.locator(".figure").inner_text()
    page.get_by_role("link", name="How this is worked out").click()
    dialog = page.locator("dialog")
    expect(dialog.get_by_role("heading", name="How the balance is worked out")).to_be_visible()
    total = float(dialog.locator("tfoot td").inner_text().replace("−", "-").replace("+", ""))
    assert total == pytest.approx(float(balance.replace("−", "-")), abs=0.06)
    lines = [
        float(cell.replace("−", "-").replace("+", ""))
        for cell in dialog.locator("tbody td:last-child").all_inner_texts()
    ]
    assert sum(lines) == pytest.approx(total, abs=0.001 * len(lines))
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    assert page.evaluate("document.activeElement.innerText") == "How this is worked out"
    good = page.get_by_role("link", name=re.compile("Make it good")).first
    assert re.fullmatch(rf"/log/\?customer={member}&recover=[0-9a-f-]{{36}}", good.get_attribute("href"))
    page.locator("table.passbook a.what").first.click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()


def test_by_keyboard_alone_a_promise_is_made_and_kept(visit, member: UUID) -> None:
    page = visit("manager", department=DEPARTMENT)
    page.goto(f"/customers/{member}/")
    press_until(page, "How this is worked out")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    press_until(page, "Write a promise down")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Send the train leaflet")
    page.keyboard.press("Tab")
    page.keyboard.type(f"0101{now().year + 1}")  # the same day, whichever comes first where the browser is at home
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The promise is written down.")
    expect(page.locator("section", has=page.locator("#promises"))).to_contain_text("Send the train leaflet")
    press_until(page, "Kept")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The promise is kept.")
    expect(page.locator("section", has=page.locator("#promises"))).not_to_contain_text("Send the train leaflet")


def test_what_they_allow_is_written_down_and_stays(visit, member: UUID) -> None:
    page = visit("front line", phone=True, department=DEPARTMENT)
    page.goto(f"/customers/{member}/")
    page.get_by_text("Write down what they said").click()
    page.get_by_label("By which way").select_option("sms")
    page.get_by_label("For what").select_option("sell")
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("section", has=page.locator("#consent"))).to_contain_text("Refused: offers by text message")
    page.get_by_role("button", name=re.compile("They allow it again.*offers by text message")).click()
    expect(page.locator("section", has=page.locator("#consent"))).to_contain_text("Allowed: offers by text message")


def test_older_lines_follow_and_the_focus_with_them(visit, member: UUID, club: Path) -> None:
    page = visit("manager", department=DEPARTMENT)
    page.goto(f"/customers/{member}/")
    older = page.get_by_role("link", name="Older lines")
    before = page.locator("table.passbook tbody tr").count()
    older.focus()
    page.keyboard.press("Enter")
    page.locator("table.passbook tbody tr").nth(before).wait_for()
    assert page.evaluate("document.activeElement.tagName") == "TR"


def test_without_scripts_each_number_is_a_page(visit, member: UUID) -> None:
    page = visit("front line", department=DEPARTMENT, java_script_enabled=False)
    page.goto(f"/customers/{member}/")
    page.get_by_role("link", name="How this is worked out").click()
    assert page.url.endswith("/how/balance/")
    assert page.locator("tfoot td").count() == 1


def test_another_department_finds_nothing_and_an_analyst_no_contacts(visit, member: UUID) -> None:
    other = visit("front line", department="catering")
    assert other.goto(f"/customers/{member}/").status == 404
    other.troubles.clear()
    analyst = visit("analyst")
    assert analyst.goto(f"/customers/{member}/").status == 200
    assert "@" not in analyst.locator("main").inner_text()
    assert analyst.get_by_role("link", name="Log a moment").count() == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_everybody_can_use_the_passbook(visit, member: UUID, club: Path, dark: bool) -> None:
    page = visit("manager", phone=True, dark=dark, department=DEPARTMENT)
    moment = UUID(asked(club, "SELECT moment FROM store_entry WHERE account = ? LIMIT 1", member.hex)[0][0])
    for rest in ("", "how/balance/", "how/stay/", "how/next-touch/", "next/", "card/", f"moments/{moment}/"):
        for width, height in ((390, 844), (1280, 900)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.goto(f"/customers/{member}/{rest}").status == 200
            assert violations(page) == [], rest
            assert wider_than_the_screen(page) == 0, rest
    page.goto(f"/customers/{member}/")
    page.get_by_role("link", name="How this is worked out").click()
    expect(page.locator("dialog tfoot")).to_be_visible()
    assert violations(page) == []
    page.goto("/more/")
    page.get_by_role("link", name="Your own account").click()
    expect(page.locator(".figure")).to_be_visible()
    assert violations(page) == []
