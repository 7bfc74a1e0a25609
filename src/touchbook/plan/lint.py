"""The strategy lint: what a sound plan may still have forgotten. One small function a rule.

To add a rule, write a function from a plan to findings and put it into ``RULES`` with what it finds and why that
matters; the reference page and the loader take it from there. A rule never warns on a guess: where it cannot know, it
is silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from touchbook.kernel.errors import Problem
from touchbook.kernel.language import say, say_digits, say_many
from touchbook.plan.document import Document
from touchbook.plan.forms import closest
from touchbook.plan.model import AT_ONCE, EACH_OWNER, OWNER, Condition, Guardrails, Plan, Purpose, Touch
from touchbook.plan.satisfiable import always, satisfiable
from touchbook.plan.schema import TOP
from touchbook.plan.vocabulary import Vocabulary, vocabulary

FEWEST_DEPOSITS = 3
UNANSWERABLE = ("nothing", "none", "other")
_OWNED = Condition("owner is not null", '"owner" IS NOT NULL', frozenset({"owner"}))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, at a path of keys into the plan file."""

    path: tuple[str | int, ...]
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the lint: what it finds, why it matters, and the sections that it reads."""

    name: str
    finds: str
    why: str
    reads: tuple[str, ...]
    find: Callable[[Plan], Iterator[Finding]]


ERRORS_MAX = 200


@dataclass(frozen=True, slots=True)
class Linted:
    """The warnings about a plan; not ``complete`` when errors kept some of them from being looked for."""

    warnings: tuple[Problem, ...]
    complete: bool


def lint(plan: Plan, document: Document, errors: tuple[Problem, ...] = ()) -> Linted:
    """Every warning about a plan, placed in its document.

    With *errors*, rules that read a section whose names are in doubt are left out, and so are findings about a part
    that has an error already. After very many errors nothing can be said of the plan as a strategy.
    """
    if len(errors) > ERRORS_MAX:
        return Linted((), False)
    shaky = _shaky_sections(document, errors)
    broken = {part for error in errors if (part := _part_at(document, error)) is not None}
    sure = [rule for rule in RULES if shaky.isdisjoint(rule.reads)]
    findings = [(rule, finding) for rule in sure for finding in rule.find(plan)]
    told = [(rule, finding) for rule, finding in findings if finding.path[:2] not in broken]
    warnings = [
        Problem(*document.place(finding.path), finding.what, finding.remedy, "warning", rule.name)
        for rule, finding in told
    ]
    return Linted(tuple(sorted(warnings)), len(sure) == len(RULES) and len(told) == len(findings))


_DOUBTFUL = frozenset({"unknown-name", "unknown-key", "missing-key", "duplicate-key", "syntax", "name", "form"})


def _shaky_sections(document: Document, errors: tuple[Problem, ...]) -> set[str]:
    """The sections in which names may be missing."""
    shaky: set[str] = set()
    for error in errors:
        if error.rule in _DOUBTFUL:
            shaky |= _doubted(document, error)
    return shaky


def _doubted(document: Document, error: Problem) -> set[str]:
    """The sections that an error leaves in doubt; all of them when it does not say which."""
    part = _part_at(document, error)
    root = document.root
    if part is None or root is None:
        return set(TOP.names)
    missing = {name for name in TOP.names if name not in root.entries}
    on_top = error.column == root.column and not root.flow
    if error.rule == "missing-key" and (error.line, error.column) == (root.line, root.column):
        return missing.intersection(TOP.required)
    if error.rule == "unknown-key" and len(part) == 1 and part[0] not in TOP.names:
        # A misspelt section leaves the one that it resembles empty; what resembles none may be any that is missing.
        meant = closest(str(part[0]), TOP.names)
        return {meant} if meant else missing
    if error.rule == "syntax" or (error.rule == "duplicate-key" and (on_top or len(part) == 1)):
        return set(TOP.names)
    return {str(part[0])}


def _part_at(document: Document, error: Problem) -> tuple[str | int, ...] | None:
    """The named part of a section in which an error lies: the last one that begins before it."""
    best: tuple[str | int, ...] | None = None
    for section, entry in document.root.entries.items() if document.root else ():
        if (entry.key.line, entry.key.column) > (error.line, error.column):
            break
        best = (section,)
        for name in getattr(entry.value, "entries", {}):
            if document.place((section, name)) <= (error.line, error.column):
                best = (section, name)
        for index in range(len(getattr(entry.value, "items", ()))):
            if document.place((section, index)) <= (error.line, error.column):
                best = (section, index)
    return best


def _questions_unneeded(plan: Plan) -> Iterator[Finding]:
    needed = {need for decision in plan.intelligence for need in decision.needs}
    for name in plan.questions:
        if name not in needed:
            what = say("no decision needs the question '%(name)s'", name=name)
            remedy = say("add '%(name)s' to the needs of a decision, or stop asking it", name=name)
            yield Finding(("questions", name), what, remedy)


def _decisions_without_act(plan: Plan) -> Iterator[Finding]:
    for index, decision in enumerate(plan.intelligence):
        if not decision.acts:
            remedy = say("name the touches that act on it, or drop the decision")
            yield Finding(("intelligence", index), say("this decision leads to no act"), remedy)


def _intelligence_ungathered(plan: Plan) -> Iterator[Finding]:
    asked = {question for touch in plan.touches.values() for question in touch.asks}
    for touch in plan.touches.values():
        columns = touch.when.columns if touch.when else frozenset()
        for question in plan.questions:
            if question not in asked and not columns.isdisjoint({question, f"{question}_age_days"}):
                what = say(
                    "the touch '%(name)s' uses '%(question)s', and no touch asks it", name=touch.name, question=question
                )
                remedy = say("add '%(name)s' to the 'asks' of a touch", name=question)
                yield Finding(("touches", touch.name, "when"), what, remedy)


def _types_unreached(plan: Plan) -> Iterator[Finding]:
    words = words_of(plan)
    for name in plan.types:
        if possible(plan, name, words) and not any(
            _reaches(plan, touch, name, words) for touch in plan.touches.values()
        ):
            what = say("no touch ever reaches customers of the type '%(name)s'", name=name)
            yield Finding(("types", name), what, say("add '%(name)s' to the 'to' of a touch", name=name))


def _touchpoints_thin(plan: Plan) -> Iterator[Finding]:
    for name, touchpoint in plan.touchpoints.items():
        if not touchpoint.withdrawals:
            what = say("the touchpoint '%(name)s' has no withdrawals", name=name)
            yield Finding(("touchpoints", name), what, say("ask those who work there what can go wrong"))
        if len(touchpoint.deposits) < FEWEST_DEPOSITS:
            what = _deposits(name, len(touchpoint.deposits))
            remedy = say("collect at least %(count)s from those who work there", count=FEWEST_DEPOSITS)
            yield Finding(("touchpoints", name), what, remedy)


def _withdrawals_without_recovery(plan: Plan) -> Iterator[Finding]:
    if not plan.recoveries:
        return
    for name, touchpoint in plan.touchpoints.items():
        offered = any(recovery.is_for("front line", name) for recovery in plan.recoveries.values())
        if touchpoint.withdrawals and not offered:
            what = say("whoever logs a withdrawal at '%(name)s' may offer nothing for it", name=name)
            yield Finding(("touchpoints", name), what, say("add a recovery that the front line may offer there"))


def _selling_beyond_share(plan: Plan) -> Iterator[Finding]:
    sells = [touch for touch in plan.touches.values() if touch.purpose is Purpose.SELL]
    if not sells:
        return
    if plan.guardrails.sales_share is None:
        what = say("the plan sells, and nothing says how much of all touches may be sells")
        yield Finding(("guardrails",), what, say("add sales_share: 10% to the guardrails"))
    elif plan.guardrails.sales_share == 0:
        for touch in sells:
            what = say("the touch '%(name)s' sells, and the sales share is 0%%", name=touch.name)
            yield Finding(("touches", touch.name), what, say("raise sales_share, or drop the touch"))
    words = words_of(plan)
    for name in plan.types:
        reached = [touch for touch in plan.touches.values() if _reaches(plan, touch, name, words)]
        if reached and all(touch.purpose is Purpose.SELL for touch in reached):
            what = say("customers of the type '%(name)s' are only ever sold to", name=name)
            remedy = say("give '%(name)s' touches that inform, ask, help or thank", name=name)
            yield Finding(("types", name), what, remedy)


def _choices_unanswered(plan: Plan) -> Iterator[Finding]:
    answered = {answer for touch in plan.touches.values() for answer in touch.answers}
    barrier = plan.questions.get("barrier")
    for choice in barrier.choices if barrier else ():
        if choice not in answered and choice not in UNANSWERABLE:
            what = say("nothing answers the barrier '%(choice)s'", choice=choice)
            remedy = say("add a touch with 'answers: %(choice)s'", choice=choice)
            yield Finding(("questions", "barrier", "choices"), what, remedy)


def _asks_too_often(plan: Plan) -> Iterator[Finding]:
    asking = [touch for touch in plan.touches.values() if touch.asks]
    for touch in asking:
        good_for = min(
            (plan.questions[name].good_for_days for name in touch.asks if name in plan.questions), default=0.0
        )
        if not touch.once and touch.cooldown_days < good_for:
            what = say(
                "the touch '%(name)s' may ask again after %(again)s days, while answers last %(days)s days",
                name=touch.name,
                again=_number(touch.cooldown_days),
                days=_number(good_for),
            )
            remedy = say("write %(text)s", text=f"cooldown: {good_for:g} days")
            yield Finding(("touches", touch.name), what, remedy)
    asked = {name for touch in asking for name in touch.asks if name in plan.questions}
    shortest = min((plan.questions[name].good_for_days for name in asked), default=0.0)
    for limit in plan.guardrails.at_most:
        if limit.key == Purpose.ASK and limit.days / limit.count < shortest:
            what = say(
                "customers may be asked %(count)s times in %(days)s days, while every answer lasts %(least)s days "
                "or more",
                count=limit.count,
                days=_number(limit.days),
                least=_number(shortest),
            )
            remedy = say("write %(text)s", text=f"ask: 1 per {shortest:g} days")
            yield Finding(("guardrails", "at_most", "ask"), what, remedy)


def _asks_nothing(plan: Plan) -> Iterator[Finding]:
    for touch in plan.touches.values():
        if touch.purpose is Purpose.ASK and not touch.asks:
            what = say("the touch '%(name)s' is meant to ask, and asks no question", name=touch.name)
            yield Finding(("touches", touch.name), what, say("name the questions under 'asks'"))


def _capacity_unused(plan: Plan) -> Iterator[Finding]:
    for name, capacity in plan.capacity.items():
        touches = plan.touches.values()
        team = OWNER if name == EACH_OWNER else name
        used = {
            "minutes": any(touch.team == team and touch.minutes > 0 for touch in touches),
            "messages": any(touch.channel == name for touch in touches),
            "money": any(touch.cost > 0 for touch in touches),
        }
        if not used[capacity.kind]:
            what = say("no touch uses the capacity '%(name)s'", name=name)
            remedy = say("give a touch that team and its minutes, that channel or a cost, or drop the capacity")
            yield Finding(("capacity", name), what, remedy)


def _touches_unreachable(plan: Plan) -> Iterator[Finding]:
    words = words_of(plan)
    for touch in plan.touches.values():
        if not any(_reaches(plan, touch, name, words) for name in touch.to or plan.types):
            what = say("no customer can ever receive the touch '%(name)s'", name=touch.name)
            remedy = say("its 'when' contradicts itself, its types, or what forbids selling: change one of them")
            yield Finding(("touches", touch.name), what, remedy)


def _working_hours_quiet(plan: Plan) -> Iterator[Finding]:
    """Hours in the plan's own time zone, in which most customers live."""
    if plan.guardrails.quiet_hours is None:
        return
    (quiet_from, quiet_until), (begins, ends) = plan.guardrails.quiet_hours, plan.guardrails.working_hours
    if quiet_from < quiet_until:
        hushed = quiet_from <= begins and ends <= quiet_until
    else:
        hushed = quiet_from <= begins or ends <= quiet_until
    live = [touch.name for touch in plan.touches.values() if touch.channel in AT_ONCE]
    if hushed and live:
        what = say(
            "your people work from %(begins)s to %(ends)s, all of it quiet hours: nobody could make the touch "
            "'%(name)s'",
            begins=begins,
            ends=ends,
            name=live[0],
        )
        remedy = say("let the working hours reach beyond the quiet hours")
        path = "working_hours" if (begins, ends) != Guardrails().working_hours else "quiet_hours"
        yield Finding(("guardrails", path), what, remedy)


