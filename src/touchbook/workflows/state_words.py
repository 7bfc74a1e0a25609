"""What has become of a touch, in the language of whoever is told."""

from __future__ import annotations

from touchbook.kernel.language import say


def in_words(state: str) -> str:
    """A state of a touch, as it stands in a sentence."""
    words = {
        "planned": say("planned"),
        "approved": say("approved"),
        "claimed": say("claimed"),
        "unknown": say("unknown"),
        "tried": say("tried"),
        "deferred": say("deferred"),
        "reopened": say("reopened"),
        "made": say("made"),
        "answered": say("answered"),
        "skipped": say("skipped"),
        "held out": say("held out"),
        "superseded": say("superseded"),
    }
    return words.get(state, state)
