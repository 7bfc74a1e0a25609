"""Record a customer's answer to one of the plan's questions, or take one back that was recorded by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import offset_minutes
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.language import say
from touchbook.plan.forms import shown
from touchbook.plan.model import Plan, Question
from touchbook.store.append import append, hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import Answer, Customer
from touchbook.store.queries import plan_in_force
from touchbook.workflows.checks import Checks, did_you_mean

_COLUMNS = (
    "id", "at", "offset_minutes", "customer", "question", "value", "number_value", "words", "touch", "corrects",
)  # fmt: skip
VALUE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """What a customer said to a question; ``id`` is minted by its originator.

    ``value``: a choice, a free text, or the number on the question's scale, as text. ``words``: what they said besides.
    ``touch``: the planned touch through which they were asked. ``by`` and ``origin``: who writes it down, from where.
    """

    id: UUID
    customer: UUID
    question: str
    value: str
    at: datetime
    words: str = ""
    touch: UUID | None = None
    by: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class TakeBackRequest:
    """An answer that was recorded by mistake; ``id`` is minted by its originator."""

    id: UUID
    answer: UUID
    at: datetime
    by: str = ""
    origin: str = ""


def record_answer(request: AnswerRequest) -> bool:
    """Record an answer; returns False when the same request was recorded before.

    Raises ``NotFound`` for an unknown customer, and without a plan; ``Refused`` for what the question cannot take.
    """
    with transaction.atomic():
        hold_arrivals()
        before = Answer.objects.filter(id=request.id).first()
        if before is not None:
            if (before.customer, before.question) != (request.customer, request.question):
                raise Refused(say("The id %(id)s belongs to another answer; mint a fresh one for each.", id=request.id))
            return False
        checks = Checks()
        number = check_answer(checks, plan_in_force()[1], request)
        checks.settle()
        text = "" if number is not None else " ".join(request.value.split())
        _append(request, (request.customer, request.question, text, number, request.words, request.touch, None))
        after = {"question": request.question, "value": request.value, "touch": str(request.touch or "")}
        audit([Change("answer", "customer", request.customer, after=after)], request.by, request.at, request.origin)
    return True


def take_answer_back(request: TakeBackRequest) -> bool:
    """Correct an answer by a further fact, so that it counts no more; returns False when that was done before.

    Raises ``NotFound`` for an unknown answer.
    """
    checks = Checks()
    checks.instant(request.at, say("the correction"))
    checks.settle()
    with transaction.atomic():
        hold_arrivals()
        answer = Answer.objects.filter(id=request.answer).first()
        if answer is None:
            raise NotFound(say("There is no answer %(answer)s; nothing was taken back.", answer=request.answer))
        if Answer.objects.filter(corrects=answer.id).exists():
            return False
        _append(request, (answer.customer, answer.question, "", None, "", answer.touch, answer.id))
        before = {"question": answer.question, "value": answer.value, "number": answer.number_value}
        change = Change("answer taken back", "customer", answer.customer, before=before)
        audit([change], request.by, request.at, request.origin)
    return True


def check_answer(checks: Checks, plan: Plan, request: AnswerRequest) -> float | None:
    """Note everything that is wrong with an answer, and return its number where the question has a scale."""
    checks.instant(request.at, say("the answer"))
    checks.text(request.words, say("customer's words"))
    checks.text(request.by, say("name of who records it"), 200)
    checks.text(request.origin, say("origin"), 200)
    if not Customer.objects.filter(id=request.customer).exists():
        checks.missing(say("There is no customer %(customer)s; add them first.", customer=request.customer))
    question = plan.questions.get(request.question)
    if question is None:
        checks.refuse(
            say(
                "The plan asks nothing called %(question)s; %(remedy)s",
                question=shown(request.question),
                remedy=did_you_mean(request.question, plan.questions),
            )
        )
        return None
    if question.scale:
        return _number(checks, question, request.value)
    _check_text(checks, question, request.value)
    return None


def _number(checks: Checks, question: Question, value: str) -> float | None:
    low, high = question.scale or (0.0, 0.0)
    try:
        number = float(value.strip().replace("−", "-"))
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        checks.refuse(
            say(
                "%(value)s is no answer to '%(name)s'; write a number from %(low)s to %(high)s.",
                value=shown(value),
                name=question.name,
                low=f"{low:g}",
                high=f"{high:g}",
            )
        )
        return None
    return number


def _check_text(checks: Checks, question: Question, value: str) -> None:
    checks.text(value, say("answer to '%(question)s'", question=question.name), VALUE_LENGTH_MAX)
    if not value.strip():
        checks.refuse(
            say(
                "The answer to '%(name)s' is empty; write what they said, or leave the question out.",
                name=question.name,
            )
        )
    elif question.choices and value.strip() not in question.choices:
        checks.refuse(
            say(
                "%(value)s is no answer to '%(name)s'; %(remedy)s",
                value=shown(value),
                name=question.name,
                remedy=did_you_mean(value, question.choices),
            )
        )


def _append(request: AnswerRequest | TakeBackRequest, values: tuple[object, ...]) -> None:
    append(Answer, _COLUMNS, [(request.id, request.at, offset_minutes(request.at), *values)])
