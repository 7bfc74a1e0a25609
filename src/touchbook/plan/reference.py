"""The plan file's reference page, printed from what the loader reads by: ``python -m touchbook.plan.reference``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from touchbook.plan.columns import BUILT_IN, Stage
from touchbook.plan.condition_types import FUNCTIONS
from touchbook.plan.lint import RULES
from touchbook.plan.schema import SECTIONS, Key, Section

_HEAD = """\
# The plan file

One YAML file says how you want to treat each kind of customer. `touchbook check plan.yaml` reads it and reports
everything that is wrong at once, with line, column and what to write instead; `touchbook init DIR --for club` writes
one to start from. This page is printed from the program itself.

Every value is the text that you write: `no` is no surprise, and `1:30` stays `1:30`. Put quotation marks around a
value that contains `: ` or ` #`, and around one that contains commas, quotes or braces when it stands inside braces.
Anchors, aliases and tags are not used. A key that stands twice is an error.
"""

_FORMS = (
    ("text", "words", "Riverside FC members"),
    ("word", "one of the words that are listed", "phone"),
    ("names", "one name, or a list of names", "[feeling, intent]"),
    ("yes/no", "true or false; yes and no are understood too", "true"),
    ("number", "a plain number", "2.5"),
    ("time", "days, weeks or years of 365 days; months differ in length and are not understood", "180 days"),
    ("share", "a percentage, or a number from 0 to 1", "10%"),
    ("scale", "the lowest and the highest answer", "-2..2"),
    ("money", "a number in the plan's currency, which may be named", "60"),
    ("hours", "two times of day", "21:00-08:00"),
    ("impacts", "names, each with a whole number from 1 to 5", "{greeted by name: 2}"),
    ("limit", "how many in how long", "3 per 30 days"),
    ("limits", "names, each with how many in how long", "{any: 2 per 30 days}"),
    ("file", "the name of a file in the folder `content` beside the plan", "travel.md"),
    ("condition", "SQL that is true or false of a customer; see below", "balance < 0 or hardship"),
    ("number condition", "SQL that gives a number", "coalesce(annual_value, 200)"),
)

_CONDITIONS = """\
## Conditions

A condition is an expression in SQL over the columns of one customer's state: comparisons (`=`, `<>`, `<`, `<=`, `>`,
`>=`, `between`, `in`, `like`, `ilike`, `is null`, `is true`), joined by `and`, `or` and `not`; arithmetic with `+`,
`-`, `*`, `/` and `%`; `case when … then … else … end`; and the functions below. Text stands in single quotes, a date in
single quotes as in `joined < '2026-01-31'`. What is not known is null, and a comparison with null never holds: write
`is null`. Division by zero gives null.

Nothing else is possible: no sub-queries, tables, other functions, conversions, parameters, comments or second
statements. A text that is compared with a question's choices, `standing`, `type` or `last_kind` must be one of them.
The same condition runs on DuckDB and Spark.
"""

_STAGES: dict[Stage, str] = {
    "facts": "everywhere",
    "type": "in touches and guardrails",
    "stay": "in touches and guardrails",
}


def reference() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_HEAD, *_forms(), *(line for section in SECTIONS for line in _section(section)), *_rest()])


def _forms() -> Iterator[str]:
    yield "## Forms\n"
    yield from _table(
        ("form", "meaning", "example"), ((name, meaning, f"`{example}`") for name, meaning, example in _FORMS)
    )


def _section(section: Section) -> Iterator[str]:
    yield f"## {'Top of the file' if section.name == 'plan file' else f'`{section.name}`'}\n"
    yield f"{section.meaning}\n"
    shapes = {"named": "Names, each with these keys:", "list": "A list; each item has these keys:"}
    if section.shape in shapes:
        yield f"{shapes[section.shape]}\n"
    if section.pair:
        yield f"Each line is {section.pair}.\n"
        yield f"```yaml\n{section.name}: {section.example}\n```\n"
    if section.keys:
        yield from _table(("key", "form", "default", "meaning", "example"), map(_key, section.keys))


def _key(key: Key) -> tuple[str, ...]:
    limits = f" ({_number(key, key.least)} to {_number(key, key.most)})" if key.least is not None else ""
    choices = f": {', '.join(key.choices)}" if key.choices else ""
    default = "*required*" if key.required else f"`{key.default}`" if key.default else "none"
    return f"`{key.name}`", f"{key.form}{choices}{limits}", default, key.meaning, f"`{key.example}`"


def _number(key: Key, value: float | None) -> str:
    if value is None:
        return "any"
    return f"{value * 100:g}%" if key.form == "share" else f"{value:,.10g}"


def _rest() -> Iterator[str]:
    yield _CONDITIONS
    yield "### Functions\n"
    yield from _table(("function", "gives"), ((f"`{name}`", meaning) for name, meaning in FUNCTIONS.items()))
    yield "### Columns\n"
    yield "Besides these: each attribute of the plan, and for one that is a date, `a_in_days`, the days until then"
    yield "(below 0 once it is past); for each question `q` the column `q`, its answer while fresh (for `feeling`, the"
    yield "smoothed level), and `q_age_days`, the days since it was last answered.\n"
    yield from _table(
        ("column", "type", "meaning", "known"),
        ((f"`{column.name}`", column.kind.value, column.meaning, _STAGES[column.stage]) for column in BUILT_IN),
    )
    yield "## Lint\n"
    yield "What a plan may have forgotten. These are warnings: the plan can be used.\n"
    yield from _table(("rule", "finds", "because"), ((f"`{rule.name}`", rule.finds, rule.why) for rule in RULES))


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]] | map[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(reference())
