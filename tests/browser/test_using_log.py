"""Logging a moment in a real browser: few taps, the keyboard alone, undoing, making good, and a code in a photo."""

from __future__ import annotations

import re
import sqlite3
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
import qrcode
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from test_axe import violations, wider_than_the_screen

EIGHTY = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenlohe-Langen"


def rows(club: Path, query: str, *values: object) -> list[tuple]:
    with sqlite3.connect(club / "touchbook.sqlite3", timeout=20) as database:
        return database.execute(query, values).fetchall()


def moments(club: Path, note: str) -> list[tuple]:
    """The moments with a note, each with its number of entries that stand."""
    return rows(
        club,
        "SELECT m.id, m.at, m.offset_minutes, (SELECT count(*) FROM store_entry e WHERE e.moment = m.id "
        "AND e.corrects IS NULL AND NOT EXISTS (SELECT 1 FROM store_entry c WHERE c.corrects = e.id)) "
        "FROM store_moment m WHERE note = ?",
        note,
    )


def a_customer(club: Path) -> tuple[str, str, str]:
    """Somebody whom nobody in particular looks after: id, name, member number."""
    return rows(
        club,
        "SELECT c.id, c.name, i.value FROM store_customer c JOIN store_identifier i ON i.customer_id = c.id "
        "WHERE i.kind = 'member number' ORDER BY c.owner_id IS NOT NULL, i.value LIMIT 1",
    )[0]


@pytest.fixture
def log(visit) -> Callable[..., Page]:
    """A function that opens the page for logging, on a phone unless told otherwise."""

    def open_log(**options) -> Page:
        page = visit(**{"phone": True, **options})
        page.goto("/log/")
        page.wait_for_selector("#log[data-ready]")
        return page

    return open_log


def _note(page: Page, text: str) -> None:
    page.locator("#more summary").click()
    page.get_by_label("Note", exact=True).fill(text)


def test_a_moment_with_somebody_known_takes_six_taps_at_most(log, club: Path) -> None:
    page = log()
    _, name, number = a_customer(club)
    taps = 0

    def tap(what) -> None:
        nonlocal taps
        what.tap()
        taps += 1

    before = rows(club, "SELECT count(*) FROM store_moment")[0][0]
    tap(page.get_by_role("button", name="Deposit", exact=True))
    tap(page.locator("#practices .chip").first)
    tap(page.get_by_label("Find a customer"))
    page.keyboard.type(number)
    tap(page.locator("#found button").first)
    expect(page.locator("#who [aria-pressed=true]")).to_contain_text(name)
    tap(page.get_by_role("button", name="Save the moment"))
    expect(page.locator("#saved-how")).to_have_text("It has arrived.")
    assert taps <= 6
    assert rows(club, "SELECT count(*) FROM store_moment")[0][0] == before + 1
    # The next time this customer is one tap away, and so is an unknown guest.
    expect(page.locator("#who .chip").nth(1)).to_contain_text(name)
    expect(page.locator("#who [aria-pressed=true]")).to_have_text("Unknown guest")


def test_a_moment_may_hold_both_and_says_who_saw_it_and_when(log, club: Path) -> None:
    page = log(timezone_id="Asia/Tokyo")
    page.get_by_role("button", name="Deposit", exact=True).click()
    page.locator("#practices .chip").nth(1).click()
    page.get_by_role("button", name="Withdrawal", exact=True).click()
    page.locator("#practices .chip.withdrawal").first.click()
    expect(page.locator("#practices [aria-pressed=true]")).to_have_count(2)
    page.get_by_role("button", name="A few saw it").click()
    _note(page, "both at once")
    page.get_by_label("Find somebody who saw it").fill("a")
    page.get_by_label("Find somebody who saw it").fill("an")
    page.locator("#found-witness button").first.click()
    page.get_by_role("button", name="Earlier…").click()
    page.get_by_label("When it happened").fill("2026-01-05T18:30")
    page.get_by_role("button", name="Save the moment").click()
    expect(page.locator("#saved-how")).to_have_text("It has arrived.")
    ((moment, at, offset, _),) = moments(club, "both at once")
    assert (at[:16], offset) == ("2026-01-05 09:30", 540), "the phone's clock, with its offset"
    seen = rows(club, "SELECT account IS NULL, unnamed FROM store_witness WHERE moment = ? ORDER BY 1", moment)
    assert seen == [(0, 0), (1, 3)]


