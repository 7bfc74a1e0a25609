"""The reference page is what the program says, and whatever the program reads is on the page."""

from pathlib import Path

import pytest

from touchbook.plan import schema
from touchbook.plan.columns import BUILT_IN
from touchbook.plan.condition_types import FUNCTIONS
from touchbook.plan.lint import RULES
from touchbook.plan.loader import load
from touchbook.plan.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "plan.md"


def test_the_committed_page_is_up_to_date():
    committed = PAGE.read_text(encoding="utf-8")
    assert committed == reference(), "run: python -m touchbook.plan.reference > docs/reference/plan.md"


@pytest.mark.parametrize("section", schema.SECTIONS, ids=lambda section: section.name)
def test_every_key_is_on_the_page_with_a_meaning_and_an_example(section):
    page = reference()
    for key in section.keys:
        assert f"| `{key.name}` |" in page
        assert key.meaning
        assert key.example


def test_every_column_function_and_rule_is_on_the_page():
    page = reference()
    for name in [*(column.name for column in BUILT_IN), *FUNCTIONS, *(rule.name for rule in RULES)]:
        assert f"| `{name}` |" in page


def test_every_form_that_a_key_has_is_explained():
    page = reference()
    for section in schema.SECTIONS:
        for key in section.keys:
            if key.form not in ("section", "currency", "time zone"):
                assert f"| {key.form} |" in page


def test_every_default_on_the_page_is_what_the_loader_takes():
    bare = """
plan: Bare
currency: GBP
timezone: UTC
success: {outcome: renewed, kind: renewal, worth: 1}
types: {all of them: true}
touches: {hello: {purpose: inform, channel: email}}
"""
    keys = {section.name: [key for key in section.keys if key.default] for section in schema.SECTIONS}
    lines = {name: ", ".join(f"{key.name}: {key.default}" for key in found) for name, found in keys.items()}
    written = bare.replace("worth: 1", f"worth: 1, {lines['success']}")
    written = written.replace("channel: email", f"channel: email, {lines['touches']}")
    written += f"ledger: {{{lines['ledger']}}}\nguardrails: {{{lines['guardrails']}}}\n"
    plain, spelt_out = load(bare), load(written)
    assert plain.errors == spelt_out.errors == ()
    assert plain.plan.success.period_days == spelt_out.plan.success.period_days
    assert plain.plan.success.discount == spelt_out.plan.success.discount
    assert plain.plan.ledger == spelt_out.plan.ledger
    assert plain.plan.guardrails == spelt_out.plan.guardrails
    first, second = plain.plan.touches["hello"], spelt_out.plan.touches["hello"]
    for name in ("minutes", "must", "asks", "answers", "once", "cooldown_days", "revenue", "cost"):
        assert getattr(first, name) == getattr(second, name)
