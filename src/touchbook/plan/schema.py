"""Every key of a plan file: what form its value has, its default, its range and its meaning.

The loader reads by these tables and the reference page is printed from them, so neither can drift from the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from touchbook.kernel.language import ENGLISH, LANGUAGES
from touchbook.plan.model import SERVING, Channel, Purpose, ValueKind


@dataclass(frozen=True, slots=True)
class Key:
    """One key: ``default`` as a plan would write it ("" for none); ``least`` and ``most`` bound a number."""

    name: str
    form: str
    meaning: str
    example: str
    default: str = ""
    required: bool = False
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A group of keys. ``shape`` is ``one`` (keys), ``named`` (name: keys), ``pairs`` (name: value) or ``list``."""

    name: str
    shape: str
    meaning: str
    keys: tuple[Key, ...] = ()
    pair: str = ""  # of pairs: what a name and its value are
    example: str = ""

    def key(self, name: str) -> Key:
        """The key of that name. Raises KeyError."""
        return self._by_name()[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all keys."""
        return tuple(key.name for key in self.keys)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the keys that must be there."""
        return tuple(key.name for key in self.keys if key.required)

    def _by_name(self) -> Mapping[str, Key]:
        return {key.name: key for key in self.keys}


def _words(words: type[Purpose] | type[Channel] | type[ValueKind]) -> tuple[str, ...]:
    return tuple(word.value for word in words)


TOP = Section(
    "plan file",
    "one",
    "The whole file. Every other heading of this page is one of its keys.",
    (
        Key("plan", "text", "the plan's name", "Riverside FC members", required=True),
        Key(
            "currency", "currency", "the currency of all money in the plan: three capital letters", "GBP", required=True
        ),
        Key(
            "timezone",
            "time zone",
            "the time zone of the organisation, by its IANA name",
            "Europe/London",
            required=True,
        ),
        Key(
            "language",
            "word",
            "the language of the organisation, in which the reasons for touches are written down; a page is in its "
            "reader's own",
            "de",
            ENGLISH,
            choices=tuple(LANGUAGES),
        ),
        Key("success", "section", "what the company calls success", "{outcome: renewed, …}", required=True),
        Key("attributes", "section", "what the company knows about each customer besides", "{seats: number}"),
        Key("types", "section", "the kinds of customer", "{regular: true}", required=True),
        Key("intelligence", "section", "the decisions to take, and what they need to know", "[{decision: …}]"),
        Key("questions", "section", "what customers are asked", "{feeling: {…}}"),
        Key("ledger", "section", "the ledger's few numbers", "{half_life: 180 days}"),
        Key("touchpoints", "section", "the moments with customers, with their practices", "{gate: {…}}"),
        Key("recoveries", "section", "what may be offered when something went wrong", "{free drink: {…}}"),
        Key(
            "touches", "section", "the outreach that the planner may choose from", "{welcome call: {…}}", required=True
        ),
        Key("guardrails", "section", "what is forbidden or limited for every customer", "{rest: 7 days}"),
        Key("capacity", "section", "what is scarce", "{member services: 30 hours per week}"),
    ),
)

SUCCESS = Section(
    "success",
    "one",
    "What the company calls success, and what a kept customer brings.",
    (
        Key(
            "outcome", "text", "the outcome that counts as success, as outcomes are recorded", "renewed", required=True
        ),
        Key(
            "kind",
            "word",
            "renewal: a contract that ends and is renewed or not; repeat: free to come back at any time",
            "renewal",
            required=True,
            choices=("renewal", "repeat"),
        ),
        Key("worth", "number condition", "the money that one kept period brings", "annual_value", required=True),
        Key("period", "time", "the length of one period", "365 days", "365 days"),
        Key(
            "discount",
            "share",
            "how much less money is worth when it comes one period later",
            "10%",
            "10%",
            least=0,
            most=1,
        ),
    ),
)

ATTRIBUTES = Section(
    "attributes",
    "pairs",
    "Facts about customers that the company keeps and conditions may use. Each becomes a column; one that is a date, "
    "such as `renewal`, becomes a second one, `renewal_in_days`, that counts down to it.",
    pair="the column's name (small letters, digits and underscores): number, text, yes/no or date",
    example="{seats: number, account_kind: text, annual_value: number}",
)

TYPES = Section(
    "types",
    "pairs",
    "The kinds of customer. A customer is of the first type whose condition holds, so the last is usually `true`.",
    pair="the type's name: a condition over the columns known from the facts",
    example="{newcomer: tenure_days < 365, regular: true}",
)

INTELLIGENCE = Section(
    "intelligence",
    "list",
    "Begin with the decision: what will be decided, what must be known for it, and which touches act on it.",
    (
        Key("decision", "text", "the decision, as a question", "Whose renewal needs a person?", required=True),
        Key(
            "needs",
            "names",
            "the questions (or columns of the state) that the decision needs",
            "[feeling, intent]",
            "[]",
        ),
        Key("acts", "names", "the touches that act on the decision", "[barrier call]", "[]"),
        Key("review", "text", "how often, and how, the decision itself is looked at again", "monthly, by type"),
    ),
)

QUESTIONS = Section(
    "questions",
    "named",
    "What customers are asked. A question has a scale, or choices, or neither (free text). Its name becomes a column "
    "that holds the answer while it is fresh, and a second one, ending in `_age_days`, that says how old it is.",
    (
        Key("ask", "text", "the question in words", "How does being a member feel right now?", required=True),
        Key("scale", "scale", "the lowest and the highest answer", "-2..2"),
        Key("choices", "names", "the answers to choose from", "[price, travel, time]"),
        Key("good_for", "time", "how long an answer stays fresh", "90 days", required=True),
    ),
)

LEDGER = Section(
    "ledger",
    "one",
    "How deposits and withdrawals add up to a balance.",
    (
        Key(
            "half_life",
            "time",
            "after how long a deposit, or a recovered withdrawal, weighs half",
            "180 days",
            "180 days",
        ),
        Key(
            "unresolved_half_life",
            "time",
            "after how long a withdrawal that nobody made good weighs half",
            "540 days",
            "540 days",
        ),
        Key(
            "asymmetry",
            "number",
            "how many deposit points undo one withdrawal point",
            "2.5",
            "2.5",
            least=0.01,
            most=100,
        ),
        Key("witness", "number", "what a moment weighs for somebody who saw it", "0.4", "0.4", least=0, most=1),
        Key(
            "engaged_at",
            "number",
            "the balance from which a customer counts as engaged",
            "10",
            "10",
            least=0.01,
            most=1_000_000,
        ),
    ),
)

TOUCHPOINTS = Section(
    "touchpoints",
    "named",
    "The kinds of moment with a customer, and what can go well or badly at each.",
    (
        Key("stage", "text", "the part of the customer's journey", "match day"),
        Key("department", "text", "who answers for it", "operations"),
        Key("channel", "text", "where it happens", "in person"),
        Key(
            "outreach",
            "yes/no",
            "whether its moments begin with you, as a call that you make does; they count against the contact ceiling",
            "true",
            "false",
        ),
        Key("deposits", "impacts", "what can go well, with an impact from 1 to 5", "{greeted by name: 2}"),
        Key("withdrawals", "impacts", "what can go badly, with an impact from 1 to 5", "{unexplained queue: 2}"),
    ),
)

RECOVERIES = Section(
    "recoveries",
    "named",
    "What your people may offer, there and then, to make good a withdrawal. Whoever logs one is shown those that are "
    "theirs to give. None gives back more than the withdrawal still weighs.",
    (
        Key("points", "number", "the most points that it gives back", "4", required=True, least=0.1, most=100),
        Key("money", "money", "the most that it may cost each time", "5", "0", least=0, most=1e9),
        Key(
            "by",
            "names",
            f"the roles that may offer it ({', '.join(SERVING)}); everybody who serves, if left out",
            "[manager]",
            "[]",
        ),
        Key("at", "names", "the touchpoints whose withdrawals it is for; all, if left out", "[kiosk]", "[]"),
    ),
)

TOUCHES = Section(
    "touches",
    "named",
    "The outreach that the planner may choose from. At least one.",
    (
        Key("purpose", "word", "why the touch is made", "ask", required=True, choices=_words(Purpose)),
        Key("channel", "word", "how it reaches the customer", "phone", required=True, choices=_words(Channel)),
        Key(
            "team",
            "text",
            "who makes it: a team, or `owner` for whoever owns the relationship with the customer",
            "member services",
        ),
        Key("minutes", "number", "how many of their minutes it takes", "10", "0", least=0, most=100_000),
        Key("to", "names", "the type, or list of types, that it is for; every type if left out", "newcomer"),
        Key("when", "condition", "which customers it suits", "tenure_days < 30"),
        Key("must", "yes/no", "always made, and before all others", "true", "false"),
        Key("asks", "names", "the questions that it asks", "[feeling]", "[]"),
        Key("answers", "names", "the choice, or list of choices, of a question that it helps with", "travel", "[]"),
        Key("content", "file", "the file of its words, in the plan's folder of content", "travel.md"),
        Key(
            "script",
            "section",
            "what to say, in any of four steps; the rest is what is usual for the purpose",
            "{open: …}",
        ),
        Key("once", "yes/no", "made at most once for a customer", "true", "false"),
        Key("cooldown", "time", "how long until the same touch may come again", "90 days", "90 days"),
        Key("revenue", "money", "what an accepted sale brings", "60", "0", least=0, most=1e9),
        Key("cost", "money", "what the touch costs beside the minutes", "2.50", "0", least=0, most=1e9),
        Key("accept", "share", "the share of customers who accept a sale", "4%", least=0, most=1),
        Key(
            "effect",
            "number",
            "how much it is believed to raise the log-odds of success; the purpose's default if left out",
            "0.2",
            least=-5,
            most=5,
        ),
    ),
)

SCRIPT = Section(
    "script",
    "one",
    "Of a touch: what whoever makes it says, in the words of your house. It stands on their page of today.",
    (
        Key("open", "text", "how to begin", "Hello, it is the club; I am not selling anything."),
        Key("listen", "text", "what to ask, and to hear", "How were the first matches from row F?"),
        Key("help", "text", "what to do about it", "If the way up is the trouble, offer the lift by gate 4."),
        Key("close", "text", "how to end", "Say what happens next, and when."),
    ),
)

GUARDRAILS = Section(
    "guardrails",
    "one",
    "What the plan forbids or limits for every customer. Windows slide; they are never calendar weeks or months.",
    (
        Key("rest", "time", "the least time between two touches", "7 days", "7 days"),
        Key(
            "at_most",
            "limits",
            "for `any`, a channel or a purpose: how many touches in how many days",
            "{any: 2 per 30 days, ask: 1 per 90 days}",
            "{phone: 3 per 90 days, email: 4 per 90 days, ask: 1 per 90 days}",
        ),
        Key("sales_share", "share", "the most that sells may be of all touches", "10%", least=0, most=1),
        Key("never_sell_when", "condition", "to whom nothing is ever sold", "balance < 0 or hardship"),
        Key(
            "contact_ceiling",
            "limit",
            "on how many days in how long anybody may reach out to a customer, whichever team: touches, and moments at "
            "touchpoints with `outreach: true`",
            "3 per 30 days",
        ),
        Key("quiet_hours", "hours", "when nobody is disturbed, in the customer's own time", "21:00-08:00"),
        Key(
            "working_hours",
            "hours",
            "when your people make touches, in the plan's time zone; not over midnight",
            "08:00-16:00",
            "09:00-17:00",
        ),
        Key(
            "in_the_moment",
            "share",
            "the share of every capacity that a week's plan leaves for customers who turn up by themselves",
            "10%",
            "0%",
            least=0,
            most=0.5,
        ),
        Key("hold_out", "share", "the share kept from a touch at random, to measure it", "5%", "0%", least=0, most=0.5),
    ),
)

CAPACITY = Section(
    "capacity",
    "pairs",
    "What is scarce: a team's hours, those of each owner of relationships, a channel's messages, the budget's money.",
    pair="a team, `each owner`, a channel or `budget`: how much per day, week or number of days",
    example="{member services: 30 hours per week, each owner: 5 hours per week, email: 2000 per week, "
    "budget: 500 GBP per week}",
)

SECTIONS = (
    TOP,
    SUCCESS,
    ATTRIBUTES,
    TYPES,
    INTELLIGENCE,
    QUESTIONS,
    LEDGER,
    TOUCHPOINTS,
    RECOVERIES,
    TOUCHES,
    SCRIPT,
    GUARDRAILS,
    CAPACITY,
)