def test_the_keyboard_alone_logs_a_moment(log, club: Path) -> None:
    page = log(phone=False)
    page.locator("#touchpoint").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".key.deposit")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#practices .chip").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#practices .chip").first).to_be_focused()
    page.get_by_label("Find a customer").focus()
    page.keyboard.type(a_customer(club)[2])
    page.locator("#found button").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#who [aria-pressed=true]")).to_contain_text(a_customer(club)[1])
    page.locator("#save").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#undo")).to_be_focused()


def test_undo_takes_it_back_for_a_minute(log, club: Path) -> None:
    page = log()
    page.clock.install()
    page.get_by_role("button", name="Deposit", exact=True).click()
    page.locator("#practices .chip").first.click()
    _note(page, "a slip of the thumb")
    page.get_by_role("button", name="Save the moment").click()
    expect(page.locator("#saved-how")).to_have_text("It has arrived.")
    assert moments(club, "a slip of the thumb")[0][3] == 1
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#saved-what")).to_contain_text("Undone")
    assert moments(club, "a slip of the thumb")[0][3] == 0
    page.get_by_role("button", name="Deposit", exact=True).click()
    page.locator("#practices .chip").first.click()
    page.get_by_role("button", name="Save the moment").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.clock.run_for(51_000)
    expect(page.locator("#undo-said")).to_have_text("10 seconds left to undo.")
    page.clock.run_for(11_000)
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_what_is_missing_is_said_all_at_once_and_nothing_typed_is_lost(log) -> None:
    page = log()
    page.get_by_role("button", name="Withdrawal", exact=True).click()
    page.get_by_role("button", name="Something else…").click()
    page.locator("#more summary").click()
    page.get_by_label("How many others saw it").fill("1.5")
    page.get_by_role("button", name="Save the moment").click()
    expect(page.locator("#mistakes p")).to_have_count(2)
    expect(page.locator("#mistakes")).to_be_focused()
    page.get_by_label("What made it a withdrawal?").fill("The lift was broken")
    page.get_by_label("Note", exact=True).fill("third time")
    page.reload()
    page.wait_for_selector("#log[data-ready]")
    expect(page.get_by_label("What made it a withdrawal?")).to_have_value("The lift was broken")
    expect(page.get_by_label("Note", exact=True)).to_have_value("third time")
    expect(page.get_by_label("How many others saw it")).to_have_value("1.5")


def test_something_else_is_kept_in_words(log, club: Path) -> None:
    page = log()
    page.get_by_role("button", name="Withdrawal", exact=True).click()
    page.get_by_role("button", name="Something else…").click()
    page.get_by_label("What made it a withdrawal?").fill("The lift was broken")
    page.get_by_role("button", name="Save the moment").click()
    expect(page.locator("#saved-how")).to_have_text("It has arrived.")
    assert len(moments(club, "− The lift was broken")) == 1


def test_after_a_withdrawal_the_page_says_what_may_be_done_and_records_it(log, club: Path) -> None:
    page = log(department="member services")
    page.locator("#touchpoint").select_option("in-seat visit")
    page.get_by_role("button", name="Withdrawal", exact=True).click()
    page.locator("#practices .chip").first.click()
    page.get_by_label("Find a customer").fill(a_customer(club)[2])
    page.locator("#found button").first.click()
    page.get_by_role("button", name="Save the moment").click()
    offers = page.locator("#recover .offer")
    expect(offers.first).to_be_visible()
    expect(page.locator("#recover")).to_contain_text("Free drink")
    expect(page.locator("#recover")).not_to_contain_text("Match ticket for a guest", timeout=1000)
    page.get_by_label("A word about it, if you like").fill("with lemon")
    page.get_by_role("button", name="Free drink").click()
    expect(page.locator("#saved-what")).to_contain_text("Recorded: free drink, 4.0 points given back")
    ((moment, _, _, _),) = moments(club, "free drink: with lemon")
    assert rows(club, "SELECT points, recovers IS NOT NULL FROM store_entry WHERE moment = ?", moment) == [(4.0, 1)]
    assert rows(club, "SELECT count(*) FROM store_auditentry WHERE action = 'recover' AND subject = ?", moment) == [
        (1,)
    ]


