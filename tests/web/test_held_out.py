"""Who is held out reads like anybody who is left alone because their touch was too dear."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from django.conf import settings
from django.utils import timezone

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.planner.draws import identities
from touchbook.store.models import Customer, PlannedTouch, PlanRun, PlanVersion
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.make_plan import make_plan

NAMES = ("Ana Whitfield", "Bea Crown", "Cid Rowe", "Dan Holt", "Eva Moss", "Fay Reed")


@pytest.fixture
def week(people, ana: Customer, home: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRun:
    """Seven days with time for two touches of six, of which Ana's is held out."""
    for place, name in enumerate(NAMES[1:]):
        Customer.objects.create(
            id=mint(now()), changed_at=now(), name=name, since="2021-08-01", owner=people["Mona"], timezone=ana.timezone,
            attributes={**ana.attributes, "annual_value": 80.0 + 60.0 * place},
        )  # fmt: skip
    hers = identities(pa.table({"customer": [str(ana.id)]}))
    monkeypatch.setattr(
        "touchbook.planner.guardrails.hold_out.draw", lambda ids, _name: np.where(ids == hers, 0.0, 1.0)
    )
    text = PlanVersion.objects.get().text
    text = re.sub(r"(member services|each owner): \d+ hours per week", r"\1: 0.4 hours per week", text)
    text = text.replace("email: 2000 per week", "email: 1 per week").replace("budget: 150 GBP", "budget: 2 GBP")
    adopt_plan(text, "less time", "tests", now())
    return PlanRun.objects.get(id=make_plan(home, settings.TOUCHBOOK_DATABASE_URL, timezone.localdate()).run)


def said(client, address: str, name: str) -> str:
    """The words in the main part of a page, without what is every customer's own."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    words = unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))
    return words.replace(name, "NAME") if name else words


def test_the_two_of_the_example_are_what_they_are_meant_to_be(week: PlanRun, ana: Customer) -> None:
    assert PlannedTouch.objects.get(run=week, customer=ana.id).held_out
    others = Customer.objects.filter(name__in=NAMES[1:])
    given = set(PlannedTouch.objects.filter(run=week).values_list("customer", flat=True))
    assert [one.name for one in others if one.id not in given]


@pytest.mark.parametrize("who", ["Mia", "Mona"])
def test_nobody_who_serves_can_tell_who_is_held_out(visitor, week: PlanRun, ana: Customer, who: str) -> None:
    given = set(PlannedTouch.objects.filter(run=week).values_list("customer", flat=True))
    plain = next(one for one in Customer.objects.filter(name__in=NAMES[1:]) if one.id not in given)
    client = visitor(who)
    addresses = ["/customers/{}/next/"]
    if who == "Mia":
        addresses.append(f"/week/{week.number}/why/{{}}/")
    for address in addresses:
        of_ana, of_plain = (said(client, address.format(one.id), one.name) for one in (ana, plain))
        assert of_ana == of_plain
        assert "A touch was open to them and is not made" in of_ana
        assert "£" not in of_ana
    tried = []
    for one in (ana, plain):
        page = unescape(client.get(f"/customers/{one.id}/").content.decode())
        assert "Nothing to do just now" in page
        tried.append(re.findall(r"<li><b>([^<]+)</b>: ([^<]+)\.</li>", page))
    assert [name for name, _why in tried[0]] == [name for name, _why in tried[1]]
    ours = [dict(one) for one in tried]
    in_doubt = [{name for name, why in one.items() if "chance left them out" in why} for one in ours]
    assert PlannedTouch.objects.get(run=week, customer=ana.id).name in in_doubt[0]
    assert in_doubt[1]


def test_the_list_of_those_left_alone_holds_them_all(visitor, week: PlanRun, ana: Customer) -> None:
    for who in ("Stella", "Anil", "Ada"):
        listed = said(visitor(who), f"/week/{week.number}/alone/?reason=elsewhere", "")
        assert "Ana Whitfield" in listed
        assert "A touch was open, but what it takes brings more elsewhere, or chance left them out" in listed
    reached = PlannedTouch.objects.filter(run=week, held_out=False).values("customer").distinct().count()
    page = said(visitor("Stella"), "/week/", "")
    assert f"{len(NAMES) - reached} customers, beside {reached} for whom a touch is planned." in page


def test_no_list_for_those_who_serve_names_who_may_be_held_out(visitor, week: PlanRun, ana: Customer) -> None:
    given = set(PlannedTouch.objects.filter(run=week, held_out=False).values_list("customer", flat=True))
    listed = said(visitor("Mia"), f"/week/{week.number}/alone/?reason=elsewhere", "")
    assert not [name for name in NAMES if name in listed]
    assert f"{len(NAMES) - len(given)} customers had a touch open that is not made" in listed


def test_whoever_works_with_the_numbers_still_gets_them(visitor, week: PlanRun, ana: Customer) -> None:
    given = set(PlannedTouch.objects.filter(run=week).values_list("customer", flat=True))
    plain = next(one for one in Customer.objects.filter(name__in=NAMES[1:]) if one.id not in given)
    for who in ("Stella", "Anil"):
        assert "worth £" in said(visitor(who), f"/week/{week.number}/why/{plain.id}/", "")
        held = said(visitor(who), f"/week/{week.number}/why/{ana.id}/", "")
        assert "chance left them out" in held
        assert "held out" not in held
