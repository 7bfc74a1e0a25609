"""Finding a customer by the beginning of a name or an identifier, and who finds whom."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command
from importing import adopt, run, write

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import Customer, Department, Identifier, NameWord, Role, Staff
from touchbook.store.name_words import folded, keep_names, kept_of, words_of
from touchbook.store.people import Person
from touchbook.store.people_search import find, find_exactly, reaches
from touchbook.workflows.import_records.undo import undo_import


def _staff(name: str, role: Role = Role.FRONT_LINE) -> tuple[Staff, Person]:
    department = Department.objects.create(id=mint(now()), changed_at=now(), name=f"{name}'s department")
    row = Staff.objects.create(
        id=mint(now()), changed_at=now(), name=name, code=name, department=department, role=role
    )  # fmt: skip
    return row, Person(row.id, name, role, "", frozenset({department.id}))


def _customer(name: str, owner: Staff | None = None, **identifiers: str) -> Customer:
    made = Customer.objects.create(id=mint(now()), changed_at=now(), name=name, owner=owner)
    for kind, value in identifiers.items():
        Identifier.objects.create(kind=kind.replace("_", " "), value=value, customer=made)
    return made


def _names(found) -> list[str]:
    return [one.name for one in found]


def test_words_are_compared_without_case_and_accents():
    assert words_of("  Zoë  O’Neill-Łukasz, Ørsted ") == ["zoe", "oneill", "lukasz", "orsted"]
    assert folded("STRASSE") == folded("Straße")
    assert kept_of("王小明") == {"王小明", "小明", "明"}
    assert words_of("أحمد") == words_of("احمد")  # as people type it, without the hamza


def test_names_are_found_by_the_beginnings_of_their_words(database: str):
    _, mona = _staff("Mona")
    for name in ("Zoë Whitfield", "Ana María Núñez", "Anabel Stone", "王小明", "محمد علي"):
        _customer(name)
    assert _names(find(mona, "zoe")) == ["Zoë Whitfield"]
    assert _names(find(mona, "WHIT z")) == ["Zoë Whitfield"]
    assert _names(find(mona, "nunez")) == ["Ana María Núñez"]
    assert _names(find(mona, "ana")) == ["Ana María Núñez", "Anabel Stone"]
    assert _names(find(mona, "小明")) == ["王小明"]
    assert _names(find(mona, "علي")) == ["محمد علي"]
    assert find(mona, "ana whitfield") == []
    assert find(mona, "  ") == []
    assert len(find(mona, "a", limit=1)) == 1


def test_identifiers_are_found_from_their_beginning_whatever_their_case(database: str):
    _, mona = _staff("Mona")
    _customer("Ana", member_number="RF00077", email="ana@example.com", phone="+447700900077", seat="C-114")
    _customer("Ben", member_number="RF00078")
    assert _names(find(mona, "rf0007")) == ["Ana", "Ben"]
    assert _names(find(mona, "RF00077")) == ["Ana"]
    assert _names(find(mona, "c-114")) == ["Ana"]
    assert _names(find(mona, "4477 0090")) == ["Ana"]
    found = find(mona, "ANA@example.com")[0]
    assert found.matched == ("email", "ana@example.com")
    assert found.identifiers == (("member number", "RF00077"), ("seat", "C-114")), "how she is reached is not told"


def test_marks_of_patterns_are_taken_as_they_are(database: str):
    _, mona = _staff("Mona")
    _customer("Ana", code="A_1%")
    _customer("Ben", code="AB1X")
    assert _names(find(mona, "A_")) == ["Ana"]
    assert find(mona, "%") == []


def test_whom_somebody_may_not_see_they_find_by_a_whole_identifier_alone(database: str):
    mona, _ = _staff("Mona")
    _, omar = _staff("Omar")
    ana = _customer("Ana Whitfield", mona, member_number="RF00077", seat="C-114")
    assert find(omar, "ana") == []
    assert find(omar, "RF0007") == []
    for (found,) in (find(omar, "rf00077"), find_exactly(omar, "RF00077")):
        assert (found.id, found.name, found.is_seen) == (ana.id, "Ana Whitfield", False)
        assert (found.identifiers, found.since, found.owner) == ((), None, "")
    assert _names(find_exactly(omar, str(ana.id))) == ["Ana Whitfield"]
    assert find_exactly(omar, "RF0007") == []


def test_whoever_may_not_see_contacts_finds_nobody_by_them(database: str):
    _, anil = _staff("Anil", Role.ANALYST)
    _customer("Ana", phone="+447700900077", member_number="RF00077")
    assert find(anil, "+4477", contacts=False) == []
    assert find(anil, "+447700900077", contacts=False) == []
    assert _names(find(anil, "RF00077", contacts=False)) == ["Ana"]
    assert [reaches(kind) for kind in ("email", "Mobile phone", "member number", "seat")] == [True, True, False, False]


def test_those_seen_are_found_behind_many_who_are_not(database: str):
    mona, _ = _staff("Mona")
    omar, person = _staff("Omar")
    others = [Customer(id=mint(now()), changed_at=now(), name=f"Ana {n}", owner=mona) for n in range(300)]
    Customer.objects.bulk_create(others)
    keep_names((one.id, one.name) for one in others)
    _customer("Anzhela Ivanova", omar)
    assert _names(find(person, "an")) == ["Anzhela Ivanova"]


def test_a_new_name_takes_the_place_of_the_old_one(database: str):
    _, mona = _staff("Mona")
    ana = _customer("Ana Whitfield")
    ana.name = "Ana Stone"
    ana.save()
    assert find(mona, "whitfield") == []
    assert _names(find(mona, "stone")) == ["Ana Stone"]
    ana.delete()
    assert NameWord.objects.count() == 0


def test_an_older_database_finds_its_customers_after_the_upgrade(database: str):
    _, mona = _staff("Mona")
    _customer("Ana Whitfield")
    call_command("migrate", "store", "0005", verbosity=0)
    call_command("migrate", verbosity=0)
    assert _names(find(mona, "whit")) == ["Ana Whitfield"]


CUSTOMERS = "source: crm\ncustomer: {column: member, kind: member}\nname: name\n"


def test_those_who_are_imported_are_found_by_what_they_are_called_now(database: str, tmp_path: Path) -> None:
    adopt()
    _, mona = _staff("Mona")
    first = [("1", "Ann Stone"), ("2", "Béa Lund")]
    run(tmp_path, write(tmp_path / "a.csv", ("member", "name"), first), CUSTOMERS, "customers")
    second = [("1", "Ann Whitfield"), ("3", "Cid Stone")]
    report = run(tmp_path, write(tmp_path / "b.csv", ("member", "name"), second), CUSTOMERS, "customers")
    assert _names(find(mona, "bea")) == ["Béa Lund"]
    assert _names(find(mona, "stone")) == ["Cid Stone"]
    assert _names(find(mona, "ann w")) == ["Ann Whitfield"]
    assert report.import_id is not None
    undo_import(report.import_id, "tests", now())
    assert _names(find(mona, "stone")) == ["Ann Stone"]
    assert NameWord.objects.count() == 4