def test_what_is_open_with_a_customer_is_said_when_they_are_chosen(log, club: Path) -> None:
    page = log(department="member services")
    number = a_customer(club)[2]
    for _ in range(2):
        page.get_by_label("Find a customer").fill(number)
        page.locator("#found button").first.click()
        page.get_by_role("button", name="Withdrawal", exact=True).click()
        page.locator("#practices .chip").first.click()
        page.get_by_role("button", name="Save the moment").click()
        page.locator("#recover").wait_for()
    page.get_by_role("button", name="Not now").click()
    page.get_by_label("Find a customer").fill(number)
    page.locator("#found button").first.click()
    page.locator("#open").get_by_role("button", name="What may I do about it now?").click()
    expect(page.locator("#recover .wrong").nth(1)).to_be_visible()


def _photo(text: str) -> dict[str, object]:
    kept = BytesIO()
    qrcode.make(text).save(kept)
    return {"name": "photo.png", "mimeType": "image/png", "buffer": kept.getvalue()}


@pytest.mark.parametrize("says", ["a member number", "the address of a passbook"])
def test_a_code_in_a_photo_says_who_it_was(log, club: Path, says: str) -> None:
    page = log()
    identifier, name, number = a_customer(club)
    text = number if says == "a member number" else f"https://club.example/customers/{UUID(identifier)}/"
    page.get_by_role("button", name="Scan a code").click()
    page.locator("#scanner").wait_for()
    page.locator("#photo").set_input_files(_photo(text))
    expect(page.locator("#who [aria-pressed=true]")).to_contain_text(name)
    expect(page.locator("#scanner")).to_be_hidden()
    expect(page.get_by_role("button", name="Scan a code")).to_be_focused()


_READS_CODES = """
self.BarcodeDetector = class {
  async detect(video) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    return (await self.codesIn(canvas.toDataURL("image/png"))).map((rawValue) => ({ rawValue }));
  }
};
const asked = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wish) => (self.filmed = await asked(wish));
"""  # phones read codes by themselves, this browser does not: what its camera sees is read out here


def _codes_in(_source: object, address: str) -> list[str]:
    with Image.open(BytesIO(b64decode(address.partition(",")[2]))) as seen:
        return [code.text for code in zxingcpp.read_barcodes(seen.convert("L"))]


def _seen_by_a_camera(log, browser_with_camera, text: str) -> Page:
    seen = Image.new("L", (640, 480), 255)
    seen.paste(qrcode.make(text).get_image().convert("L").resize((400, 400)), (120, 40))
    page = log(by=browser_with_camera(seen.tobytes(), *seen.size))
    page.context.expose_binding("codesIn", _codes_in)
    page.add_init_script(_READS_CODES)
    page.reload()
    page.wait_for_selector("#log[data-ready]")
    page.get_by_role("button", name="Scan a code").click()
    return page


def test_a_code_before_the_camera_says_who_it_was(log, browser_with_camera, club: Path) -> None:
    _, name, number = a_customer(club)
    page = _seen_by_a_camera(log, browser_with_camera, number)
    expect(page.locator("#who [aria-pressed=true]")).to_contain_text(name)
    expect(page.locator("#scanner")).to_be_hidden()
    assert page.evaluate("filmed.getTracks().map((track) => track.readyState)") == ["ended"]  # the light goes out


