"""The page of roles is made from the table that the pages obey."""

from __future__ import annotations

from pathlib import Path

from touchbook.store.models import Role
from touchbook.web.access import GRANTED, May
from touchbook.web.reference import reference

PAGE = Path(__file__).parents[2] / "docs/reference/roles.md"


def test_the_reference_of_roles_is_up_to_date() -> None:
    assert PAGE.read_text() == reference(), "run: python -m touchbook.web.reference > docs/reference/roles.md"


def test_every_role_has_something_to_open_and_only_an_administrator_everything() -> None:
    assert set(GRANTED) == set(Role)
    assert [role for role in Role if GRANTED[role] == set(May)] == [Role.ADMINISTRATOR]
    assert May.SEE_CONTACTS not in GRANTED[Role.ANALYST]
    assert May.LOG not in GRANTED[Role.ANALYST]
