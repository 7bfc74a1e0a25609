"""The sections that say what is done: touchpoints, recoveries, touches, guardrails, capacity."""

from __future__ import annotations

import re
from typing import Literal

from touchbook.kernel.language import say
from touchbook.plan import forms, schema, titles
from touchbook.plan.document import MappingNode, Node
from touchbook.plan.fields import MAX_NAME, Fields, Notes, named, read_scalar
from touchbook.plan.forms import Amount, shown, suggestion
from touchbook.plan.model import (
    CONTACTS,
    EACH_OWNER,
    OWNER,
    AtMost,
    Capacity,
    Channel,
    Condition,
    Guardrails,
    Purpose,
    Recovery,
    Script,
    Touch,
    Touchpoint,
)
from touchbook.plan.strategy import condition
from touchbook.plan.vocabulary import Vocabulary

USUAL_AT_MOST = (AtMost("phone", 3, 90.0), AtMost("email", 4, 90.0), AtMost("ask", 1, 90.0))
CHANNELS = tuple(channel.value for channel in Channel)
PURPOSES = tuple(purpose.value for purpose in Purpose)
BUDGET = "budget"


def touchpoints(node: MappingNode, notes: Notes) -> dict[str, Touchpoint]:
    """The kinds of moment, by name."""
    found: dict[str, Touchpoint] = {}
    for name, entry in named(node, titles.touchpoint, notes):
        if not isinstance(entry.value, MappingNode):
            what = say("%(title)s has no keys of its own", title=titles.touchpoint(name))
            notes.error(entry.value, what, say("write its deposits and withdrawals under it"), "form")
            continue
        fields = Fields(schema.TOUCHPOINTS, entry.value, notes, titles.touchpoint(name))
        found[name] = Touchpoint(
            name=name,
            deposits=_impacts(fields, "deposits"),
            withdrawals=_impacts(fields, "withdrawals"),
            stage=fields.text("stage"),
            department=fields.text("department"),
            channel=fields.text("channel"),
            outreach=fields.read("outreach", forms.yes_no, False),
            line=entry.key.line,
        )
    return found


def _impacts(fields: Fields, name: str) -> dict[str, int]:
    node = fields.mapping(name, "{greeted by name: 2}")
    found: dict[str, int] = {}
    for practice, entry in named(node, titles.practice, fields.notes) if node else ():
        title = say("the impact of %(name)s", name=shown(practice))
        impact = read_scalar(entry.value, forms.whole, 1, title, fields.notes)
        if not 1 <= impact <= 5:
            what = say("%(title)s is %(value)s", title=title, value=impact)
            fields.notes.error(entry.value, what, say("write a whole number from 1 to 5"), "range")
            impact = 1
        found[practice] = impact
    return found


def recoveries(node: MappingNode, currency: str, notes: Notes) -> dict[str, tuple[Recovery, Fields]]:
    """What may be offered to make good a withdrawal, by name, each with its fields for the checks of what it names."""
    found: dict[str, tuple[Recovery, Fields]] = {}
    for name, entry in named(node, titles.recovery, notes):
        if not isinstance(entry.value, MappingNode):
            what = say("%(title)s has no keys of its own", title=titles.recovery(name))
            notes.error(entry.value, what, say("write at least %(text)s", text="{points: 4}"), "form")
            continue
        fields = Fields(schema.RECOVERIES, entry.value, notes, titles.recovery(name))
        recovery = Recovery(
            name=name,
            points=fields.read("points", forms.number, 1.0),
            money=fields.read("money", lambda text: forms.money(text, currency), 0.0),
            by=tuple(item.value for item in fields.names("by")),
            at=tuple(item.value for item in fields.names("at")),
            line=entry.key.line,
        )
        found[name] = (recovery, fields)
    return found


