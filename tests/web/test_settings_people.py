"""People, teams, departments, keys and the audit trail in the settings, each with a member, an outsider and a stranger."""

from __future__ import annotations

import csv
import io
import re

import pytest

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.keys import key_of
from touchbook.store.models import ApiKey, AuditEntry, Customer, Department, Staff, Team

SECTIONS = ("people/", "teams/", "departments/", "keys/", "imports/", "audit/")


def form_of(page: str) -> str:
    found = re.search(r'name="id" value="([0-9a-f-]{36})"', page)
    assert found
    return found[1]


def typed(**more: object) -> dict[str, object]:
    return {"id": str(mint(now())), "name": "Amina Malik", "code": "amina", "role": "front line", **more}


@pytest.mark.parametrize(
    ("name", "sections"),
    [("Mia", SECTIONS[:2]), ("Stella", SECTIONS[:2]), ("Ada", SECTIONS), ("Mona", ()), ("Anil", ())],
)
def test_everybody_finds_the_sections_of_their_role(visitor, name: str, sections: tuple[str, ...]) -> None:
    page = visitor(name).get("/settings/")
    assert page.status_code == (200 if sections else 403)
    for section in SECTIONS:
        assert (f'href="/settings/{section}"' in page.content.decode()) == (section in sections)
        assert visitor(name).get(f"/settings/{section}").status_code == (200 if section in sections else 403)
    assert visitor("stranger").get("/settings/people/").status_code == 302


def test_a_manager_finds_their_own_people_and_nobody_else(visitor, people) -> None:
    page = visitor("Mia").get("/settings/people/").content.decode()
    assert "Mona" in page
    assert "Omar" not in page
    assert "Omar" in visitor("Stella").get("/settings/people/").content.decode()
    omar = f"/settings/people/{people['Omar'].id}/"
    assert visitor("Mia").get(omar).status_code == 404
    assert visitor("Mia").post(omar, typed()).status_code == 404
    assert visitor("Mona").get(omar).status_code == 403
    assert visitor("stranger").get(omar).status_code == 302
    assert visitor("Stella").get(omar).status_code == 200
    assert visitor("Stella").post(omar, typed()).status_code == 403
    assert Staff.objects.get(id=people["Omar"].id).name == "Omar"


def test_a_manager_changes_team_and_minutes_and_nothing_else(visitor, people) -> None:
    mona = people["Mona"]
    page = visitor("Mia").get(f"/settings/people/{mona.id}/").content.decode()
    assert 'name="minutes_per_week"' in page
    assert 'name="role"' not in page
    form = typed(name="Hacked", role="administrator", team=str(mona.team_id), minutes_per_week="90")
    assert visitor("Mia").post(f"/settings/people/{mona.id}/", form).status_code == 302
    row = Staff.objects.get(id=mona.id)
    assert (row.name, row.role, row.minutes_per_week, row.team_id) == ("Mona", "front line", 90, mona.team_id)
    entry = AuditEntry.objects.filter(subject=mona.id).latest("number")
    assert (entry.actor, entry.origin) == ("Mia", "web 127.0.0.1")
    # Mia herself has no manager: she changes nothing of herself.
    assert visitor("Mia").post(f"/settings/people/{people['Mia'].id}/", form).status_code == 403


def test_an_administrator_adds_somebody_and_a_form_with_mistakes_keeps_what_was_typed(visitor, people) -> None:
    ada = visitor("Ada")
    page = ada.post("/settings/people/new/", typed(name="", code="mona", minutes_per_week="six hours"))
    text = page.content.decode()
    assert page.status_code == 422
    assert 'value="six hours"' in text
    assert "The name is missing" in text
    assert "Mona has the code “mona”" in text
    assert text.count('aria-invalid="true"') == 3
    form = typed(minutes_per_week="360", manager=str(people["Mia"].id))
    for _ in range(2):
        assert ada.post("/settings/people/new/", form).headers["Location"] == f"/settings/people/{form['id']}/"
    assert Staff.objects.filter(code="amina", minutes_per_week=360).count() == 1