def _ceiling_idle(plan: Plan) -> Iterator[Finding]:
    ceiling = plan.guardrails.contact_ceiling
    if ceiling is None or any(touchpoint.outreach for touchpoint in plan.touchpoints.values()):
        return
    for limit in plan.guardrails.at_most:
        if limit.key == "any" and limit.count <= ceiling.count and limit.days >= ceiling.days:
            what = say(
                "at most %(count)s touches in %(days)s days are as strict, and the ceiling limits nothing",
                count=limit.count,
                days=_number(limit.days),
            )
            remedy = say("write 'outreach: true' at the touchpoints whose moments begin with you, or drop the ceiling")
            yield Finding(("guardrails", "contact_ceiling"), what, remedy)


def _types_impossible(plan: Plan) -> Iterator[Finding]:
    words = words_of(plan)
    for name in plan.types:
        if not possible(plan, name, words):
            what = say("no customer can be of the type '%(name)s', because an earlier one holds first", name=name)
            earlier = list(plan.types)[: list(plan.types).index(name)]
            if not earlier or not satisfiable((plan.types[name],), (), words, {}):
                what = say(
                    "no customer can be of the type '%(name)s', because its condition contradicts itself", name=name
                )
            yield Finding(("types", name), what, say("move it up, or change its condition"))