def touches(node: MappingNode, vocabulary: Vocabulary, currency: str, notes: Notes) -> dict[str, tuple[Touch, Fields]]:
    """The outreach to choose from, by name, each with its fields for the checks of what it names."""
    found: dict[str, tuple[Touch, Fields]] = {}
    for name, entry in named(node, titles.touch, notes):
        if not isinstance(entry.value, MappingNode):
            what = say("%(title)s has no keys of its own", title=titles.touch(name))
            remedy = say("write at least %(text)s", text="{purpose: inform, channel: email}")
            notes.error(entry.value, what, remedy, "form")
            continue
        fields = Fields(schema.TOUCHES, entry.value, notes, titles.touch(name))
        found[name] = (_touch(name, entry.key.line, fields, vocabulary, currency), fields)
    return found


def _touch(name: str, line: int, fields: Fields, vocabulary: Vocabulary, currency: str) -> Touch:
    when = fields.find("when")
    team = fields.text("team") or None
    if team and (team in (*CHANNELS, BUDGET, EACH_OWNER) or len(team) > MAX_NAME):
        place = fields.find("team") or fields.node
        owner, another = say("write '%(text)s'", text=f"team: {OWNER}"), say("choose another name for the team")
        what = say("%(text)s cannot be a team's name", text=shown(team))
        fields.notes.error(place, what, owner if team == EACH_OWNER else another, "name")
    minutes = fields.read("minutes", forms.number, 0.0)
    if minutes and not team:
        place = fields.find("minutes") or fields.node
        what = say("%(title)s takes minutes of nobody", title=fields.title)
        fields.notes.error(place, what, say("add the 'team' whose minutes they are"), "missing-key")
    purpose, must = Purpose(fields.word("purpose", "inform")), fields.read("must", forms.yes_no, False)
    if must and purpose is Purpose.SELL:
        place = fields.find("must") or fields.node
        what = say("%(title)s is a sale that must be made", title=fields.title)
        fields.notes.error(place, what, say("remove 'must', a sale is never due"), "must-sell")
    return Touch(
        name=name,
        purpose=purpose,
        channel=Channel(fields.word("channel", "email")),
        team=team,
        minutes=minutes,
        to=tuple(item.value for item in fields.names("to")),
        when=condition(when, vocabulary, fields.notes, say("'when' of %(title)s", title=fields.title))
        if when
        else None,
        must=must,
        asks=tuple(item.value for item in fields.names("asks")),
        answers=tuple(item.value for item in fields.names("answers")),
        content=_content(fields),
        once=fields.read("once", forms.yes_no, False),
        cooldown_days=fields.read("cooldown", forms.days, 90.0),
        revenue=fields.read("revenue", lambda text: forms.money(text, currency), 0.0),
        cost=fields.read("cost", lambda text: forms.money(text, currency), 0.0),
        accept=fields.read("accept", _some_share, None),
        effect=fields.read("effect", _some_number, None),
        script=_script(fields),
        line=line,
    )


def _script(fields: Fields) -> Script:
    node = fields.mapping("script", "{open: …, listen: …, help: …, close: …}")
    if node is None:
        return Script()
    steps = Fields(schema.SCRIPT, node, fields.notes, say("the script of %(title)s", title=fields.title))
    return Script(*(steps.text(step) for step in ("open", "listen", "help", "close")))


def _some_share(text: str) -> float | None:
    return forms.share(text)


def _some_number(text: str) -> float | None:
    return forms.number(text)


def _content(fields: Fields) -> str:
    """A file's name inside the folder of content: it can never lead out of that folder."""
    node = fields.scalar("content")
    if node is None:
        return ""
    parts = node.value.split("/")
    if all(re.fullmatch(r"[\w][\w. -]*", part) and not part.endswith((".", " ")) for part in parts):
        return node.value
    what = say("%(text)s is no file in the plan's folder of content", text=shown(node.value))
    fields.notes.error(node, what, say("write a plain name such as travel.md"), "form")
    return ""


