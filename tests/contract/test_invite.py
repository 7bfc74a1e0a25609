"""Inviting people, and accepting: a link lets in once, and for a week."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test.utils import override_settings

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.signin.models import Login
from touchbook.store.models import AuditEntry, Role, Staff
from touchbook.workflows.accept_invitation import AcceptRequest, CompanyAccount, accept_invitation
from touchbook.workflows.invite import Invited, InviteRequest, invite, invite_first_administrator

PASSWORD = "seven brass kettles"
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def quick_passwords():
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


def hired(name: str = "Mona Haddad", code: str = "17") -> Staff:
    return Staff.objects.create(id=mint(now()), changed_at=now(), name=name, code=code)


def invited(**what: object) -> Invited:
    return invite(InviteRequest(**{"id": mint(now()), "at": now(), "by": "Ada", "origin": "tests", **what}))


def token(made: Invited) -> str:
    return made.path.rstrip("/").rpartition("/")[2]


def accepted(made: Invited, username: str = "mona", **what: object) -> Login:
    return accept_invitation(
        AcceptRequest(**{"token": token(made), "at": now(), "username": username, "password": PASSWORD, **what})
    )


def trail() -> list[tuple[str, str]]:
    return [(entry.actor, entry.action) for entry in AuditEntry.objects.order_by("number")]


def test_somebody_who_is_here_gets_a_login_and_both_steps_are_in_the_trail() -> None:
    mona = hired()
    made = invited(staff=mona.id)
    assert (made.name, made.username, made.resets) == ("Mona Haddad", "mona.haddad", False)
    login = accepted(made, "Mona.H")
    assert login.staff == mona
    assert login.check_password(PASSWORD)
    assert Login.objects.get_by_natural_key("mona.h") == login
    assert trail() == [("Ada", "invite"), ("Mona Haddad", "accept invitation")]


def test_somebody_new_is_added_with_a_role_and_a_code_of_their_own() -> None:
    hired(code="omar.said")
    made = invited(name="Omar Said", role=Role.MANAGER)
    staff = Staff.objects.get(id=made.staff)
    assert (staff.name, staff.role, staff.code) == ("Omar Said", "manager", "omar.said-2")
    assert trail() == [("Ada", "hire"), ("Ada", "invite")]


def test_the_same_invitation_again_is_the_same_and_leaves_no_second_trace() -> None:
    identifier, mona = mint(now()), hired()
    first = invited(id=identifier, staff=mona.id)
    assert invited(id=identifier, staff=mona.id) == first
    assert trail() == [("Ada", "invite")]


def test_a_link_works_once() -> None:
    made = invited(staff=hired().id)
    accepted(made)
    with pytest.raises(NotFound, match="has been used"):
        accepted(made, "mona2")


def test_a_link_is_good_for_a_week() -> None:
    made = invited(staff=hired().id, at=now() - timedelta(days=7, minutes=1))
    with pytest.raises(NotFound, match="too old"):
        accepted(made)
    assert accepted(invited(staff=made.staff, at=now() - timedelta(days=6, hours=23)))


def test_a_link_that_was_changed_is_no_link() -> None:
    made = invited(staff=hired().id)
    other = invited(staff=hired("Omar Said", "18").id)
    identifier, signature = token(made).split(".")
    forged = (f"{token(other).split('.')[0]}.{signature}", f"{identifier}.{signature[:-1]}", identifier, "", "x.y")
    for one in forged:
        with pytest.raises(NotFound, match="not complete or was changed"):
            accept_invitation(AcceptRequest(token=one, at=now(), username="mona", password=PASSWORD))


def test_a_newer_link_takes_the_place_of_an_older_one() -> None:
    mona = hired()
    older, newer = invited(staff=mona.id), invited(staff=mona.id)
    with pytest.raises(NotFound, match="newer invitation"):
        accepted(older)
    assert accepted(newer)


def test_one_who_has_left_can_neither_be_invited_nor_come_in() -> None:
    mona = hired()
    made = invited(staff=mona.id)
    Staff.objects.filter(id=mona.id).update(retired_at=now())
    with pytest.raises(NotFound, match="has left"):
        accepted(made)
    with pytest.raises(Refused, match="Mona Haddad has left"):
        invited(staff=mona.id)


def test_every_flaw_of_an_invitation_is_told_at_once() -> None:
    with pytest.raises(Refused) as told:
        invited(name=" ", role="boss", username="no space")
    for words in ("nobody's name", "'boss' is no role", "no space"):
        assert words in str(told.value)
    with pytest.raises(NotFound, match="There is no member of staff"):
        invited(staff=mint(now()))


def test_every_flaw_of_what_was_chosen_is_told_at_once_and_the_link_still_works() -> None:
    accepted(invited(staff=hired("Omar Said", "18").id), "omar")
    made = invited(staff=hired().id)
    with pytest.raises(Refused) as told:
        accepted(made, "OMAR", password="12345")
    for words in ("Somebody else signs in by this name", "too short", "entirely numeric"):
        assert words in str(told.value)
    with pytest.raises(Refused, match="too similar"):
        accepted(made, password="mona.haddad")
    assert accepted(made)


def test_new_access_ends_what_was_there_before() -> None:
    from allauth.mfa.models import Authenticator

    mona = hired()
    login = accepted(invited(staff=mona.id))
    session = login.get_session_auth_hash()
    Authenticator.objects.create(user=login, type="totp", data={"secret": "x"})
    made = invited(staff=mona.id)
    assert (made.resets, made.username) == (True, "mona")
    assert Authenticator.objects.count() == 1  # until the link is used
    anew = accepted(made, password="another brass kettle")
    assert anew.pk == login.pk
    assert not Authenticator.objects.exists()
    assert anew.get_session_auth_hash() != session
    assert trail()[-2:] == [("Ada", "reset access"), ("Mona Haddad", "accept new access")]


def test_a_company_account_takes_the_place_of_a_password_and_belongs_to_one_person() -> None:
    company = CompanyAccount("company", "0f" * 32, {"userinfo": {"sub": "77", "email": "mona@example.com"}})
    assert company.label == "mona@example.com"
    login = accepted(invited(staff=hired().id), password="", company=company)
    assert not login.has_usable_password()
    assert login.socialaccount_set.get().uid == company.uid
    with pytest.raises(Refused, match="linked with somebody else"):
        accepted(invited(staff=hired("Omar Said", "18").id), "omar", password="", company=company)


def test_the_first_administrator_is_invited_while_nobody_can_sign_in() -> None:
    first = invite_first_administrator(mint(now()), now())
    assert invite_first_administrator(mint(now()), now()) == first  # two servers say the same
    with pytest.raises(Refused, match="Write your name"):
        accepted(first, "ada")
    login = accepted(first, "ada", name="Ada Brennan")
    assert (login.staff.name, login.staff.role) == ("Ada Brennan", "administrator")
    assert invite_first_administrator(mint(now()), now()) is None


def test_the_first_administrator_may_be_recorded_already() -> None:
    ada = hired("Ada Brennan", "3")
    login = accepted(invite_first_administrator(mint(now()), now()), "ada", name="ada brennan")
    assert login.staff == ada
    assert login.staff.role == "administrator"


def test_a_first_link_that_lies_about_is_worth_nothing_once_somebody_can_sign_in() -> None:
    first = invite_first_administrator(mint(now()), now())
    accepted(invited(staff=hired().id))
    with pytest.raises(NotFound, match="There is an administrator already"):
        accepted(first, "eve", name="Eve")
