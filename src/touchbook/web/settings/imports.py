"""Imports: what came in from files, and how to take it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, TouchbookError
from touchbook.kernel.ids import mint
from touchbook.store.models import AuditEntry, Import
from touchbook.store.queries import version_in_force
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.origin import origin_of
from touchbook.web.settings.forms import form_id, uuid_or_none
from touchbook.workflows.import_records.customers import origin_of as origin_of_import
from touchbook.workflows.import_records.mapping import KINDS
from touchbook.workflows.import_records.preview import look
from touchbook.workflows.import_upload import start
from touchbook.workflows.uploads import Upload, find_upload, prepare_undo, receive, remove, tidy, uploads
from touchbook.workflows.uploads import bring as bring_in
from touchbook.workflows.uploads import give_up as give_up_upload

ROWS = 30
KIND_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "customers": (gettext_lazy("Customers"), gettext_lazy("who they are, how they are reached, who looks after them")),
    "moments": (gettext_lazy("Moments"), gettext_lazy("what happened: deposits and withdrawals")),
    "answers": (gettext_lazy("Answers"), gettext_lazy("what customers said when they were asked")),
    "outcomes": (gettext_lazy("Outcomes"), gettext_lazy("who renewed, returned, bought, referred or left")),
}


@needs(May.RUN_HOUSE)
def imports(request: PersonRequest) -> HttpResponse:
    """What came in from files?"""
    page = max(1, int(raw) if (raw := request.GET.get("page", "1")).isdecimal() and len(raw) < 6 else 1)
    rows = list(Import.objects.order_by("-started_at")[(page - 1) * ROWS : page * ROWS + 1])
    told = {
        "waiting": [_waiting(one) for one in uploads() if one.state != "done"] if page == 1 else [],
        "imports": [_listed(one) for one in rows[:ROWS]], "page": page, "has_more": len(rows) > ROWS,
        "has_plan": version_in_force() is not None,
    }  # fmt: skip
    return render(request, "settings/imports.html", told)


def _waiting(upload: Upload) -> dict[str, Any]:
    kind = str(upload.told.get("kind", ""))
    return {
        "upload": upload,
        "kind": KIND_WORDS.get(kind, (kind,))[0],
        "state": upload.state,
        "is_undo": kind == "undo",
    }


def _listed(record: Import) -> dict[str, Any]:
    if record.undone_at:
        state = _("taken back")
    elif record.undo_begun_at:
        state = _("half taken back")
    else:
        state = _("in the book") if record.finished_at else _("unfinished")
    return {"record": record, "kind": KIND_WORDS.get(record.kind, (record.kind,))[0], "state": state}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.RUN_HOUSE)
def bring(request: PersonRequest) -> HttpResponse:
    """Which file, and what are its rows?"""
    like = _like(request)
    said: dict[str, Any] = {"kind": like.told.get("kind") if like else "", "rows": _rejects_of(like)}
    problems: dict[str, list[str]] = {}
    form = mint(now())
    if request.method == "POST":
        form = form_id(request)
        said = {"kind": request.POST.get("kind", ""), "rows": request.POST.get("rows", "")}
        upload = _received(request, form, said, problems)
        if upload is not None:
            if like is not None and like.map_file.exists() and like.told.get("kind") == said["kind"]:
                upload.map_file.write_bytes(like.map_file.read_bytes())
            return redirect("settings-import-file", upload.id)
    told = {
        "form": form, "said": said, "problems": problems, "like": like,
        "kinds": [(kind, *KIND_WORDS[kind]) for kind in KIND_WORDS], "has_plan": version_in_force() is not None,
    }  # fmt: skip
    return render(request, "settings/import_new.html", told, status=422 if problems else 200)


def _received(
    request: PersonRequest, form: UUID, said: dict[str, Any], problems: dict[str, list[str]]
) -> Upload | None:
    """Keep the file or the rows that were sent, and look at them; None with what is wrong."""
    file = request.FILES.get("file")
    file = file if isinstance(file, UploadedFile) else None
    rows = said["rows"].strip()
    if said["kind"] not in KINDS:
        problems["kind"] = [_("Say what the rows are; choose one.")]
    if file is None and not rows:
        problems["file"] = [_("Choose a file, or paste some rows with the names of their columns above them.")]
    elif file is not None and rows and not request.POST.get("like"):
        problems["file"] = [_("There are a file and pasted rows; keep one of the two.")]
    if problems:
        return None
    tidy(now())
    if file is not None:
        upload = receive(form, file.name or "", said["kind"], request.person.name, file.chunks(1 << 20))
    else:
        upload = receive(form, _("pasted rows") + ".csv", said["kind"], request.person.name, [rows.encode() + b"\n"])
    try:
        look(upload.file)
    except TouchbookError as error:
        remove(upload)
        problems["file"] = [str(error)]
        return None
    bring_in(upload, request.person.name, now(), origin_of(request))
    return upload


def _like(request: PersonRequest) -> Upload | None:
    """The earlier file whose rejects are brought again, with the same map."""
    named = uuid_or_none(request.GET.get("like", "") or request.POST.get("like", ""))
    try:
        return find_upload(named) if named else None
    except NotFound:
        return None


def _rejects_of(upload: Upload | None) -> str:
    """The rows that were set aside, to be corrected in the page, where they are few."""
    if upload is None or not (file := rejects_file(upload)) or file.stat().st_size > 200_000:
        return ""
    return file.read_text(encoding="utf-8", errors="replace")


def rejects_file(upload: Upload) -> Path | None:
    """The rejects of an upload, if there are any."""
    name = str(upload.report.get("rejects", ""))
    file = upload.folder / Path(name).name if name else None
    return file if file is not None and file.is_file() else None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(May.RUN_HOUSE)
def one_import(request: PersonRequest, record: UUID) -> HttpResponse:
    """What did this import bring, and what goes when it is taken back?"""
    row = Import.objects.filter(id=record).first()
    if row is None:
        raise Http404(_("There is no such import; it may have brought nothing new."))
    if request.method == "POST":
        if row.undone_at is not None:
            return redirect("settings-import", record)
        form = form_id(request)
        upload = prepare_undo(form, record, row.file_name, request.person.name)
        start(upload, "undo", form, request.person.name, now(), origin_of(request))
        return redirect("settings-import-file", upload.id)
    trail = AuditEntry.objects.filter(origin=origin_of_import(record), action="create")
    told = {
        **_listed(row), "form": mint(now()),
        "staff_made": trail.filter(subject_kind="staff").count() if row.undone_at is None else 0,
        "rejects": _kept_rejects(row), "is_customers": row.kind == "customers",
    }  # fmt: skip
    return render(request, "settings/import.html", told)


def _kept_rejects(record: Import) -> Upload | None:
    """The folder that still holds an import's rejects."""
    folder = Path(record.rejects_file).parent if record.rejects_file else None
    if not record.rejected or folder is None or folder.parent != Path(settings.TOUCHBOOK_HOME) / "uploads":
        return None
    try:
        upload = find_upload(UUID(folder.name))
    except (ValueError, NotFound):
        return None
    return upload if rejects_file(upload) else None


@needs(May.RUN_HOUSE)
def rejects(_request: PersonRequest, upload: UUID) -> HttpResponseBase:
    """The rows that were set aside, with the reason, to be corrected."""
    found = find_upload(upload)
    file = rejects_file(found)
    if file is None:
        raise Http404(_("There are no rejects of this file."))
    return FileResponse(file.open("rb"), as_attachment=True, filename=file.name, content_type="text/csv; charset=utf-8")


@require_POST
@needs(May.RUN_HOUSE)
def give_up(request: PersonRequest, upload: UUID) -> HttpResponse:
    """A file that is not to be imported after all."""
    found = find_upload(upload)
    give_up_upload(found, request.person.name, now(), origin_of(request))
    messages.success(
        request, _("%(file)s is removed from here; nothing of it was kept.") % {"file": found.told["name"]}
    )
    return redirect("settings-imports")