def guardrails(node: MappingNode, vocabulary: Vocabulary, notes: Notes) -> Guardrails:
    """What is forbidden or limited for every customer."""
    fields = Fields(schema.GUARDRAILS, node, notes, say("guardrails"))
    never = fields.find("never_sell_when")
    never_sell_when: Condition | None = None
    if never:
        never_sell_when = condition(never, vocabulary, notes, shown("never_sell_when"))
    return Guardrails(
        rest_days=fields.read("rest", forms.days, 7.0),
        at_most=_limits(fields) if fields.find("at_most") else USUAL_AT_MOST,
        sales_share=fields.read("sales_share", _some_share, None),
        never_sell_when=never_sell_when,
        quiet_hours=fields.read("quiet_hours", _some_hours, None),
        working_hours=fields.read("working_hours", forms.working_hours, Guardrails().working_hours),
        contact_ceiling=fields.read("contact_ceiling", _some_ceiling, None),
        in_the_moment=fields.read("in_the_moment", forms.share, 0.0),
        hold_out=fields.read("hold_out", forms.share, 0.0),
    )


def _some_hours(text: str) -> tuple[str, str] | None:
    return forms.quiet_hours(text)


def _some_ceiling(text: str) -> AtMost | None:
    return AtMost(CONTACTS, *forms.count_per_days(text))


def _limits(fields: Fields) -> tuple[AtMost, ...]:
    node = fields.mapping("at_most", "{any: 2 per 30 days}")
    known = ("any", *CHANNELS, *PURPOSES)
    found = []
    for key, entry in node.entries.items() if node else ():
        if key not in known:
            otherwise = say("write any, a channel (%(channels)s) or a purpose", channels=", ".join(CHANNELS))
            what = say("at_most has no limit for %(name)s", name=shown(key))
            fields.notes.error(entry.key, what, suggestion(key, known, otherwise), "unknown-name")
            continue
        title = say("the limit for '%(key)s'", key=key)
        count, days = read_scalar(entry.value, forms.count_per_days, (1, 90.0), title, fields.notes)
        found.append(AtMost(key, count, days))
    return tuple(found)


def capacity(node: MappingNode, teams: tuple[str, ...], currency: str, notes: Notes) -> dict[str, Capacity]:
    """What is scarce, by name."""
    found: dict[str, Capacity] = {}
    known = (*CHANNELS, BUDGET, *(EACH_OWNER if team == OWNER else team for team in teams))
    for name, entry in named(node, titles.capacity, notes):
        before = len(notes.problems)
        read = read_scalar(entry.value, forms.amount, Amount("messages", 0.0, 7.0), titles.capacity(name), notes)
        if len(notes.problems) > before:
            continue
        wrong = _wrong_kind(name, read, known, currency)
        if wrong:
            place: Node = entry.value if name in known else entry.key
            notes.error(place, *wrong, "capacity")
            continue
        found[name] = Capacity(name, read.kind, read.amount, read.days, entry.key.line)
    return found


def _wrong_kind(name: str, read: Amount, known: tuple[str, ...], currency: str) -> tuple[str, str] | None:
    """Why a capacity cannot be what it is called, with a remedy; None when it can."""
    wanted: Literal["minutes", "messages", "money"] = "minutes"
    example = "30 hours per week"
    if name in CHANNELS:
        wanted, example = "messages", "2000 per week"
    elif name == BUDGET:
        wanted, example = "money", f"500 {currency} per week"
    elif name == OWNER:
        what = say("the capacity 'owner' does not say whose time it is")
        return what, say("write '%(text)s'", text=f"{EACH_OWNER}: 5 hours per week")
    elif name == EACH_OWNER and name not in known:
        what = say("no touch is made by the owner of a relationship")
        return what, say("write '%(text)s' at a touch, or drop '%(name)s'", text=f"team: {OWNER}", name=name)
    elif name not in known:
        close = suggestion(name, known, "")
        if close:
            return say("no touch has the team or channel %(name)s", name=shown(name)), close
    remedy = say("write %(text)s", text=example)
    if read.kind != wanted:
        time = say("a person's time") if name == EACH_OWNER else say("a team's time")
        thing = {"minutes": time, "messages": say("a channel's messages"), "money": say("money")}[wanted]
        this = {"minutes": say("minutes"), "messages": say("messages"), "money": say("money")}[read.kind]
        title = titles.capacity(name)
        return say("%(title)s is %(thing)s, and this is %(this)s", title=title, thing=thing, this=this), remedy
    if wanted == "money" and currency and read.currency != currency:
        what = say("the budget is in %(other)s, and the plan in %(currency)s", other=read.currency, currency=currency)
        return what, remedy
    return None