def _types_open(plan: Plan) -> Iterator[Finding]:
    words = words_of(plan)
    if not any(always(condition, words) for condition in plan.types.values()) and satisfiable(
        (), plan.types.values(), words, {}
    ):
        what = say("some customers may be of no type, and no touch that is for types can reach them")
        yield Finding(("types",), what, say("add 'regular: true' as the last type"))


def words_of(plan: Plan) -> Vocabulary:
    """The vocabulary of all conditions of a plan."""
    return vocabulary(plan.attributes, plan.questions, tuple(plan.types), tuple(plan.touchpoints))


def possible(plan: Plan, type_name: str, words: Vocabulary) -> bool:
    """Whether a customer can be of a type, as far as is known."""
    names = list(plan.types)
    earlier = [plan.types[name] for name in names[: names.index(type_name)]]
    return satisfiable((plan.types[type_name],), earlier, words, {})


def _reaches(plan: Plan, touch: Touch, type_name: str, words: Vocabulary) -> bool:
    """Whether a customer of a type can receive a touch, as far as is known."""
    if (touch.to and type_name not in touch.to) or type_name not in plan.types:
        return False
    names = list(plan.types)
    refused = [plan.types[name] for name in names[: names.index(type_name)]]
    if touch.purpose is Purpose.SELL and plan.guardrails.never_sell_when:
        refused.append(plan.guardrails.never_sell_when)
    holding = [plan.types[type_name], *([touch.when] if touch.when else []), *([_OWNED] if touch.team == OWNER else [])]
    return satisfiable(holding, refused, words, {"type": type_name})


