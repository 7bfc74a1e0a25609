"""Files in the browser: brought, mapped, looked at, imported in a process of its own, corrected, and taken back."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import AuditEntry, Customer, Import
from touchbook.workflows.uploads import find_upload, lock, receive, tidy, uploads

CSV = b"member;name;e-mail\n1001;Ana Whitfield;ana@example.org\n1002;Bea Okafor;bea@example.org\n"
MAP = {
    "source": "membership", "customer": "column:member", "customer_kind": "member number",
    "customer_2": "column:e-mail", "customer_2_kind": "email", "name": "column:name",
}  # fmt: skip


def bring(
    client: Client, content: bytes = CSV, kind: str = "customers", name: str = "members.csv", **more: str
) -> UUID:
    form = str(mint(now()))
    answer = client.post(
        "/settings/imports/new/", {"id": form, "kind": kind, "file": SimpleUploadedFile(name, content), **more}
    )
    assert answer.status_code == 302, answer.content.decode()
    return UUID(form)


def finished(upload: UUID) -> dict:
    for _ in range(3000):  # the machine may be busy
        if find_upload(upload).state in ("done", "stopped"):
            return dict(find_upload(upload).report)
        time.sleep(0.1)
    raise AssertionError((find_upload(upload).folder / "log").read_text())


@pytest.fixture
def ada(visitor: Callable[[str], Client]) -> Client:
    return visitor("Ada")


def test_a_file_is_guessed_previewed_imported_and_taken_back(ada: Client, home: Path) -> None:
    upload = bring(ada)
    address = f"/settings/imports/files/{upload}/"
    page = ada.get(address).content.decode()
    assert '<option value="column:member" selected>' in page
    assert "semicolon-separated" in page
    assert "name Ana Whitfield" in page  # the guess is understood without a word
    assert not Customer.objects.exists()
    assert ada.post(address, {**MAP, "do": "import"}).headers["Location"] == address
    report = finished(upload)
    assert (report["added"], report["rejected"]) == (2, 0)
    assert {one.name for one in Customer.objects.all()} == {"Ana Whitfield", "Bea Okafor"}
    assert "It is in the book." in ada.get(address).content.decode()
    assert not find_upload(upload).file.exists()
    record = Import.objects.get()
    assert record.file_name == "members.csv"
    started = AuditEntry.objects.get(action="start import")
    assert (started.actor, started.origin) == ("Ada", "web 127.0.0.1")
    assert "members.csv" in ada.get("/settings/imports/").content.decode()
    # What goes is said before it goes.
    page = ada.get(f"/settings/imports/{record.id}/").content.decode()
    assert "The 2 customers that it added go" in page
    form = str(mint(now()))
    assert ada.post(f"/settings/imports/{record.id}/", {"id": form}).status_code == 302
    assert finished(UUID(form))["removed"] == 2
    assert not Customer.objects.exists()
    assert "It was taken back" in ada.get(f"/settings/imports/{record.id}/").content.decode()
    assert AuditEntry.objects.get(action="undo").actor == "Ada"


def test_a_map_with_mistakes_is_told_at_its_fields_and_keeps_what_was_chosen(ada: Client) -> None:
    upload = bring(ada, b"when,who,what\n2026-03-01,1001,smiled\n", "moments")
    answer = ada.post(
        f"/settings/imports/files/{upload}/",
        {"source": "tablets", "at": "column:when", "note": "column:what", "do": "import"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "does not say what happened" in page
    assert '<option value="column:when" selected>' in page
    assert find_upload(upload).state == "draft"
    wrong = {"source": "tablets", "at": "column:gone", "do": "preview"}
    page = ada.post(f"/settings/imports/files/{upload}/", wrong).content.decode()
    assert re.search(r'id="at-problems"><li>the file has no column', " ".join(page.split()).replace("> <", "><"))


def test_a_map_may_be_written_by_hand_and_serves_the_next_file(ada: Client) -> None:
    upload = bring(ada)
    address = f"/settings/imports/files/{upload}/"
    page = ada.post(address, {**MAP, "do": "by hand"}).content.decode()
    assert "kind: &quot;member number&quot;" in page
    answer = ada.post(address, {"map": "source: crm\ncustomer: {column: membr, kind: n}\n", "do": "import"})
    assert answer.status_code == 422
    assert "line 2: the file has no column" in answer.content.decode()
    ada.post(address, {"map": "source: crm\ncustomer: {column: member, kind: n}\nname: name\n", "do": "import"})
    assert finished(upload)["added"] == 2
    other = bring(ada, CSV.replace(b"1001", b"1003"))
    page = ada.get(f"/settings/imports/files/{other}/").content.decode()
    assert "<option>crm</option>" in page
    page = ada.post(f"/settings/imports/files/{other}/", {"stored": "crm", "do": "stored"}).content.decode()
    assert "column: member, kind: n" in page
    ada.post(f"/settings/imports/files/{other}/", {"stored": "../../../secret-key", "do": "stored"})


def test_rows_with_problems_are_set_aside_corrected_in_the_page_and_brought_again(ada: Client) -> None:
    upload = bring(ada, CSV + b"1003;Cid;cid@example.org;one too many\n")
    address = f"/settings/imports/files/{upload}/"
    page = ada.get(address).content.decode()
    assert "the row has 4 fields" in page
    ada.post(address, {**MAP, "do": "import"})
    assert finished(upload)["rejected"] == 1
    assert "Correct these rows" in ada.get(address).content.decode()
    kept = b"".join(ada.get(address + "rejects/").streaming_content).decode()
    assert "one too many" in kept
    page = ada.get(f"/settings/imports/new/?like={upload}").content.decode()
    assert "one too many" in page
    corrected = kept.replace(",one too many", "")
    form = str(mint(now()))
    ada.post("/settings/imports/new/", {"id": form, "kind": "customers", "rows": corrected, "like": str(upload)})
    again = f"/settings/imports/files/{form}/"
    page = ada.get(again).content.decode()
    assert "name Cid" in page
    ada.post(again, {"map": find_upload(UUID(form)).map_file.read_text(), "do": "import"})
    assert finished(UUID(form))["added"] == 1
    assert Customer.objects.count() == 3


def test_a_check_of_every_row_records_nothing(ada: Client) -> None:
    upload = bring(ada)
    address = f"/settings/imports/files/{upload}/"
    ada.post(address, {**MAP, "do": "check"})
    assert finished(upload)["added"] == 2
    assert not Customer.objects.exists()
    assert not Import.objects.exists()
    assert "Nothing was recorded" in ada.get(address).content.decode()
    assert "column:member" in ada.get(address + "?change=1").content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04....", "is a spreadsheet"),
        (b"a,a\n1,2\n", "names the column &#x27;a&#x27; twice"),
        (b"a,b\n", "no row below them"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_without_naming_folders(
    ada: Client, home: Path, content: bytes, said: str
) -> None:
    file = SimpleUploadedFile("../../évil\n.csv", content or b"\n")
    answer = ada.post("/settings/imports/new/", {"id": str(mint(now())), "kind": "answers", "file": file})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert str(home) not in page
    assert 'value="answers" required checked' in page
    assert not list(uploads())


def test_names_of_files_lead_nowhere_else(home: Path) -> None:
    for name in ("../../../etc/passwd", "..", "a" * 300 + ".csv", "漢字" * 60 + ".csv", "عملاء.csv", ".hidden"):
        upload = receive(mint(now()), name, "customers", "Ada", [CSV])
        assert upload.file.is_relative_to(home / "uploads" / str(upload.id) / "file")
        assert upload.file.exists()


def test_nothing_is_brought_without_a_kind_or_rows(ada: Client) -> None:
    answer = ada.post("/settings/imports/new/", {"id": str(mint(now())), "rows": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say what the rows are" in page
    assert "Choose a file, or paste some rows" in page


def test_an_import_that_was_killed_goes_on_where_it_stopped(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b"".join(b"%d;Member %d;m%d@example.org\n" % (number, number, number) for number in range(30_000))
    upload = bring(ada, CSV.splitlines(keepends=True)[0] + rows)
    address = f"/settings/imports/files/{upload}/"
    ada.post(address, {**MAP, "do": "import"})
    for _ in range(3000):
        if Import.objects.filter(rows_done__gt=0).exists():
            break
        time.sleep(0.05)
    assert find_upload(upload).state == "running"
    assert 'hx-trigger="every 1s"' in ada.get(address + "progress/").content.decode()
    assert ada.post(f"{address}remove/").status_code == 422  # at work
    children = subprocess.run(
        ["pgrep", "-f", str(find_upload(upload).folder)], capture_output=True, text=True, check=True
    )
    os.kill(int(children.stdout.split()[0]), signal.SIGKILL)
    for _ in range(100):
        if find_upload(upload).state == "stopped":
            break
        time.sleep(0.05)
    assert "It was stopped before its end" in ada.get(address).content.decode()
    done = Import.objects.get().rows_done
    assert 0 < done < 30_000
    ada.post(address, {"do": "go on"})
    report = finished(upload)
    assert report["resumed_from"] == done
    assert (report["added"], Customer.objects.count()) == (30_000, 30_000)


def test_two_cannot_be_at_work_on_one_file(ada: Client) -> None:
    upload = find_upload(bring(ada))
    held = lock(upload.folder, hold=True)
    assert held is not None
    ada.post(f"/settings/imports/files/{upload.id}/", {**MAP, "do": "import"})
    assert not upload.job
    os.close(held)


def test_what_nobody_came_back_for_is_removed(ada: Client) -> None:
    bring(ada)
    tidy(now())
    assert len(list(uploads())) == 1
    tidy(now().replace(year=now().year + 1))
    assert not list(uploads())


def test_only_administrators_bring_files(visitor, ada: Client) -> None:
    upload = bring(ada)
    addresses = ("", "progress/", "rejects/")
    for address in [f"/settings/imports/files/{upload}/{end}" for end in addresses] + ["/settings/imports/new/"]:
        for name in ("Mia", "Mona", "Stella"):
            assert visitor(name).get(address).status_code == 403
        assert visitor("stranger").get(address).status_code == 302
    assert visitor("Mia").post(f"/settings/imports/files/{upload}/remove/").status_code == 403
    assert ada.post(f"/settings/imports/files/{upload}/remove/").status_code == 302
    assert ada.get(f"/settings/imports/files/{upload}/").status_code == 404


def test_the_program_is_run_by_its_own_name() -> None:
    """The module can be started as the pages start it."""
    done = subprocess.run([sys.executable, "-P", "-c", "import touchbook.workflows.import_upload"], check=False)
    assert done.returncode == 0


def test_first_rows_are_shown_as_the_pages_show_dates_numbers_and_people(ada: Client) -> None:
    upload = bring(ada, b"member,joined,seats,mail\n1001,18/06/2019,1250,no\n", "customers")
    address = f"/settings/imports/files/{upload}/"
    said = {
        "source": "crm", "customer": "column:member", "customer_kind": "member number", "since": "column:joined",
        "attributes.seats": "column:seats", "consents.email": "column:mail", "do": "preview",
    }  # fmt: skip
    page = ada.post(address, said).content.decode()
    assert "member number 1001, customer since 18 Jun 2019, seats 1,250, everything by e-mail: refused" in page
    assert "are read like this: the day comes first" in page
    ada.cookies["django_language"] = "de"
    page = ada.post(address, said).content.decode()
    assert "Kunde seit 18. Jun 2019, seats 1.250" in page
    assert "alles auf dem Weg „E-Mail“: abgelehnt" in page


def test_a_moment_is_shown_at_the_time_where_it_happened(ada: Client) -> None:
    upload = bring(ada, b"when,who,what,where\n2024-03-01T19:30:00+01:00,1001,greeted by name,gate\n", "moments")
    said = {
        "source": "tablets", "at": "column:when", "customer": "column:who", "customer_kind": "member number",
        "touchpoint": "column:where", "practice": "column:what", "do": "preview",
    }  # fmt: skip
    page = ada.post(f"/settings/imports/files/{upload}/", said).content.decode()
    assert "1 Mar 2024, 19:30 (UTC+01:00), member number 1001, gate, + greeted by name (" in page


def test_nothing_is_counted_where_there_is_nothing(ada: Client, people) -> None:
    page = ada.get("/settings/").content.decode()
    assert "0 " not in re.sub(r"<[^>]+>", " ", page.partition("<main")[2])
    assert "nobody works in it" in ada.get("/settings/departments/").content.decode()
