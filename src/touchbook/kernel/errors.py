"""Everything that can go wrong and that a person can put right.

TouchbookError                  exit code 2
├── Unreadable                  a file or a database that cannot be opened or read at all
├── Refused                     a request that breaks a rule: nothing was written
├── NotFound                    a name or an id that is not there
└── Invalid                     exit code 1: read, and found wrong; carries every problem at once
    ├── PlanInvalid             a plan file
    ├── MapInvalid              a map file of an import
    └── RowsRejected            rows of an import that were set aside

Each message is one sentence that says what is wrong, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from touchbook.kernel.language import say


class TouchbookError(Exception):
    """Base of all errors that are for people. ``exit_code`` is what the command line returns."""

    exit_code = 2


class Unreadable(TouchbookError):
    """A file or a database that cannot be opened or read at all."""


class Refused(TouchbookError):
    """A request that breaks a rule; nothing was written."""


class NotFound(TouchbookError):
    """A name or an id that is not there."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a text, where it is, and what to write instead.

    ``line`` and ``column`` count from 1; 0 means that the problem belongs to the whole text.
    """

    line: int
    column: int
    what: str
    remedy: str
    severity: Literal["error", "warning"] = "error"
    rule: str = ""

    def sentence(self, source: str = "") -> str:
        """The problem as people read it: ``plan.yaml:12:3: error: what; remedy.``"""
        place = ":".join(str(part) for part in (source, self.line, self.column) if part)
        where = f"{place}: " if place else ""
        end = "" if self.remedy.endswith("?") else "."
        severity = say("error") if self.severity == "error" else say("warning")
        return f"{where}{severity}: {self.what}; {self.remedy}{end}"


class Invalid(TouchbookError):
    """Something that was read and found wrong, with every problem at once."""

    exit_code = 1

    def __init__(self, problems: Sequence[Problem], source: str = "") -> None:
        self.problems = tuple(sorted(problems))
        self.source = source
        super().__init__("\n".join(problem.sentence(source) for problem in self.problems))


class PlanInvalid(Invalid):
    """A plan file with errors."""


class MapInvalid(Invalid):
    """A map file of an import with errors."""


class RowsRejected(TouchbookError):
    """Rows of an import that were set aside while the good ones were kept."""

    exit_code = 1
