"""Pages ask what touches take and why; that must not load what compiles and solves, which takes seconds."""

from __future__ import annotations

import subprocess
import sys

import pytest

_ASKED_BY_PAGES = ("touchbook.planner.explanation", "touchbook.planner.takes", "touchbook.planner.next_touch")
_HEAVY = ("numba", "highspy", "scipy.optimize")


@pytest.mark.parametrize("module", _ASKED_BY_PAGES)
def test_what_pages_ask_loads_nothing_that_compiles_or_solves(module: str) -> None:
    script = f"import sys, {module}; print([name for name in {_HEAVY!r} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
