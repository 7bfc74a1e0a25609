"""Importing customers, outcomes and answers."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from importing import adopt, run, write

from touchbook.kernel.clock import now
from touchbook.store.models import Answer, AuditEntry, Consent, Customer, Identifier, Import, Outcome, Staff
from touchbook.store.queries import find_customer
from touchbook.workflows.import_records import running
from touchbook.workflows.import_records.undo import undo_import

CUSTOMERS = """
source: crm
customers: [{column: member, kind: member}, {column: mail, kind: email}]
name: name
since: since
timezone: zone
hardship: hard
attributes: {seats: seats, vip: vip, joined: joined}
consents:
  - {column: mails, channel: email}
  - {column: offers, purpose: sell, values: {opted in: "yes", opted out: "no"}}
"""
HEADER = ("member", "mail", "name", "since", "zone", "hard", "seats", "vip", "joined", "mails", "offers")


def test_customers_are_made_with_all_that_the_file_says(database: str, tmp_path: Path) -> None:
    adopt()
    row = ("7", "Ann@X.org", "Ann", "15/11/2019", "Europe/Paris", "yes", "2", "no", "2019-11-20", "y", "opted out")
    report = run(tmp_path, write(tmp_path / "c.csv", HEADER, [row]), CUSTOMERS, "customers")
    assert report.added == 1
    ann = Customer.objects.get()
    assert (ann.name, str(ann.since), ann.timezone) == ("Ann", "2019-11-15", "Europe/Paris")
    assert ann.attributes == {"hardship": True, "seats": 2.0, "vip": False, "joined": "2019-11-20"}
    assert set(Identifier.objects.values_list("kind", "value")) == {("member", "7"), ("email", "ann@x.org")}
    for who in ("ANN@x.ORG", "ann@x.org", "7"):
        assert find_customer(who) == ann.id
    assert set(Consent.objects.values_list("channel", "purpose", "allowed")) == {
        ("email", "", True),
        ("", "sell", False),
    }


def test_the_later_file_wins_and_the_former_values_are_kept(database: str, tmp_path: Path) -> None:
    adopt()
    blank = ("",) * 8
    first = write(tmp_path / "a.csv", HEADER, [("7", "a@x.org", "Ann", *blank), ("8", "", "Bea", *blank)])
    run(tmp_path, first, CUSTOMERS, "customers")
    second = [("7", "", "Anne", "", "", "", "3", "", "", "", ""), ("8", "", "", *blank), ("9", "", "Cid", *blank)]
    report = run(tmp_path, write(tmp_path / "b.csv", HEADER, second), CUSTOMERS, "customers")
    assert (report.added, report.changed, report.repeated) == (1, 1, 1)
    anne = Customer.objects.get(name="Anne")
    change = AuditEntry.objects.get(subject=anne.id, action="change", origin=f"import {report.import_id}")
    assert change.before == {"name": "Ann", "attributes": {"seats": None}}
    assert change.after == {"name": "Anne", "attributes": {"seats": 3.0}}
    again = run(tmp_path, tmp_path / "b.csv", CUSTOMERS, "customers")
    assert (again.added, again.changed, again.repeated) == (0, 0, 3)


OWNED = "source: crm\ncustomer: {column: member, kind: member}\nname: name\nowner: account manager\n"
OWNED_HEADER = ("member", "name", "account manager")


def owners() -> dict[str, str | None]:
    return dict(Customer.objects.order_by("name").values_list("name", "owner__code"))


def test_a_customer_has_the_owner_that_the_file_names(database: str, tmp_path: Path) -> None:
    adopt()
    first = write(tmp_path / "a.csv", OWNED_HEADER, [("1", "Ann", "d01"), ("2", "Bea", ""), ("3", "Cid", "d01")])
    report = run(tmp_path, first, OWNED, "customers")
    assert owners() == {"Ann": "d01", "Bea": None, "Cid": "d01"}
    dana = Staff.objects.get()
    assert (dana.name, dana.code) == ("d01", "d01")  # made, as for a moment
    assert AuditEntry.objects.get(subject=dana.id).after == {"code": "d01"}
    second = write(tmp_path / "b.csv", OWNED_HEADER, [("1", "Ann", ""), ("2", "Bea", "d01"), ("3", "Cid", "e02")])
    report = run(tmp_path, second, OWNED, "customers")
    assert owners() == {"Ann": "d01", "Bea": "d01", "Cid": "e02"}
    assert (report.added, report.changed, report.repeated) == (0, 2, 1)
    cid = Customer.objects.get(name="Cid")
    change = AuditEntry.objects.get(subject=cid.id, action="change", origin=f"import {report.import_id}")
    assert change.before == {"owner": str(dana.id)}
    assert change.after == {"owner": str(cid.owner_id)}


def test_the_owner_is_in_the_preview_and_a_code_may_not_be_too_long(sqlite: str, tmp_path: Path) -> None:
    adopt()
    file = write(tmp_path / "a.csv", OWNED_HEADER, [("1", "Ann", "d01"), ("2", "Bea", "d" * 101)])
    report = run(tmp_path, file, OWNED, "customers", dry_run=True)
    assert report.preview == ["row 1: member 1, name Ann, owner d01"]
    assert dict(report.problems) == {"account manager: the text is longer than 100 characters": 1}
    assert not Staff.objects.exists()


def test_customers_who_are_changed_are_not_counted_as_added(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 2)
    adopt()
    blank = ("",) * 8
    run(tmp_path, write(tmp_path / "a.csv", HEADER, [("1", "", "Ann", *blank)]), CUSTOMERS, "customers")
    rows = [("1", "", "Anne", *blank), ("2", "", "Bea", *blank), ("3", "", "Cid", *blank), ("1", "", "Anna", *blank)]
    file = write(tmp_path / "b.csv", HEADER, rows)
    told: list[tuple[int, int]] = []

    def stop(done: int, estimate: int) -> None:
        told.append((done, estimate))
        if done == 2 and len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, file, CUSTOMERS, "customers", progress=stop)
    report = run(tmp_path, file, CUSTOMERS, "customers", progress=stop)
    assert (report.added, report.changed, report.skipped) == (2, 2, 0)
    assert [done for done, _ in told] == [0, 2, 2, 4]  # from where it stands, so that the time left is known
    assert Import.objects.filter(id=report.import_id).values_list("added", "changed").get() == (2, 2)
    only = run(tmp_path, write(tmp_path / "c.csv", HEADER, [("1", "", "Andy", *blank)]), CUSTOMERS, "customers")
    assert Import.objects.filter(id=only.import_id, added=0, changed=1).exists()


def test_identifiers_of_two_customers_in_one_row_are_refused(database: str, tmp_path: Path) -> None:
    adopt()
    blank = ("",) * 8
    rows = [
        ("7", "", "Ann", *blank),
        ("8", "b@x.org", "Bea", *blank),
        ("7", "b@x.org", "Who", *blank),
        ("", "", "Nobody", *blank),
    ]
    report = run(tmp_path, write(tmp_path / "c.csv", HEADER, rows), CUSTOMERS, "customers")
    assert (report.added, report.rejected) == (2, 2)
    with (tmp_path / "c.rejects.csv").open(newline="") as stream:
        problems = [(one["problem"], one["remedy"]) for one in csv.DictReader(stream)]
    assert "belong to different customers" in problems[0][0]
    assert "merge" in problems[0][1]
    assert "the customer is missing" in problems[1][0]
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ann", "Bea"]


def test_members_who_share_an_address_stay_two_people(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt()
    blank = ("",) * 8
    rows = [
        ("1", "", "Ann", *blank),
        ("1", "fam@x.org", "", *blank),
        ("2", "Fam@x.org", "Ben", *blank),
        ("3", "cid@x.org", "Cid", *blank),
        ("4", "cid@x.org", "Dot", *blank),
    ]
    file = write(tmp_path / "c.csv", HEADER, rows)
    for batch in (1, 10):  # whether the address is in the database or came in the same batch
        monkeypatch.setattr(running, "BATCH_ROWS", batch)
        report = run(tmp_path, file, CUSTOMERS, "customers")
        assert report.rejected == 2
        with (tmp_path / "c.rejects.csv").open(newline="") as stream:
            ben, dot = csv.DictReader(stream)
        assert (ben["row"], ben["problem"]) == ("3", "email 'fam@x.org' belongs to member '1' already")
        assert ben["remedy"] == "leave the email empty, or correct it"
        assert (dot["row"], dot["problem"]) == ("5", "email 'cid@x.org' belongs to member '3' already")
        assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ann", "Cid"]
        if batch == 1:
            assert report.import_id is not None
            undo_import(report.import_id, "tests", datetime(2026, 11, 20, tzinfo=UTC))
    again = run(tmp_path, file, CUSTOMERS, "customers")
    assert (again.added, again.changed, again.rejected) == (0, 0, 2)


def test_a_member_number_is_added_to_who_had_only_an_address(database: str, tmp_path: Path) -> None:
    adopt()
    blank = ("",) * 8
    run(tmp_path, write(tmp_path / "a.csv", HEADER, [("", "a@x.org", "Ann", *blank)]), CUSTOMERS, "customers")
    second = [("7", "a@x.org", "", *blank), ("7", "new@x.org", "", *blank)]
    report = run(tmp_path, write(tmp_path / "b.csv", HEADER, second), CUSTOMERS, "customers")
    assert (report.added, report.changed, report.rejected) == (0, 2, 0)
    assert sorted(Identifier.objects.values_list("value", flat=True)) == ["7", "a@x.org", "new@x.org"]


def test_what_is_wrong_with_a_customer_is_told_all_at_once(sqlite: str, tmp_path: Path) -> None:
    adopt()
    row = ("7", "", "Ann", "yesterday", "Mars", "perhaps", "two", "si", "soon", "y", "maybe")
    report = run(tmp_path, write(tmp_path / "c.csv", HEADER, [row]), CUSTOMERS, "customers")
    assert (report.added, report.rejected) == (0, 1)
    with (tmp_path / "c.rejects.csv").open(newline="") as stream:
        (reject,) = csv.DictReader(stream)
    assert reject["column"] == "since; zone; offers; seats; vip; joined; hard"
    assert not Customer.objects.exists()


def test_a_date_of_joining_that_cannot_be_is_set_aside(database: str, tmp_path: Path) -> None:
    adopt()
    blank = ("",) * 7
    ahead = now().year + 1
    days = ("1899-12-31", f"{ahead}-01-01", f"{ahead + 2}-12-31", "1900-01-01")
    rows = [(str(number), "", "", day, *blank) for number, day in enumerate(days)]
    report = run(tmp_path, write(tmp_path / "c.csv", HEADER, rows), CUSTOMERS, "customers")
    assert (report.added, report.rejected) == (2, 2)
    with (tmp_path / "c.rejects.csv").open(newline="") as stream:
        problems = [one["problem"] for one in csv.DictReader(stream)]
    assert problems == ["'1899-12-31' lies before 1900", f"'{ahead + 2}-12-31' lies more than two years ahead"]


OUTCOMES = """
source: shop
id: order
at: {column: when, timezone: America/New_York}
customer: {column: member, kind: member}
outcome: {column: what, values: {Sale: bought, gone: left, friend: referred}}
value: amount
currency: money
referrer: {column: by, kind: member}
"""


def test_outcomes_carry_money_in_minor_units_and_a_referrer(database: str, tmp_path: Path) -> None:
    adopt()
    header = ("order", "when", "member", "what", "amount", "money", "by")
    rows = [
        ("1", "2026-03-01 10:00", "7", "sale", "1,234.50", "", ""),
        ("2", "2026-03-02 10:00", "8", "friend", "1500", "JPY", "7"),
        ("3", "2026-03-03 10:00", "7", "gone", "", "", ""),
        ("4", "2026-03-03 10:00", "7", "Sale", "a lot", "", ""),
        ("5", "2026-03-03 10:00", "7", "stolen", "", "", ""),
        ("6", "2026-03-03 10:00", "7", "sale", "1", "dollars", ""),
        ("7", "2026-03-03 10:00", "7", "friend", "", "", "7"),
        ("8", "2026-03-03 11:00", "7", "sale", "$5", "", ""),
        ("9", "2026-03-03 12:00", "7", "sale", "1.234,50 €", "", ""),
        ("10", "2026-03-03 13:00", "7", "sale", "£5", "USD", ""),
    ]
    file = write(tmp_path / "o.csv", header, rows)
    report = run(tmp_path, file, OUTCOMES, "outcomes")
    assert (report.added, report.rejected) == (5, 5)
    told = list(Outcome.objects.order_by("number").values_list("outcome", "value_minor", "currency"))
    others = [("bought", 500, "USD"), ("bought", 123450, "EUR")]
    assert told == [("bought", 123450, "USD"), ("referred", 1500, "JPY"), ("left", None, ""), *others]
    referred = Outcome.objects.get(outcome="referred")
    assert referred.referrer == Identifier.objects.get(value="7").customer_id
    assert (f"{referred.at:%H:%M}", referred.offset_minutes) == ("15:00", -300)
    problems = (tmp_path / "o.rejects.csv").read_text()
    for told_of_it in ("not an amount", "not among the values", "is no currency", "not in USD", "their own referrer"):
        assert told_of_it in problems
    again = run(tmp_path, file, OUTCOMES, "outcomes")
    assert (again.added, again.repeated) == (0, 5)


ANSWERS = """
source: poll
id: response
at: at
customer: {column: member, kind: member}
question: asked
value: {column: answer}
words: said
"""


def test_answers_are_checked_against_the_plan_s_questions(database: str, tmp_path: Path) -> None:
    adopt()
    header = ("response", "at", "member", "asked", "answer", "said")
    rows = [
        ("1", "2026-03-01", "7", "Feeling", "-2", "late again"),
        ("1", "2026-03-01", "7", "barrier", "Bags", ""),
        ("2", "2026-03-01", "7", "feeling", "5", ""),
        ("3", "2026-03-01", "7", "barrier", "weather", ""),
        ("4", "2026-03-01", "7", "feelings", "1", ""),
        ("5", "2026-03-01", "7", "feeling", "", "no figure"),
    ]
    report = run(tmp_path, write(tmp_path / "a.csv", header, rows), ANSWERS, "answers")
    assert (report.added, report.rejected) == (2, 4)
    told = list(Answer.objects.order_by("number").values_list("question", "value", "number_value", "words"))
    assert told == [("feeling", "", -2.0, "late again"), ("barrier", "bags", None, "")]
    problems = (tmp_path / "a.rejects.csv").read_text()
    assert problems.count("answer is missing") == 1
    for sentence in ("outside the scale", "none of the choices", "did you mean 'feeling'", "answer is missing"):
        assert sentence in problems
