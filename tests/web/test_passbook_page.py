"""The passbook: what it prints, who sees how much of it, how each number opens, and what its forms change."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store import plain
from touchbook.store.models import AuditEntry, Consent, Customer, Entry, Promise
from touchbook.web.passbook.working import exact
from touchbook.workflows.correct import CorrectionRequest, correct
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.make_plan import make_plan
from touchbook.workflows.record_answer import AnswerRequest, record_answer
from touchbook.workflows.recover import RecoveryRequest, recover

GREETED, WRONGED = "greeted by name", 'sent away with "not my gate"'
NUMBERS = ("balance", "feeling", "stay", "worth", "lifetime-value", "next-touch")


def days_ago(days: float) -> dt.datetime:
    return now() - dt.timedelta(days=days)


def log(customer: Customer, practice: str = GREETED, days: float = 1, **more: object) -> UUID:
    at = days_ago(days)
    return log_moment(MomentRequest(mint(at), at, "gate", (Happened(practice),), customer.id, **more)).moment


def entry(moment: UUID) -> UUID:
    return Entry.objects.filter(moment=moment).order_by("number").first().id


def text(answer) -> str:
    """What a page says, without its marks."""
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode().replace("&quot;", '"')))


def address(customer: Customer, rest: str = "") -> str:
    return f"/customers/{customer.id}/{rest}"


@pytest.mark.parametrize(
    ("amount", "digits", "said"),
    [(2.9096, 3, "2.910"), (-4.6899, 2, "−4.69"), (-0.0004, 3, "0.000"), (0.0, 1, "0.0"), (1234.56, 1, "1234.6")],
)
def test_a_number_that_is_opened_is_rounded_and_not_cut_off(amount: float, digits: int, said: str) -> None:
    assert exact(amount, digits) == said


def test_a_book_with_nothing_in_it_says_what_to_do_first(visitor, ana) -> None:
    said = text(visitor("Mona").get(address(ana)))
    assert "Nothing is in this book yet" in said
    assert "Log the first moment" in said
    assert "No plan of the week covers today" in said
    assert "Not known yet: feeling, intent, barrier, need" in said
    for number in NUMBERS:
        assert "Traceback" not in text(visitor("Mona").get(address(ana, f"how/{number}/")))


def test_before_any_plan_nothing_fails(sqlite, home) -> None:
    from django.test import Client

    from touchbook.signin.models import Login
    from touchbook.store.models import Role, Staff

    staff = Staff.objects.create(id=mint(now()), changed_at=now(), name="Ada", code="ada", role=Role.ADMINISTRATOR)
    login = Login.objects.create(username="ada", staff=staff, made_at=now(), password="!")
    bob = Customer.objects.create(id=mint(now()), changed_at=now(), name="")
    client = Client()
    client.force_login(login, "touchbook.signin.backend.PasswordBackend")
    said = text(client.get(address(bob)))
    assert "Customer without a name" in said
    assert "No plan is in force yet" in said
    for number in NUMBERS:
        assert client.get(address(bob, f"how/{number}/")).status_code == 200
    assert client.get(address(bob, "next/")).status_code == 200


def test_the_lines_say_what_happened_and_the_balance_right_after(visitor, ana, people) -> None:
    log(ana, GREETED, 180, staff=people["Mona"].id, note="came with her mother")
    wrong = log(ana, WRONGED, 60, unnamed_witnesses=2)
    recover(RecoveryRequest(mint(now()), entry(wrong), days_ago(60) + dt.timedelta(hours=31), points=5.0))
    mistaken = log(ana, "rough bag search", 10)
    correct(CorrectionRequest(mint(now()), days_ago(9), moment=mistaken, by="Mia", note="another Ana"))
    log(ana, "queue that nobody explained", 2)
    page = visitor("Mona").get(address(ana))
    said = text(page)
    assert 'Made good “sent away with "not my gate"”, 31 hours after' in said
    assert "2 others saw it" in said
    assert "came with her mother" in said
    assert "still open" in said
    body = page.content.decode()
    assert "<s>Rough bag search</s>" in body
    assert "taken back" in said
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr class=[\s\S]*?</tr>", body)]
    assert rows[-1][-2:] == ["+2.0", "2.0"]  # the oldest stands last: right after it, the balance is what it gave
    assert rows[-2][-2:] == ["−7.5", f"−{7.5 - 2 * 2 ** (-120 / 180):.1f}"]
    balance = re.search(r'<p class="figure">([^<]+)</p>', body)[1]
    assert rows[0][-1] == balance  # "Today"
    assert float(balance.replace("−", "-")) == pytest.approx(
        2 / 2 + 5 * 2 ** (-58.7 / 180) - 7.5 * 2 ** (-1.3 / 540) * 2 ** (-58.7 / 180) - 5 * 2 ** (-2 / 540), abs=0.06
    )
    assert "Make it good" in said
    assert f"recover={Entry.objects.filter(points=2, kind='withdrawal').get().id}" in body


def test_older_lines_come_when_asked_for_and_each_line_once(visitor, ana) -> None:
    for number in range(60):
        log(ana, GREETED if number % 3 else "smiled and looked up", 1 + number / 10)
    client = visitor("Mona")
    seen: list[str] = []
    where = address(ana)
    for _ in range(9):
        body = client.get(where, headers={"HX-Request": "true"} if "lines" in where else {}).content.decode()
        seen += re.findall(r'/moments/([0-9a-f-]+)/">', body.split("<tbody>")[-1])
        more = re.search(r'hx-get="([^"]+)"', body)
        if not more:
            break
        where = more[1]
    assert len(seen) == len(set(seen)) == 60
    assert client.get(address(ana, "?before=nonsense")).status_code == 200


def test_every_number_opens_to_its_lines_and_they_add_up(visitor, ana, people) -> None:
    log(ana, GREETED, 100)
    log(ana, WRONGED, 30)
    for question, value in (("feeling", "1"), ("intent", "7"), ("barrier", "travel")):
        record_answer(AnswerRequest(mint(now()), ana.id, question, value, days_ago(5)))
    make_plan(settings.TOUCHBOOK_HOME, settings.TOUCHBOOK_DATABASE_URL, timezone.localdate())
    client = visitor("Mona")
    assert "Next:" in text(client.get(address(ana))) or "Nothing to do just now" in text(client.get(address(ana)))
    for number in ("balance", "feeling", "stay"):
        body = client.get(address(ana, f"how/{number}/")).content.decode()
        cells = [
            re.sub(r"<[^>]+>", "", cell)
            for cell in re.findall(r"<td class=\"num\">((?:<b>)?[^<]+(?:</b>)?)</td>\s*</tr>", body)
        ]
        *lines, total = [float(cell.replace("−", "-").replace("+", "")) for cell in cells]
        assert sum(lines) == pytest.approx(total, abs=0.0006 * (len(lines) + 1)), number  # three decimals each
    assert "£640" in text(client.get(address(ana, "how/worth/")))
    assert "1 ÷ (1 + e^(" in text(client.get(address(ana, "how/stay/")))
    said = text(client.get(address(ana, "how/lifetime-value/")))
    assert "Discount for one period 10.0%" in said
    assert "Value" in text(client.get(address(ana, "how/next-touch/"))) or "no touch to make" in text(
        client.get(address(ana, "how/next-touch/"))
    )
    assert "What would change this?" in text(client.get(address(ana, "next/")))
    fragment = client.get(address(ana, "how/balance/"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "How the balance is worked out" in fragment
    assert client.get(address(ana, "how/luck/")).status_code == 404


def test_a_moment_opens_to_what_happened_there(visitor, ana, people) -> None:
    moment = log(ana, WRONGED, 3, staff=people["Omar"].id, note="in the rain", source="web")
    made_good = recover(RecoveryRequest(mint(now()), entry(moment), days_ago(1)))
    said = text(visitor("Mona").get(address(ana, f"moments/{moment}/")))
    for words in ("in the rain", "Omar", "How it was made good", "Operations", "Match day"):
        assert words in said
    assert "What it made good" in text(visitor("Mona").get(address(ana, f"moments/{made_good.moment}/")))
    assert "in the rain" not in text(visitor("Anil").get(address(ana, f"moments/{moment}/")))
    assert visitor("Mona").get(address(ana, f"moments/{mint(now())}/")).status_code == 404


def test_a_moment_of_somebody_else_is_remembered_without_what_was_noted_about_them(visitor, ana) -> None:
    bob = Customer.objects.create(id=mint(now()), changed_at=now(), name="Bob Okoro")
    moment = log(bob, WRONGED, 3, note="Bob was in tears", witnesses=(ana.id,))
    for page in (address(ana), address(ana, f"moments/{moment}/")):
        said = text(visitor("Mona").get(page))
        assert "in tears" not in said
        assert "witness" in said.lower()
    assert "in tears" in text(visitor("Mona").get(address(bob)))


def test_analysts_see_numbers_but_no_contacts_and_no_notes_and_change_nothing(visitor, ana) -> None:
    log(ana, GREETED, 3, note="her phone is 01632 960123")
    said = text(visitor("Mona").get(address(ana)))
    assert "ana@example.com" in said
    assert "01632 960123" in said
    said = text(visitor("Anil").get(address(ana)))
    assert "Balance today" in said
    for words in ("ana@example.com", "+447700900077", "RF00077", "01632 960123", "Log a moment", "Hand over"):
        assert words not in said
    assert "RF00077" not in text(visitor("Anil").get(address(ana, "card/")))
    for rest in ("promises/", "consent/", "owner/"):
        assert visitor("Anil").post(address(ana, rest)).status_code == 403


@pytest.mark.parametrize("rest", ["", "lines/", "next/", "card/", "how/balance/"])
def test_whoever_may_not_see_a_customer_finds_nothing_anywhere(visitor, ana, rest: str) -> None:
    log(ana)
    assert visitor("Mona").get(address(ana, rest)).status_code == 200
    assert visitor("Omar").get(address(ana, rest)).status_code == 404
    assert visitor("stranger").get(address(ana, rest)).status_code == 302


@pytest.mark.parametrize("rest", ["promises/", "consent/", "owner/"])
def test_whoever_may_not_see_a_customer_changes_nothing(visitor, ana, people, rest: str) -> None:
    form = {"what": "x", "due_on": "2030-01-01", "allowed": "0", "owner": str(people["Omar"].id)}
    assert visitor("Omar").post(address(ana, rest), form).status_code == 404
    assert visitor("stranger").post(address(ana, rest), form).status_code == 302
    assert visitor("Mona").get(address(ana, rest)).status_code == 405
    assert not Promise.objects.exists()
    assert not Consent.objects.exists()
    ana.refresh_from_db()
    assert ana.owner_id == people["Mona"].id


def test_a_promise_is_written_down_once_and_settled(visitor, ana) -> None:
    client = visitor("Mona")
    due = timezone.localdate() + dt.timedelta(days=3)
    form = {"id": str(mint(now())), "what": "Send the train leaflet", "due_on": due.isoformat()}
    for _ in range(2):  # sent twice
        assert client.post(address(ana, "promises/"), form).status_code == 303
    promise = Promise.objects.get()
    assert (promise.what, promise.due_on, promise.made_by.name) == ("Send the train leaflet", due, "Mona")
    assert "Send the train leaflet" in text(client.get(address(ana)))
    other = client.post(address(ana, f"promises/{mint(now())}/"), {"kept": "1", "id": str(mint(now()))})
    assert other.status_code == 404
    refused = client.post(address(ana, f"promises/{promise.id}/"), {"kept": "0", "reason": " ", "id": str(mint(now()))})
    assert refused.status_code == 422
    assert "write it down" in refused.content.decode()
    assert (
        client.post(address(ana, f"promises/{promise.id}/"), {"kept": "1", "id": str(mint(now()))}).status_code == 303
    )
    promise.refresh_from_db()
    assert promise.kept
    assert "Nothing is promised and still due" in text(client.get(address(ana)))
    assert AuditEntry.objects.filter(action="promise kept", actor="Mona", origin__startswith="web ").exists()


def test_a_form_that_cannot_be_taken_says_all_that_is_wrong_and_keeps_what_was_typed(visitor, ana) -> None:
    answer = visitor("Mona").post(address(ana, "promises/"), {"what": "", "due_on": "soon"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose the day by which it is promised" in body
    assert "Write down what was promised" in body
    assert 'value="soon"' in body
    past = visitor("Mona").post(address(ana, "promises/"), {"what": "A seat by the aisle", "due_on": "2020-01-01"})
    assert past.status_code == 422
    assert 'value="A seat by the aisle"' in past.content.decode()
    answer = visitor("Mona").post(address(ana, "consent/"), {"channel": "email", "purpose": "sell"})
    assert answer.status_code == 422
    assert '<option value="email" selected>' in answer.content.decode()


def test_what_they_allow_is_changed_with_who_wrote_it_down(visitor, ana) -> None:
    client = visitor("Mona")
    assert (
        client.post(address(ana, "consent/"), {"channel": "email", "purpose": "sell", "allowed": "0"}).status_code
        == 303
    )
    said = text(client.get(address(ana)))
    assert "Refused : offers by e-mail" in said
    assert "written down by Mona" in said
    client.post(address(ana, "consent/"), {"channel": "email", "purpose": "sell", "allowed": "1"})
    assert Consent.objects.get().allowed
    assert AuditEntry.objects.filter(action="consent", subject=ana.id, origin__startswith="web ").count() == 2
    assert client.post(address(ana, "consent/"), {"channel": "pigeon", "allowed": "0"}).status_code == 422


def test_a_customer_is_handed_over_within_ones_own_departments(visitor, ana, people) -> None:
    client, mona, mia = visitor("Mona"), str(people["Mona"].id), str(people["Mia"].id)
    form = {"id": str(mint(now())), "owner": mia, "instead_of": mona}
    assert client.post(address(ana, "owner/"), form).status_code == 303
    assert "looked after by Mia" in text(client.get(address(ana)))
    late = client.post(address(ana, "owner/"), {"id": str(mint(now())), "owner": "", "instead_of": mona})
    assert late.status_code == 422
    assert "Meanwhile it is Mia" in late.content.decode()
    elsewhere = {"id": str(mint(now())), "owner": str(people["Omar"].id), "instead_of": mia}
    assert client.post(address(ana, "owner/"), elsewhere).status_code == 422
    assert visitor("Ada").post(address(ana, "owner/"), elsewhere).status_code == 303
    assert client.get(address(ana)).status_code == 404  # she is with another department now


def test_a_staff_account_is_seen_by_its_owner_and_their_manager_alone(visitor, people, ana) -> None:
    at = days_ago(2)
    happened = (Happened("asked one real question", staff_account=people["Mona"].id),)
    log_moment(MomentRequest(mint(at), at, "in-seat visit", happened, ana.id))
    place = f"/staff/{people['Mona'].id}/account/"
    assert "Asked one real question" in text(visitor("Mona").get(place))
    assert "as their manager" in text(visitor("Mia").get(place))
    for name in ("Omar", "Stella", "Anil", "Ada"):
        assert visitor(name).get(place).status_code == 404, name
    assert visitor("stranger").get(place).status_code == 302
    assert place in visitor("Mona").get("/more/").content.decode()
    own = text(visitor("Mia").get(f"/staff/{people['Mia'].id}/account/"))
    assert "Nothing is in it yet" in own
    assert "People you manage Mona" in own


def test_a_card_has_the_member_number_or_the_address(visitor, ana) -> None:
    assert "RF00077" in text(visitor("Mona").get(address(ana, "card/")))
    assert f"/customers/{ana.id}/" in text(visitor("Mona").get(address(ana, "card/?of=address")))
    assert " style=" not in visitor("Mona").get(address(ana, "card/")).content.decode()


def test_a_long_book_takes_no_more_queries_than_a_short_one(visitor, ana, monkeypatch) -> None:
    """Particulars are read for the lines that are shown, however many there are."""
    asked: list[str] = []
    whole = plain._executed
    monkeypatch.setattr(plain, "_executed", lambda said, values: asked.append(said) or whole(said, values))
    client, counts = visitor("Mona"), []
    for number in range(120):
        if number in (30, 119):
            asked.clear()
            with CaptureQueriesContext(connection) as through_django:
                client.get(address(ana))
            counts.append(len(asked) + len(through_django))
        log(ana, GREETED, 1 + number)
    assert counts[0] == counts[1]
    assert counts[1] <= 45


def test_what_compiles_and_solves_stays_out_of_the_pages(home, sqlite) -> None:
    """A process that answers pages must start quickly and stay small."""
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'touchbook.site.web_settings'; django.setup()\n"
        "import touchbook.web.urls, touchbook.web.passbook.sheet, touchbook.web.passbook.how\n"
        "import touchbook.workflows.explain_customer\n"
        "print(sorted({'numba', 'highspy'} & set(sys.modules)), 'scipy.optimize' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] False"
