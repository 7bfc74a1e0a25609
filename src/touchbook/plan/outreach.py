"""The sections that say what is done: touchpoints, recoveries, touches, guardrails, capacity."""

from __future__ import annotations

import re
from typing import Literal

from touchbook.plan import forms, schema
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
    for name, entry in named(node, "touchpoint", notes):
        if not isinstance(entry.value, MappingNode):
            what = f"the touchpoint '{name}' has no keys of its own"
            notes.error(entry.value, what, "write its deposits and withdrawals under it", "form")
            continue
        fields = Fields(schema.TOUCHPOINTS, entry.value, notes, f"the touchpoint '{name}'")
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
    for practice, entry in named(node, "practice", fields.notes) if node else ():
        title = f"the impact of {shown(practice)}"
        impact = read_scalar(entry.value, forms.whole, 1, title, fields.notes)
        if not 1 <= impact <= 5:
            fields.notes.error(entry.value, f"{title} is {impact}", "write a whole number from 1 to 5", "range")
            impact = 1
        found[practice] = impact
    return found


def recoveries(node: MappingNode, currency: str, notes: Notes) -> dict[str, tuple[Recovery, Fields]]:
    """What may be offered to make good a withdrawal, by name, each with its fields for the checks of what it names."""
    found: dict[str, tuple[Recovery, Fields]] = {}
    for name, entry in named(node, "recovery", notes):
        if not isinstance(entry.value, MappingNode):
            what = f"the recovery '{name}' has no keys of its own"
            notes.error(entry.value, what, "write at least {points: 4}", "form")
            continue
        fields = Fields(schema.RECOVERIES, entry.value, notes, f"the recovery '{name}'")
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
    for name, entry in named(node, "touch", notes):
        if not isinstance(entry.value, MappingNode):
            what = f"the touch '{name}' has no keys of its own"
            notes.error(entry.value, what, "write at least {purpose: inform, channel: email}", "form")
            continue
        fields = Fields(schema.TOUCHES, entry.value, notes, f"the touch '{name}'")
        found[name] = (_touch(name, entry.key.line, fields, vocabulary, currency), fields)
    return found


def _touch(name: str, line: int, fields: Fields, vocabulary: Vocabulary, currency: str) -> Touch:
    when = fields.find("when")
    team = fields.text("team") or None
    if team and (team in (*CHANNELS, BUDGET, EACH_OWNER) or len(team) > MAX_NAME):
        place = fields.find("team") or fields.node
        remedy = f"write 'team: {OWNER}'" if team == EACH_OWNER else "choose another name for the team"
        fields.notes.error(place, f"{shown(team)} cannot be a team's name", remedy, "name")
    minutes = fields.read("minutes", forms.number, 0.0)
    if minutes and not team:
        place = fields.find("minutes") or fields.node
        remedy = "add the 'team' whose minutes they are"
        fields.notes.error(place, f"the touch '{name}' takes minutes of nobody", remedy, "missing-key")
    purpose, must = Purpose(fields.word("purpose", "inform")), fields.read("must", forms.yes_no, False)
    if must and purpose is Purpose.SELL:
        place = fields.find("must") or fields.node
        what, remedy = f"the touch '{name}' is a sale that must be made", "remove 'must', a sale is never due"
        fields.notes.error(place, what, remedy, "must-sell")
    return Touch(
        name=name,
        purpose=purpose,
        channel=Channel(fields.word("channel", "email")),
        team=team,
        minutes=minutes,
        to=tuple(item.value for item in fields.names("to")),
        when=condition(when, vocabulary, fields.notes, f"'when' of the touch '{name}'") if when else None,
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
        script=_script(name, fields),
        line=line,
    )


def _script(name: str, fields: Fields) -> Script:
    node = fields.mapping("script", "{open: …, listen: …, help: …, close: …}")
    if node is None:
        return Script()
    steps = Fields(schema.SCRIPT, node, fields.notes, f"the script of the touch '{name}'")
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
    what = f"{shown(node.value)} is no file in the plan's folder of content"
    fields.notes.error(node, what, "write a plain name such as travel.md", "form")
    return ""


def guardrails(node: MappingNode, vocabulary: Vocabulary, notes: Notes) -> Guardrails:
    """What is forbidden or limited for every customer."""
    fields = Fields(schema.GUARDRAILS, node, notes, "guardrails")
    never = fields.find("never_sell_when")
    never_sell_when: Condition | None = None
    if never:
        never_sell_when = condition(never, vocabulary, notes, "'never_sell_when'")
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
            remedy = suggestion(key, known, f"write any, a channel ({', '.join(CHANNELS)}) or a purpose")
            fields.notes.error(entry.key, f"at_most has no limit for {shown(key)}", remedy, "unknown-name")
            continue
        title = f"the limit for '{key}'"
        count, days = read_scalar(entry.value, forms.count_per_days, (1, 90.0), title, fields.notes)
        found.append(AtMost(key, count, days))
    return tuple(found)


def capacity(node: MappingNode, teams: tuple[str, ...], currency: str, notes: Notes) -> dict[str, Capacity]:
    """What is scarce, by name."""
    found: dict[str, Capacity] = {}
    known = (*CHANNELS, BUDGET, *(EACH_OWNER if team == OWNER else team for team in teams))
    for name, entry in named(node, "capacity", notes):
        before = len(notes.problems)
        read = read_scalar(entry.value, forms.amount, Amount("messages", 0.0, 7.0), f"the capacity '{name}'", notes)
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
        return "the capacity 'owner' does not say whose time it is", f"write '{EACH_OWNER}: 5 hours per week'"
    elif name == EACH_OWNER and name not in known:
        return "no touch is made by the owner of a relationship", f"write 'team: {OWNER}' at a touch, or drop '{name}'"
    elif name not in known:
        close = suggestion(name, known, "")
        if close:
            return f"no touch has the team or channel {shown(name)}", close
    if read.kind != wanted:
        people = "a person's" if name == EACH_OWNER else "a team's"
        thing = {"minutes": f"{people} time", "messages": "a channel's messages", "money": "money"}[wanted]
        return f"the capacity '{name}' is {thing}, and this is {read.kind}", f"write {example}"
    if wanted == "money" and currency and read.currency != currency:
        return f"the budget is in {read.currency}, and the plan in {currency}", f"write {example}"
    return None
