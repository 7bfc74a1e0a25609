"""A job speaks the language of whoever began it, though another process does it."""

from __future__ import annotations

import json
from contextvars import Context
from pathlib import Path
from uuid import uuid4

import pytest

from touchbook.kernel.errors import Refused
from touchbook.kernel.language import say, speaking
from touchbook.workflows import jobs, run_job


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Gerade entsteht ein anderer Plan; warten Sie, bis er da ist."),
        ("en-gb", "Another plan is being made right now; wait until it is there."),
    ],
)
def test_a_job_refuses_in_the_language_of_whoever_began_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    def refuse(*_asked: object) -> dict[str, object]:
        raise Refused(say("Another plan is being made right now; wait until it is there."))

    monkeypatch.setattr(jobs, "_run", lambda folder, _home, _url: Context().run(run_job.run_job, folder))
    monkeypatch.setattr(run_job, "_do", refuse)
    with speaking(language):
        begun = jobs.begin(tmp_path, "", "try", uuid4(), uuid4(), {"text": ""})
    told = json.loads((tmp_path / "cache" / "jobs" / str(begun.id) / "asked.json").read_text())
    assert (begun.state, begun.refusal) == (jobs.REFUSED, sentence)
    assert told["language"] == language[:2]