def _deposits(name: str, count: int) -> str:
    if count == 0:
        return say("the touchpoint '%(name)s' has no deposits", name=name)
    return say_many(
        "the touchpoint '%(name)s' has %(count)s deposit",
        "the touchpoint '%(name)s' has %(count)s deposits",
        count,
        name=name,
        count=count,
    )


def _number(value: float) -> str:
    return say_digits(f"{value:g}")


RULES: tuple[Rule, ...] = (
    Rule(
        "question-unneeded",
        "a question that no decision needs",
        "an answer that changes no decision costs the customer's patience for nothing",
        ("questions", "intelligence"),
        _questions_unneeded,
    ),
    Rule(
        "decision-without-act",
        "a decision with no act",
        "knowing without doing anything about it is not a decision",
        ("intelligence",),
        _decisions_without_act,
    ),
    Rule(
        "intelligence-ungathered",
        "a touch whose condition uses a question that no touch asks",
        "the condition can never hold by itself, so the touch would silently not happen",
        ("touches", "questions"),
        _intelligence_ungathered,
    ),
    Rule(
        "type-unreached",
        "a type that no touch ever reaches",
        "the plan says that these customers matter and then leaves them in silence",
        ("types", "touches"),
        _types_unreached,
    ),
    Rule(
        "touchpoint-thin",
        f"a touchpoint without withdrawals, or with fewer than {FEWEST_DEPOSITS} deposits",
        "nothing can be logged, learnt or improved where only one side was thought of",
        ("touchpoints",),
        _touchpoints_thin,
    ),
    Rule(
        "withdrawal-without-recovery",
        "a touchpoint with withdrawals for which the front line may offer no recovery, in a plan that has recoveries",
        "a wrong is made good best by whoever stands there, at once",
        ("touchpoints", "recoveries"),
        _withdrawals_without_recovery,
    ),
    Rule(
        "selling-beyond-share",
        "sells without a sales share, sells that the share forbids, or a type that is only ever sold to",
        "a relationship is not built by selling alone",
        ("types", "touches", "guardrails"),
        _selling_beyond_share,
    ),
    Rule(
        "choice-unanswered",
        "a barrier choice that nothing answers (nothing, none and other apart)",
        "asking what stands in the way promises that something will be done about it",
        ("questions", "touches"),
        _choices_unanswered,
    ),
    Rule(
        "asks-too-often",
        "asks more frequent than answers expire",
        "people notice when they are asked what they have just said",
        ("questions", "touches", "guardrails"),
        _asks_too_often,
    ),
    Rule(
        "ask-without-question",
        "an ask that asks nothing",
        "its answer could not be recorded",
        ("touches",),
        _asks_nothing,
    ),
    Rule(
        "capacity-unused",
        "a capacity that no touch uses",
        "it looks like a limit and limits nothing; often a team's name is misspelt",
        ("capacity", "touches"),
        _capacity_unused,
    ),
    Rule(
        "touch-unreachable",
        "a touch that no customer can ever receive",
        "its conditions contradict each other, its types or the guardrails",
        ("types", "touches", "guardrails"),
        _touches_unreachable,
    ),
    Rule(
        "working-hours-quiet",
        "touches by phone, visit or sms, and working hours that all lie in the quiet hours of the plan's time zone",
        "there is no hour in which such a touch may be made",
        ("touches", "guardrails"),
        _working_hours_quiet,
    ),
    Rule(
        "ceiling-idle",
        "a contact ceiling that is no stricter than `at_most: any`, and no touchpoint with `outreach: true`",
        "it counts only touches then, which are limited already, and not the calls that your people make by themselves",
        ("touchpoints", "guardrails"),
        _ceiling_idle,
    ),
    Rule(
        "type-impossible",
        "a type that no customer can be of",
        "types are tried in order, and an earlier one always holds first",
        ("types",),
        _types_impossible,
    ),
    Rule(
        "types-open",
        "types that leave some customers without one",
        "touches that name types cannot reach them",
        ("types",),
        _types_open,
    ),
)
