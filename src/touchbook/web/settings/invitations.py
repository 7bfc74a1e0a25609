"""Invite somebody to sign in, or reset how they do: a link, shown once, also as a code that a phone reads."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from touchbook.kernel.clock import now
from touchbook.web.access import May, PersonRequest, needs
from touchbook.web.origin import origin_of
from touchbook.web.settings.forms import form_id
from touchbook.web.settings.people import staff_or_404
from touchbook.workflows.invite import InviteRequest, invite


@require_POST
@never_cache
@needs(May.RUN_HOUSE)
def send_in(request: PersonRequest, staff: UUID) -> HttpResponse:
    """Make the link, and show it once."""
    row = staff_or_404(request, staff)
    asked = InviteRequest(form_id(request), now(), staff=staff, by=request.person.name, origin=origin_of(request))
    invited = invite(asked)
    link = request.build_absolute_uri(invited.path)
    told = {"staff": row, "invited": invited, "link": link, "code": drawn(link)}
    return render(request, "settings/invited.html", told)


def drawn(link: str) -> SafeString:
    """A link as a QR code, drawn with one path: black on white in every theme, as cameras want it."""
    from qrcode import QRCode

    code = QRCode(border=3)
    code.add_data(link)
    code.make()
    matrix = code.get_matrix()
    size = len(matrix)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg class="code" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<rect width="100%" height="100%" fill="#ffffff"/><path d="{}" fill="#000000"/></svg>',
        size,
        size,
        _("The link as a code for a phone's camera"),
        path,
    )
