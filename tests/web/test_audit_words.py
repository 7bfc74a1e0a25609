"""The audit trail reads as sentences: whatever is kept there, by name and never by an id."""

from __future__ import annotations

import ast
import re
from html import unescape
from pathlib import Path

import pytest

import touchbook
from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.audit import Change, audit
from touchbook.store.models import AuditEntry, Import, PlannedTouch, PlanRun, PlanVersion
from touchbook.web.settings.audit_sentences import SENTENCES
from touchbook.web.settings.audit_words import KINDS, lines_of
from touchbook.workflows.change_owner import OwnerRequest, change_owner

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


def trail(client, query: str = "") -> str:
    page = client.get(f"/settings/audit/?{query}").content.decode()
    listed = page.partition('<ol class="list audit">')[2].partition("</ol>")[0]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", listed)))


def kept(
    action: str, kind: str, subject=None, before=None, after=None, actor: str = "Ada", origin: str = "web"
) -> None:
    audit([Change(action, kind, subject or mint(now()), before, after)], actor, now(), origin)


def test_who_looks_after_a_customer_is_a_name(visitor, people, ana) -> None:
    change_owner(OwnerRequest(mint(now()), ana.id, people["Omar"].id, people["Mona"].id, now(), by="Mia", origin="web"))
    said = trail(visitor("Ada"), f"subject={ana.id}")
    assert "Mia changed who looks after Ana Whitfield ." in said
    assert "looked after by Mona → Omar" in said
    assert not ID.search(said)


def test_an_import_tells_names_of_owners_and_files(visitor, people, ana) -> None:
    record = Import.objects.create(
        id=mint(now()), kind="customers", source="crm", file_name="members.csv", digest="0" * 64, started_at=now()
    )
    before = {
        "owner": None,
        "since": None,
        "consents": {"email/sell": None},
        "attributes": {"seats": None, "state": None},
    }
    after = {"owner": str(people["Mona"].id), "since": "2019-06-18", "consents": {"email/sell": False},
             "attributes": {"seats": 3.0, "state": "Ohio"}}  # fmt: skip
    kept("change", "customer", ana.id, before, after, "Ada", f"import {record.id}")
    said = trail(visitor("Ada"), f"subject={ana.id}")
    for words in ("import members.csv", "looked after by Mona", "customer since 18 Jun 2019", "seats 3; state Ohio"):
        assert words in said, words
    assert "offers by e-mail: refused" in said
    assert not ID.search(said)


def test_an_invitation_and_what_follows_read_as_sentences(visitor, people) -> None:
    mona = people["Mona"].id
    told = {"name": "Mona", "username": "mona", "with": "password"}
    kept("invite", "staff", mona, None, {"name": "Mona", "username": "mona"})
    kept("accept invitation", "staff", mona, None, told, "Mona")
    kept("sign in failed", "staff", mona, None, None, "unknown")
    kept("sign in failed", "staff", None, None, None, "unknown")
    said = trail(visitor("Ada"))
    for words in (
        "Ada invited Mona to sign in.", "Mona accepted the invitation, and can sign in.", "with a password",
        "Somebody tried to sign in as Mona , and failed.", "Somebody tried to sign in with a name that nobody has.",
    ):  # fmt: skip
        assert words in said, words


def test_touches_promises_and_weeks_say_whom_they_are_for(visitor, people, ana) -> None:
    run = PlanRun.objects.create(
        id=mint(now()), plan_version=PlanVersion.objects.get(), starts_on="2024-03-04", made_at=now(), prices={},
        certificate={}, parameters={},
    )  # fmt: skip
    touch = PlannedTouch.objects.create(
        id=mint(now()), run=run, customer=ana.id, name="listening call", purpose="ask", channel="phone", value=5.0,
        team="member services", due_on="2024-03-05", reason="They joined 40 days ago.",
    )  # fmt: skip
    kept("touch skipped", "touch", touch.id, None, {"touch": touch.name, "reason": "She moved.", "due_on": ""}, "Mona")
    kept("promise let go", "promise", None, {"settled_at": None}, {"what": "a seat", "customer": str(ana.id)}, "Mona")
    kept("approve", "plan run", run.id, None, {"team": None, "touches": 1250}, "Mia")
    kept("adopt", "plan", PlanVersion.objects.get().id, None, {"version": 1, "note": "x < y"}, "")
    said = trail(visitor("Ada"))
    for words in (
        "Mona found the touch “listening call” to Ana Whitfield not appropriate.", "reason She moved.",
        "Mona let a promise to Ana Whitfield go.", "Mia approved touches of the week from 4 Mar 2024 .",
        "touches 1,250", "Touchbook itself put version 1 of the plan in force.", "note x < y",
    ):  # fmt: skip
        assert words in said, words


def test_a_name_cannot_write_marks_into_the_page(visitor, people, ana) -> None:
    ana.name = "<b>100%</b> %(who)s"
    ana.save()
    kept("change", "customer", ana.id, {"name": "x"}, {"name": ana.name}, "<i>")
    page = visitor("Ada").get(f"/settings/audit/?subject={ana.id}").content.decode()
    assert '<b dir="auto">&lt;b&gt;100%&lt;/b&gt; %(who)s</b>' in page
    assert "<i>" not in page.partition('<ol class="list audit">')[2]


def told_in_code() -> set[tuple[str, str]]:
    """Every action and kind that the code keeps, as far as both are written out."""
    found = set()
    for folder in ("workflows", "signin", "store"):
        for file in sorted((Path(touchbook.__file__).parent / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Change" and len(node.args) > 1:
                    words = [one.value if isinstance(one, ast.Constant) else None for one in node.args[:2]]
                    if all(isinstance(one, str) for one in words):
                        found.add(tuple(words))
                called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
                if called in ("keep", "keep_failure") and isinstance(node.args[1], ast.Constant):
                    found.add((node.args[1].value, "staff"))
    return found


@pytest.mark.parametrize(("action", "kind"), sorted(told_in_code()))
def test_every_action_that_is_kept_has_its_sentence(action: str, kind: str) -> None:
    assert (action, kind) in SENTENCES
    assert kind in KINDS


@pytest.mark.parametrize(("action", "kind"), sorted(SENTENCES))
def test_every_sentence_says_who_did_it_and_names_what_it_names(people, action: str, kind: str) -> None:
    kept(action, kind, None, None, {"name": "Zoe"})
    (line,) = lines_of([AuditEntry.objects.latest("number")])
    assert line.words.endswith(".")
    assert "%(" not in line.words
    assert line.words.startswith(("Ada ", "Somebody "))
