"""Errors are sentences for people, all problems at once, in the order of the text."""

from __future__ import annotations

import pytest

from touchbook.kernel import errors
from touchbook.kernel.errors import Invalid, PlanInvalid, Problem, Refused, RowsRejected, TouchbookError, Unreadable
from touchbook.kernel.language import speaking


def test_a_problem_says_where_what_and_what_to_do():
    problem = Problem(12, 3, "'gaet' is no touchpoint", "write 'gate'")
    assert problem.sentence("plan.yaml") == "plan.yaml:12:3: error: 'gaet' is no touchpoint; write 'gate'."
    assert problem.sentence() == "12:3: error: 'gaet' is no touchpoint; write 'gate'."
    whole = Problem(0, 0, "the file is empty", "start with 'touchbook init'", "warning")
    assert whole.sentence() == "warning: the file is empty; start with 'touchbook init'."


def test_all_problems_are_said_in_the_order_of_the_text():
    error = PlanInvalid([Problem(9, 1, "late", "mend it"), Problem(2, 1, "early", "mend it")], "plan.yaml")
    assert [problem.line for problem in error.problems] == [2, 9]
    assert str(error).splitlines() == ["plan.yaml:2:1: error: early; mend it.", "plan.yaml:9:1: error: late; mend it."]


@pytest.mark.parametrize(
    ("kind", "code"),
    [(TouchbookError, 2), (Unreadable, 2), (Refused, 2), (Invalid, 1), (PlanInvalid, 1), (RowsRejected, 1)],
)
def test_exit_codes(kind: type[TouchbookError], code: int):
    assert kind.exit_code == code


def test_the_tree_at_the_top_of_the_module_names_every_error():
    every = [one.__name__ for one in vars(errors).values() if isinstance(one, type) and issubclass(one, TouchbookError)]
    assert len(every) >= 8
    assert all(name in (errors.__doc__ or "") for name in every)


def test_how_bad_a_problem_is_is_said_in_the_language_spoken() -> None:
    wrong = Problem(3, 5, "„x“ ist keine Zahl", "schreiben Sie eine Zahl")
    doubtful = Problem(4, 1, "keine Entscheidung braucht das", "fragen Sie nicht mehr danach", "warning")
    with speaking("de"):
        assert wrong.sentence("plan.yaml") == "plan.yaml:3:5: Fehler: „x“ ist keine Zahl; schreiben Sie eine Zahl."
        assert doubtful.sentence().startswith("4:1: Warnung: ")
    assert doubtful.sentence().startswith("4:1: warning: ")