def test_the_list_is_searched_and_filtered_and_hides_who_has_left(visitor, people) -> None:
    Staff.objects.filter(name="Omar").update(retired_at=now())
    ada = visitor("Ada")

    def named(query: str) -> set[str]:
        page = ada.get(f"/settings/people/?{query}").content.decode().partition('<ul class="list people">')[2]
        return {name for name in people if f">{name}</b>" in page}

    assert named("") == set(people) - {"Omar"}
    assert named("left=1") == set(people)
    assert named("text=MIA") == {"Mia"}
    assert named("role=analyst") == {"Anil"}
    assert named(f"team={Team.objects.get(name='member services').id}") == {"Mona", "Mia"}
    for nonsense in ("department=x", "page=0", "page=²", "role=king", "text=%00"):
        assert ada.get(f"/settings/people/?{nonsense}").status_code == 200
    fragment = ada.get("/settings/people/?text=nobody", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "Nobody fits" in fragment


def test_one_who_leaves_hands_over_customers_and_may_come_back(visitor, people, ana) -> None:
    ada = visitor("Ada")
    address = f"/settings/people/{people['Mona'].id}/retire/"
    assert visitor("Mia").get(address).status_code == 403
    page = ada.get(address).content.decode()
    assert "They look after 1 customer." in page
    form = {"id": form_of(page)}
    refused = ada.post(address, form)
    assert refused.status_code == 422
    assert "say who does so from now on" in refused.content.decode()
    assert ada.post(address, {**form, "heir": str(people["Omar"].id)}).status_code == 302
    assert Customer.objects.get().owner_id == people["Omar"].id
    assert visitor("Mona").get("/log/").status_code == 302
    back = f"/settings/people/{people['Mona'].id}/back/"
    assert ada.post(back, {"id": str(mint(now()))}).status_code == 302
    assert Staff.objects.get(name="Mona").retired_at is None


def test_the_last_administrator_cannot_leave(visitor, people) -> None:
    address = f"/settings/people/{people['Ada'].id}/"
    ada = visitor("Ada")
    for path in (address + "retire/", address):
        page = ada.post(path, typed(name="Ada", code="ada", role="analyst", heir="nobody"))
        assert page.status_code == 422
        assert "Ada is the only administrator" in page.content.decode()


def test_a_link_to_sign_in_is_made_and_shown(visitor, people) -> None:
    address = f"/settings/people/{people['Omar'].id}/invite/"
    assert visitor("Mia").post(address).status_code == 403
    answer = visitor("Ada").post(address, {"id": str(mint(now()))})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    link = re.search(r"http://testserver(/\S+?)</textarea>", page)
    assert link
    assert visitor("stranger").get(link[1]).status_code == 200
    assert '<path d="M' in page


def test_teams_show_their_time_beside_the_plans(visitor, people) -> None:
    Staff.objects.filter(name="Mona").update(minutes_per_week=24 * 60)
    Staff.objects.filter(name="Mia").update(minutes_per_week=0)
    page = " ".join(visitor("Ada").get("/settings/teams/").content.decode().split())
    assert "The plan counts on 30 hours a week; its people have 24 hours." in page
    assert "6 hours are missing." in page
    form = {"id": str(mint(now())), "name": "night desk"}
    assert visitor("Mia").post("/settings/teams/", form).status_code == 200
    assert not Team.objects.filter(name="night desk").exists()
    assert visitor("Ada").post("/settings/teams/", form).status_code == 302
    assert "night desk" not in visitor("Mia").get("/settings/teams/").content.decode().casefold()
    renamed = visitor("Ada").post(f"/settings/teams/{form['id']}/", {"id": str(mint(now())), "name": "Member Services"})
    assert renamed.status_code == 422
    own = Team.objects.get(name="member services")
    refused = visitor("Ada").post(f"/settings/teams/{own.id}/", {"id": str(mint(now())), "name": "callers"})
    assert "rename it in the plan" in refused.content.decode()
    assert visitor("Ada").get(f"/settings/teams/{mint(now())}/").status_code == 404


def test_departments_come_from_the_plan(visitor, people) -> None:
    ada = visitor("Ada")
    page = ada.get("/settings/departments/").content.decode()
    assert "gate" in page
    assert "answered for by Mia" in page
    department = Department.objects.get(name="operations")
    refused = ada.post(f"/settings/departments/{department.id}/", {"id": str(mint(now())), "name": "ops"})
    assert (refused.status_code, Department.objects.filter(name="ops").exists()) == (422, False)
    assert ada.post("/settings/departments/", {"id": str(mint(now())), "name": "hospitality"}).status_code == 302
    other = Department.objects.get(name="hospitality")
    assert (
        ada.post(f"/settings/departments/{other.id}/", {"id": str(mint(now())), "name": "lounges"}).status_code == 302
    )
    for name in ("Mia", "Mona"):
        assert visitor(name).post("/settings/departments/", {"name": "x"}).status_code == 403


def test_a_key_is_shown_once_and_can_be_revoked(visitor, people) -> None:
    ada = visitor("Ada")
    form = {"id": str(mint(now())), "name": "till system"}
    assert visitor("Mia").post("/settings/keys/", form).status_code == 403
    answer = ada.post("/settings/keys/", form)
    raw = re.search(r"(tb_\w+)</textarea>", answer.content.decode())
    assert raw
    assert "no-store" in answer.headers["Cache-Control"]
    assert key_of(raw[1]) is not None
    assert raw[1] not in ada.get("/settings/keys/").content.decode()
    again = ada.post("/settings/keys/", form).content.decode()
    assert raw[1] not in again
    assert "was made and shown before" in again
    key = ApiKey.objects.get()
    assert visitor("Mia").post(f"/settings/keys/{key.id}/revoke/").status_code == 403
    assert ada.get(f"/settings/keys/{key.id}/revoke/").status_code == 405
    assert ada.post(f"/settings/keys/{key.id}/revoke/").status_code == 302
    assert key_of(raw[1]) is None
    assert [one.origin for one in AuditEntry.objects.filter(subject=key.id)] == ["web 127.0.0.1"] * 2


def test_the_trail_says_in_words_who_changed_what(visitor, people) -> None:
    ada = visitor("Ada")
    mona = people["Mona"]
    form = typed(
        name="=Mona", code="mona", team=str(mona.team_id), minutes_per_week="30", manager=str(people["Mia"].id)
    )
    form["department"] = str(mona.department_id)
    assert ada.post(f"/settings/people/{mona.id}/", form).status_code == 302
    page = " ".join(ada.get(f"/settings/audit/?subject={mona.id}").content.decode().split())
    assert '<del dir="auto">Mona</del>' in page
    assert '<ins dir="auto">=Mona</ins>' in page
    assert "minutes per week" in page
    today = now().date().isoformat()
    for query, found in (
        ("actor=Ada&kind=staff", True), ("actor=Mia", False), ("kind=key", False), (f"since={today}", True),
        ("until=2001-01-01", False), ("since=x&until=99999&subject=y&behind=z", True), ("until=9999-12-31", True),
    ):  # fmt: skip
        assert ("=Mona" in ada.get(f"/settings/audit/?{query}").content.decode()) == found, query
    text = b"".join(ada.get("/settings/audit/trail.csv?kind=staff").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["who"] == "Ada"
    assert rows[0]["name"] == "'=Mona"
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    for address in ("/settings/audit/", "/settings/audit/trail.csv"):
        assert visitor("Stella").get(address).status_code == 403
        assert visitor("stranger").get(address).status_code == 302


def test_pages_of_the_trail_follow_on_each_other(visitor, people) -> None:
    ada = visitor("Ada")
    seen: list[str] = []
    address = "/settings/audit/"
    for _ in range(20):
        page = ada.get(address).content.decode()
        seen += re.findall(r'<time class="num" datetime="([^"]+)"', page)
        following = re.search(r'href="(\?[^"]*behind=[^"]+)"', page)
        if not following:
            break
        address = "/settings/audit/" + following[1].replace("&amp;", "&")
    assert len(seen) == AuditEntry.objects.count() > 40
