"""What a plan says may be offered when something went wrong."""

from test_plan_loader import CLUB, changed

from touchbook.plan.loader import load, read_plan
from touchbook.plan.model import SERVING
from touchbook.store.models import Role


def _with(recoveries: str) -> str:
    return changed("capacity:\n", f"recoveries:\n{recoveries}capacity:\n")


def test_recoveries_are_for_roles_and_touchpoints():
    plan = read_plan(
        _with(
            "  free drink: {points: 4, money: 5 GBP, by: [front line, manager], at: gate}\n"
            "  guest ticket: {points: 12, by: manager}\n"
        )
    )
    drink, ticket = plan.recoveries.values()
    assert (drink.points, drink.money, drink.by, drink.at) == (4.0, 5.0, ("front line", "manager"), ("gate",))
    assert drink.is_for("front line", "gate")
    assert not drink.is_for("front line", "shop")
    assert not drink.is_for("strategist", "gate")
    assert ticket.is_for("manager", "shop")
    assert read_plan(CLUB).recoveries == {}


def test_every_fault_of_a_recovery_is_told_at_its_place():
    loaded = load(_with("  drink: {points: 400, by: [managers], at: [gatte]}\n  seat: {}\n  call: 4\n"))
    told = [problem.sentence() for problem in loaded.errors]
    assert len(told) == 5
    text = "\n".join(told)
    for words in (
        "'points' in the recovery 'drink' is '400', outside 0.1 to 100",
        "the recovery 'drink' is offered by 'managers', which is no role that serves; did you mean 'manager'?",
        "the recovery 'drink' is for 'gatte', which is no touchpoint; did you mean 'gate'?",
        "the recovery 'seat' has no 'points'",
        "the recovery 'call' has no keys of its own",
    ):
        assert words in text


def test_the_roles_of_plans_are_those_of_people_who_serve():
    assert set(SERVING) == {role.value for role in Role} - {"analyst"}
