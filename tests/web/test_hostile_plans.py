"""Whatever is pasted into the plan's editor, or into the map of a file, is answered with a sentence."""

from __future__ import annotations

import pytest
from django.urls import reverse

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import PlanVersion
from touchbook.workflows.uploads import receive

LAUGHS = "a: &a [ha, ha]\n" + "\n".join(f"k{i}: &k{i} [*a, *a, *a, *a]" for i in range(5000))
PASTED = {
    "a billion laughs": LAUGHS,
    "deep": "a: " + "\n".join("[" * 100 for _ in range(2000)),
    "one long line": "plan: " + "x" * 200_000,
    "many keys": "\n".join(f"key{i}: x" for i in range(20_000)),
    "four million characters": "# x\n" * 900_000,
    "no text at all": "\0\x1b\ufffe",
}


@pytest.mark.parametrize("name", PASTED)
def test_the_editor_answers_with_a_sentence(visitor, people, name: str) -> None:
    client, text = visitor("Stella"), PASTED[name]
    form = {"id": str(mint(now())), "text": text, "note": "a joke", "based_on": "1"}
    for place, status in (("plan-check", 200), ("plan-reach", 200), ("plan-publish", 422)):
        answer = client.post(reverse(place), form)
        assert answer.status_code == status
        assert "errors" in answer.content.decode() or "error" in answer.content.decode()
        assert len(answer.content) < 6 * len(text) + 200_000
    assert client.post(reverse("plan-try"), form).status_code in (302, 422)
    assert PlanVersion.objects.count() == 1


@pytest.mark.parametrize("name", PASTED)
def test_the_map_of_a_file_answers_with_a_sentence(visitor, people, name: str) -> None:
    upload = receive(mint(now()), "members.csv", "customers", "Ada", [b"number,name\n1001,Ana\n"])
    answer = visitor("Ada").post(f"/settings/imports/files/{upload.id}/", {"map": PASTED[name], "do": "import"})
    assert answer.status_code == 422
    assert 'id="map-problems"' in answer.content.decode() or 'id="whole-problems"' in answer.content.decode()


def test_a_text_larger_than_a_request_may_be_is_answered_too(visitor, people) -> None:
    answer = visitor("Stella").post(reverse("plan-check"), {"text": "x" * (5 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "at most 4 MB of text can be sent" in answer.content.decode()