def test_a_code_of_nobody_is_told_while_the_camera_goes_on(log, browser_with_camera) -> None:
    page = _seen_by_a_camera(log, browser_with_camera, "RF99999")
    expect(page.locator("#scanner-said")).to_have_text("The code says “RF99999”, and no customer has it.")
    expect(page.locator("#camera")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#scanner")).to_be_hidden()
    assert page.evaluate("filmed.getTracks().map((track) => track.readyState)") == ["ended"]


def test_a_camera_that_may_not_be_used_leaves_the_photo(log) -> None:
    page = log()
    page.add_init_script("self.BarcodeDetector = class {};")
    page.reload()
    page.wait_for_selector("#log[data-ready]")
    page.get_by_role("button", name="Scan a code").click()
    expect(page.locator("#scanner-said")).to_have_text("The camera cannot be used here; take or choose a photo.")
    expect(page.locator("#camera")).to_be_hidden()
    expect(page.get_by_text("Take or choose a photo", exact=True)).to_be_visible()


def test_a_photo_without_a_code_says_what_to_do(log, club: Path) -> None:
    page = log()
    page.get_by_role("button", name="Scan a code").click()
    page.locator("#scanner").wait_for()
    page.locator("#photo").set_input_files(_photo("RF99999"))
    expect(page.locator("#scanner-said")).to_have_text("The code says “RF99999”, and no customer has it.")
    blank = {"name": "p.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}
    page.locator("#photo").set_input_files(blank)
    expect(page.locator("#scanner-said")).to_contain_text("no picture that can be read")
    page.troubles.clear()  # the browser notes the 422 that the page has told
    page.keyboard.press("Escape")
    expect(page.locator("#scanner")).to_be_hidden()


def test_long_and_foreign_names_stay_within_the_page(log, club: Path) -> None:
    with sqlite3.connect(club / "touchbook.sqlite3", timeout=20) as database:
        for place, name in enumerate((EIGHTY, "محمد عبد الرحمن الأنصاري", "欧阳娜娜")):
            identifier = f"0190000000007000800000000000000{place}"
            made = "INSERT INTO store_customer (id, changed_at, name, timezone, attributes) VALUES (?, ?, ?, '', '{}')"
            database.execute(made, (identifier, "2026-01-01", name))
            database.execute(
                "INSERT INTO store_identifier (kind, value, customer_id) VALUES ('seat', ?, ?)",
                (f"LONG-{place}", identifier),
            )
    page = log()
    for place in range(3):
        page.get_by_label("Find a customer").fill(f"long-{place}")
        page.locator("#found button").first.click()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    expect(page.locator("#who [aria-pressed=true]")).to_contain_text("欧阳娜娜")


def test_without_script_the_page_is_a_plain_form(log, visit, club: Path) -> None:
    page = visit(phone=True, java_script_enabled=False)
    page.goto("/log/?touchpoint=gate")
    expect(page.locator("#log")).to_be_hidden()
    page.get_by_label(re.compile("greeted by name", re.IGNORECASE)).check()
    page.get_by_label(re.compile("^Member number")).fill("nobody has this")
    page.locator(".plain-form").get_by_label("Note").fill("without script")
    page.get_by_role("button", name="Save the moment").click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody has the identifier “nobody has this”")
    page.troubles.clear()  # the 422 of the refusal
    expect(page.get_by_label(re.compile("greeted by name", re.IGNORECASE))).to_be_checked()
    page.get_by_label(re.compile("^Member number")).fill(a_customer(club)[2])
    page.get_by_role("button", name="Save the moment").click()
    expect(page.get_by_role("status")).to_contain_text("The moment is saved.")
    assert len(moments(club, "without script")) == 1


def test_the_first_load_is_light_on_a_slow_phone(visit, site: str) -> None:
    page = visit(phone=True)
    page.goto("about:blank")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.send("Network.setBypassServiceWorker", {"bypass": True})
    limits = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
    devtools.send("Network.emulateNetworkConditions", limits)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    page.goto(f"{site}/log/", wait_until="load")
    page.wait_for_selector("#log[data-ready]")
    assert sum(sizes) < 150_000
    painted = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? "
        "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    )
    print(f"{sum(sizes):,.0f} bytes in {len(sizes)} files; first paint after {painted:.0f} ms")
    assert painted < 10_000, "a second on a calm machine; this bound is for busy ones"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_state_of_the_page_can_be_used_by_everybody(log, dark: bool, club: Path) -> None:
    page = log(dark=dark, department="member services")

    def well() -> None:
        page.evaluate("scrollTo(0, document.body.scrollHeight)")  # nothing lies behind the key that saves
        assert violations(page) == []
        assert wider_than_the_screen(page) == 0

    page.get_by_role("button", name="Save the moment").click()
    expect(page.locator("#mistakes")).to_be_visible()
    page.get_by_role("button", name="Deposit", exact=True).click()
    page.locator("#practices .chip").first.click()
    page.get_by_role("button", name="Withdrawal", exact=True).click()
    page.locator("#practices .chip.withdrawal").first.click()
    page.get_by_role("button", name="Something else…").click()
    page.get_by_label("What made it a withdrawal?").fill("A queue")
    page.locator("#more summary").click()
    page.get_by_role("button", name="Earlier…").click()
    page.get_by_label("Find a customer").fill("rf0000")
    page.locator("#found button").first.wait_for()
    well()
    page.locator("#found button").first.click()
    page.get_by_role("button", name="Save the moment").click()
    page.locator("#recover .offer").first.wait_for()
    well()
    page.get_by_label("Find a customer").fill("nobody at all")
    page.get_by_role("button", name="Deposit", exact=True).click()
    page.locator("#practices .chip").first.click()
    page.get_by_role("button", name="Save the moment").click()
    expect(page.locator("#refused")).to_be_visible()
    well()
    page.get_by_role("button", name="Scan a code").click()
    page.locator("#scanner").wait_for()
    well()
