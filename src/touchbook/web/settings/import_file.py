"""One file on its way in: what its columns mean, how its first rows are understood, how far it is, what it brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Invalid, TouchbookError
from touchbook.kernel.ids import mint
from touchbook.store.identifier_kinds import identifier_kinds
from touchbook.store.queries import plan_in_force
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.origin import origin_of
from touchbook.web.settings.forms import by_field, uuid_or_none
from touchbook.web.settings.import_words import example_of, said_of
from touchbook.web.settings.imports import KIND_WORDS, rejects_file
from touchbook.workflows.import_records.mapping import RecordKind
from touchbook.workflows.import_records.preview import Looked, Preview, PreviewRow, look, preview
from touchbook.workflows.import_upload import start
from touchbook.workflows.map_form import COLUMN, FORMATS, VALUE, MapField, fields_of, guess, text_of
from touchbook.workflows.uploads import Upload, find_upload, maps_of, read_json, write_json

LABELS: dict[str, str | Promise] = {
    "id": gettext_lazy("Number of the record"), "at": gettext_lazy("When it happened"),
    "customer": gettext_lazy("Who the customer is"), "customer_2": gettext_lazy("What else they are known by"),
    "touchpoint": gettext_lazy("Touchpoint"), "practice": gettext_lazy("What was done well or badly"),
    "staff": gettext_lazy("Who of us it was"), "channel": gettext_lazy("Channel"), "note": gettext_lazy("Note"),
    "unnamed_witnesses": gettext_lazy("How many others saw it"), "recovers": gettext_lazy("Which record it makes good"),
    "name": gettext_lazy("Name"), "since": gettext_lazy("Customer since"),
    "owner": gettext_lazy("Who looks after them"),
    "timezone": gettext_lazy("Time zone"), "hardship": gettext_lazy("In hardship"),
    "outcome": gettext_lazy("Outcome"), "value": gettext_lazy("Value"), "currency": gettext_lazy("Currency"),
    "referrer": gettext_lazy("Who referred them"), "question": gettext_lazy("Question"),
    "words": gettext_lazy("In their own words"), "source": gettext_lazy("Where the rows come from"),
}  # fmt: skip
_NO_MAP = ("csrfmiddlewaretoken", "do", "form")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.RUN_HOUSE)
def file(request: PersonRequest, upload: UUID) -> HttpResponse:
    """What do the columns mean? Or, once somebody said so: how far is it, and what did it bring?"""
    found = find_upload(upload)
    if request.method == "POST":
        return _sent(request, found)
    state = found.state
    if state == "draft" or (request.GET.get("change") and found.file.exists() and state != "running"):
        return _map_page(request, found, _said(found), by_hand=_by_hand(found), shows=bool(request.GET.get("change")))
    return render(request, "settings/import_file.html", _told(found))


@needs(May.RUN_HOUSE)
def progress(request: PersonRequest, upload: UUID) -> HttpResponse:
    """How far it is, for the page that waits."""
    return render(request, "settings/import_state.html", _told(find_upload(upload)))


def _told(upload: Upload) -> dict[str, Any]:
    kind, state, report = str(upload.told.get("kind", "")), upload.state, upload.report
    told = upload.progress
    return {
        "upload": upload, "kind": KIND_WORDS.get(kind, (kind,))[0], "state": state, "job": upload.job.get("job", ""),
        "progress": told, "report": report, "rejects": rejects_file(upload) if state == "done" else None,
        "has_file": kind == "undo" or upload.file.exists(), "form": mint(now()),
    }  # fmt: skip


def _sent(request: PersonRequest, upload: Upload) -> HttpResponse:
    """The form with the map, or the wish to go on."""
    todo = request.POST.get("do", "preview")
    if upload.state == "running":
        return redirect("settings-import-file", upload.id)
    if todo == "go on" and upload.state in ("stopped", "done"):
        start(upload, str(upload.job.get("job", "")), _form(request), request.person.name, now(), origin_of(request))
        return redirect("settings-import-file", upload.id)
    if not upload.file.exists():
        return redirect("settings-import-file", upload.id)
    by_hand = "map" in request.POST
    said = {key: str(value) for key, value in request.POST.items() if key not in _NO_MAP}
    if todo == "stored":
        chosen = maps_of(str(upload.told["kind"])).get(request.POST.get("stored", ""), "")
        said, by_hand = {"map": chosen}, True
    elif todo == "by hand":
        said, by_hand = {"map": _text(upload, said, by_hand=False)[0]}, True
    elif todo == "by form":
        said, by_hand = _said(upload), False
    if todo in ("check", "import"):
        return _begin(request, upload, said, by_hand=by_hand, job=todo)
    return _map_page(request, upload, said, by_hand=by_hand, shows=True)


def _begin(request: PersonRequest, upload: Upload, said: dict[str, str], *, by_hand: bool, job: str) -> HttpResponse:
    """Read the first rows once more, so that a map with problems never leaves the page; then begin."""
    text, _lines = _text(upload, said, by_hand=by_hand)
    try:
        preview(_kind(upload), upload.file, text.encode(), rows=1)
    except TouchbookError:
        return _map_page(request, upload, said, by_hand=by_hand, shows=True)
    upload.map_file.write_text(text, encoding="utf-8")
    write_json(upload.folder / "form.json", {"by_hand": by_hand, "said": said})
    start(upload, job, _form(request), request.person.name, now(), origin_of(request))
    return redirect("settings-import-file", upload.id)


def _form(request: PersonRequest) -> UUID:
    """The id that the form was given; it is not called “id”, which is what a map calls the number of a record."""
    return uuid_or_none(request.POST.get("form", "")) or mint(now())


def _kind(upload: Upload) -> RecordKind:
    kind: RecordKind = upload.told["kind"]
    return kind


def _by_hand(upload: Upload) -> bool:
    return bool(read_json(upload.folder / "form.json").get("by_hand", upload.map_file.exists()))


def _said(upload: Upload) -> dict[str, str]:
    """What the form says already: what was said last, the map that came with it, or a guess."""
    kept = read_json(upload.folder / "form.json").get("said")
    if kept:
        return dict(kept)
    if upload.map_file.exists():
        return {"map": upload.map_file.read_text(encoding="utf-8", errors="replace")}
    plan = plan_in_force()[1]
    columns = list(_looked(upload).samples)
    return {"source": upload.file.stem[:100], **guess(_kind(upload), columns, plan, identifier_kinds())}


def _looked(upload: Upload) -> Looked:
    """What the file is: found out once, for a large one is read from end to end."""
    kept = read_json(upload.folder / "looked.json")
    if not kept:
        kept = asdict(look(upload.file))
        write_json(upload.folder / "looked.json", kept)
    return Looked(**kept)


def _text(upload: Upload, said: Mapping[str, str], *, by_hand: bool) -> tuple[str, Mapping[int, str]]:
    if by_hand:
        return said.get("map", "").replace("\r\n", "\n"), {}
    made = text_of(_kind(upload), plan_in_force()[1], said)
    return made.text, made.fields


def _map_page(
    request: PersonRequest, upload: Upload, said: dict[str, str], *, by_hand: bool, shows: bool
) -> HttpResponse:
    """The form, and, where it is sound, the first rows as they would be recorded."""
    looked = _looked(upload)
    plan = plan_in_force()[1]
    problems: dict[str, list[str]] = {}
    shown: Preview | None = None
    text, lines = _text(upload, said, by_hand=by_hand)
    try:
        shown = preview(_kind(upload), upload.file, text.encode())
    except Invalid as error:
        for problem in error.problems:
            where = lines.get(problem.line, "" if not by_hand else "map")
            place = _("line %(line)s: ") % {"line": problem.line} if by_hand and problem.line else ""
            end = "" if problem.remedy.endswith("?") else "."
            problems.setdefault(where, []).append(f"{place}{problem.what}; {problem.remedy}{end}")
    except TouchbookError as error:
        problems[""] = [str(error)]
    if not shows and problems:  # of a guess, only what somebody has to do is worth saying
        problems = {}
    fields = [_shown(one, said, looked, problems) for one in fields_of(_kind(upload), plan)]
    first = [one for one in fields if one["is_needed"] or one["chosen"] or one["problems"]]
    told = {
        "upload": upload, "kind": KIND_WORDS[_kind(upload)][0], "looked": looked, "said": said, "by_hand": by_hand,
        "fields": first, "others": [one for one in fields if one not in first],
        "problems": by_field(problems), "preview": shown, "rows": _rows(shown), "dates": _dates(shown),
        "formats": FORMATS,
        "stored": list(maps_of(_kind(upload))), "text": text, "now": now(), "form": mint(now()),
    }  # fmt: skip
    return render(request, "settings/import_map.html", told, status=422 if problems else 200)


def _rows(shown: Preview | None) -> list[tuple[PreviewRow, str]]:
    return [(row, said_of(row.record) if row.record else "") for row in shown.rows] if shown else []


def _dates(shown: Preview | None) -> list[tuple[str, str, str]]:
    return [(name, example_of(written, now()), zone) for name, (written, zone) in shown.dates.items()] if shown else []


def _shown(one: MapField, said: Mapping[str, str], looked: Looked, problems: Mapping[str, list[str]]) -> dict[str, Any]:
    group, _dot, name = one.key.rpartition(".")
    if group == "consents":
        label: str | Promise = _("May be reached by %(channel)s") % {"channel": name}
    else:
        label = LABELS.get(one.key, name.replace("_", " "))
    chosen = said.get(one.key, "")
    column = chosen.removeprefix(COLUMN) if chosen.startswith(COLUMN) else ""
    return {
        "key": one.key, "label": label, "is_needed": one.is_needed, "chosen": chosen,
        "columns": [(f"{COLUMN}{other}", other) for other in looked.samples],
        "fixed": [(f"{VALUE}{other}", other) for other in one.fixed], "has_kind": one.has_kind,
        "kind": said.get(f"{one.key}_kind", ""), "has_format": one.has_format,
        "format": said.get(f"{one.key}_format", ""), "sample": ", ".join(looked.samples.get(column, [])),
        "problems": problems.get(one.key, []),
    }  # fmt: skip
