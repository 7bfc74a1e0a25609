"""Do one job in a process of its own: ``python -m touchbook.workflows.run_job FOLDER``; see ``workflows.jobs``."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from touchbook.kernel.errors import TouchbookError
from touchbook.kernel.language import ENGLISH, say, speaking
from touchbook.workflows.jobs import LIMIT_SECONDS, finish, step


def run_job(folder: Path) -> None:
    """Read what was asked, do it, and write down what came of it."""
    import json

    told = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    with speaking(told.get("language", ENGLISH)):
        try:
            finish(folder, result=_do(told["kind"], told["asked"], folder))
        except TouchbookError as error:
            finish(folder, refusal=str(error))
        except Exception:  # whoever waits is told so, and the reason is in the log beside it
            traceback.print_exc()
            fault = say("Something broke on our side, and it was written down; nothing was changed. Please try again.")
            finish(folder, refusal=fault)


def _do(kind: str, asked: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    from touchbook.workflows.open_store import open_store

    step(folder, "opening")
    open_store()  # the tables can be imported only after it
    from django.conf import settings

    home, database_url = Path(settings.TOUCHBOOK_HOME), settings.TOUCHBOOK_DATABASE_URL
    told = partial(step, folder)
    starts_on = date.fromisoformat(asked["starts_on"]) if asked.get("starts_on") else None
    if kind == "make":
        from touchbook.workflows.ask_for_plan import PlanAsked, ask_for_plan

        request = PlanAsked(UUID(asked["id"]), UUID(asked["staff"]), starts_on, asked["by"], asked["origin"])
        return {"run": ask_for_plan(home, database_url, request, told)}
    from touchbook.workflows.try_plan import try_plan

    return try_plan(home, database_url, asked["text"], starts_on, told)


def _expire(folder: Path) -> None:
    finish(folder, refusal=say("This took longer than a quarter of an hour and was stopped; nothing was changed."))
    os._exit(1)


def main() -> None:
    """Never longer than the limit, and never at the cost of those who wait for a page."""
    folder = Path(sys.argv[1])
    os.nice(5)
    signal.signal(signal.SIGALRM, lambda _signal, _frame: _expire(folder))
    signal.alarm(int(LIMIT_SECONDS))
    run_job(folder)


if __name__ == "__main__":
    main()
