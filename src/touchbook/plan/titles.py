"""How messages call the parts of a plan."""

from __future__ import annotations

from touchbook.kernel.language import say


def attribute(name: str) -> str:
    """An attribute, by its name."""
    return say("the attribute '%(name)s'", name=name)


def question(name: str) -> str:
    """A question, by its name."""
    return say("the question '%(name)s'", name=name)


def customer_type(name: str) -> str:
    """A type of customer, by its name."""
    return say("the type '%(name)s'", name=name)


def touchpoint(name: str) -> str:
    """A touchpoint, by its name."""
    return say("the touchpoint '%(name)s'", name=name)


def practice(name: str) -> str:
    """A practice, by its name."""
    return say("the practice '%(name)s'", name=name)


def recovery(name: str) -> str:
    """A recovery, by its name."""
    return say("the recovery '%(name)s'", name=name)


def touch(name: str) -> str:
    """A touch, by its name."""
    return say("the touch '%(name)s'", name=name)


def capacity(name: str) -> str:
    """A capacity, by its name."""
    return say("the capacity '%(name)s'", name=name)
