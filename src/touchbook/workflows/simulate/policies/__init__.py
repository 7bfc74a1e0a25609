"""The policies that are played against each other, from the least to the most that one could know.

To add one, add a file with a class like the others, and a line here.
"""

from __future__ import annotations

from collections.abc import Callable

from touchbook.plan.model import Plan
from touchbook.workflows.simulate.book import Book
from touchbook.workflows.simulate.policies.greedy import Greedy
from touchbook.workflows.simulate.policies.health_score import HealthScore
from touchbook.workflows.simulate.policies.mail_everybody import MailEverybody
from touchbook.workflows.simulate.policies.nothing import Nothing
from touchbook.workflows.simulate.policies.oracle import Oracle
from touchbook.workflows.simulate.policies.planned import Planned
from touchbook.workflows.simulate.policies.policy import Policy, Wish
from touchbook.world.life import Life

NOTHING = "nothing"
# All but the last are told the plan and the books alone.
POLICIES: dict[str, Callable[[Plan, Book, Life], Policy]] = {
    NOTHING: lambda _plan, _book, _life: Nothing(),
    "e-mail everybody": lambda plan, book, _life: MailEverybody(plan, book),
    "health score": lambda plan, book, _life: HealthScore(plan, book),
    "greedy by value": lambda plan, book, _life: Greedy(plan, book),
    "touchbook": lambda plan, book, _life: Planned(plan, book),
    "oracle": Oracle,
}

__all__ = ["NOTHING", "POLICIES", "Policy", "Wish"]
