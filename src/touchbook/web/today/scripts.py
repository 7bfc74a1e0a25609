"""What to say, in four steps: the plan's own words where it has some, else words that are usual for the purpose.

The usual ones are short, and never sell: they open honestly, leave room to listen, help at once where that is possible,
and close with what happens next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from touchbook.plan.model import Plan, Purpose, Touch

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a script: its name, what to say, and the plan's questions that belong to it."""

    name: str
    text: str
    questions: tuple[str, ...] = ()


_HELLO = _("Hello %(customer)s, this is %(person)s.")
_NAMES = {"open": _("Open"), "listen": _("Listen"), "help": _("Help"), "close": _("Close")}
_CLOSE = _("Say what happens next, and when. Thank them, and write down what you learnt, so that nobody asks twice.")
_USUAL: Mapping[Purpose, Mapping[str, Words]] = {
    Purpose.ASK: {
        "open": _("Nothing to sell: I would like to hear how it is going. Is now a good time?"),
        "listen": _("Ask one thing at a time, and let them finish. Silence is fine."),
        "help": _("If something stands in the way, say what you can do today, and what you will find out for them."),
        "close": _CLOSE,
    },
    Purpose.HELP: {
        "open": _("You told us what makes it hard for you, and I may have something that helps."),
        "listen": _("Ask whether it is still so, and what they have tried. Begin from what they say now."),
        "help": _("Offer the one thing that helps most, and do it while you speak if you can."),
        "close": _("Ask whether that is enough. Say what happens next, and when, and write it down as a promise."),
    },
    Purpose.APOLOGISE: {
        "open": _("I am in touch about what went wrong, to say that we are sorry."),
        "listen": _("Name what happened, plainly. Let them say what it was like, without explaining or defending."),
        "help": _("Say what was changed so that it does not happen again, and put right what is still open, now."),
        "close": _("Ask whether it is good now, and if not, what would make it good. Promise only what will be kept."),
    },
    Purpose.HEADS_UP: {
        "open": _("Something is going to change, and I want you to hear it from us first."),
        "listen": _("Say what changes, when and why. Then ask what it means for them."),
        "help": _("Offer what makes it easier, and choices where there are some."),
        "close": _("Say whom to ask, and when they hear from us again."),
    },
    Purpose.THANK: {
        "open": _("I only want to say thank you."),
        "listen": _("Say what for, exactly. If they tell you more, listen; ask nothing of them."),
        "help": _("If they mention a wish or a worry, take it up."),
        "close": _("Thank them once more, and leave it at that."),
    },
    Purpose.CELEBRATE: {
        "open": _("We noticed the day, and did not want to let it pass."),
        "listen": _("Ask what they like to remember of the time with us."),
        "help": _("If they mention a wish or a worry, take it up."),
        "close": _("Wish them well, and leave it at that."),
    },
    Purpose.INFORM: {
        "open": _("I have news that may be useful to you; it takes a minute."),
        "listen": _("Tell it in two sentences, then ask what they make of it."),
        "help": _("Send them what they want to look at again."),
        "close": _CLOSE,
    },
    Purpose.INVITE: {
        "open": _("We would like to have you with us, and there is nothing to buy."),
        "listen": _("Say what it is, when and where. Ask whether that suits them, and who would come along."),
        "help": _("Sort out what would keep them from coming: the way, the time, the children, a seat."),
        "close": _("Leave the answer to them, and say how they can give it."),
    },
    Purpose.SELL: {
        "open": _("First: how are things with what you have?"),
        "listen": _("Hear how it is going. If anything is wrong, leave the offer out, and take that up."),
        "help": _("Only if it fits what they said: tell them what there is, and what it costs, in one sentence."),
        "close": _("A no is fine, and is the last word. Thank them for their time."),
    },
}  # fmt: skip


def script_for(plan: Plan, touch: Touch, customer: str, person: str) -> list[Step]:
    """The four steps for a touch to a *customer*, made by a *person*; the touch's questions belong to listening."""
    names = {"customer": customer, "person": person}
    asked = tuple(plan.questions[name].ask for name in touch.asks if name in plan.questions)
    steps = []
    for step, title in _NAMES.items():
        own: str = getattr(touch.script, step)
        text = own or str(_USUAL[touch.purpose][step])
        if step == "open" and not own:
            text = f"{str(_HELLO) % names} {text}"
        steps.append(Step(str(title), text, asked if step == "listen" else ()))
    return steps
