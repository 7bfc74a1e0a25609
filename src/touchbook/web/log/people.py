"""Whom a moment was with: searching, scanning, and how those who are found are told apart."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from touchbook.kernel.errors import NotFound, Refused
from touchbook.store.models import Staff
from touchbook.store.people import Person
from touchbook.store.people_search import Found, find, find_exactly

_SHOWN = 8
_PIXELS_MAX = 50_000_000
_BYTES_MAX = 12 * 1024 * 1024
_IDENTIFIERS_SHOWN = 3
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")  # pictures alone: of others, some start programs


def people_found(person: Person, words: str, with_staff: bool) -> list[dict[str, Any]]:
    """Customers, and for witnesses members of staff too, as the page shows them."""
    found = [told(one) for one in find(person, words, _SHOWN)]
    if with_staff and len(words.strip()) > 1:
        staff = Staff.objects.filter(retired_at=None, name__icontains=words.strip()).select_related("department")
        found += [
            {
                "id": str(one.id),
                "name": one.name,
                "detail": _("colleague, %(department)s") % {"department": one.department.name}
                if one.department
                else _("colleague"),
                "seen": False,
            }
            for one in staff.order_by("name")[:_SHOWN]
        ]
    return found


def people_of_code(person: Person, value: str) -> list[dict[str, Any]]:
    """The customers of a whole identifier, or of what a QR code says: one, or the address of a passbook."""
    return [told(one) for one in find_exactly(person, identifier_in(value))]


def told(found: Found) -> dict[str, Any]:
    """One customer as the page shows them: what tells them apart, never how they are reached."""
    parts = [f"{kind} {value}" for kind, value in found.identifiers[:_IDENTIFIERS_SHOWN]]
    if found.matched and found.matched not in found.identifiers:
        parts.insert(0, f"{found.matched[0]} {found.matched[1]}")
    if found.since:
        parts.append(_("since %(year)s") % {"year": found.since.year})
    name = found.name or (parts[0] if parts else _("no name"))
    short = found.identifiers[0][1] if found.identifiers else ""
    return {"id": str(found.id), "name": name, "detail": " · ".join(parts), "short": short, "seen": found.is_seen}


def identifier_in(value: str) -> str:
    """The identifier or id in what a QR code says."""
    text = value.strip()
    if "/customers/" not in text:
        return text
    try:
        path = urlsplit(text).path
    except ValueError:  # it looks like an address, and is none
        return text
    return path.partition("/customers/")[2].strip("/").split("/")[0]


def code_in(photo: UploadedFile[bytes] | None) -> str:
    """What the QR code (or bar code) in a photo says. Raises ``Refused`` for no photo, ``NotFound`` for no code."""
    if photo is None or (photo.size or 0) > _BYTES_MAX:
        raise Refused(_("Choose a photo of at most 12 MB."))
    import zxingcpp  # an import that the other pages need not wait for
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(photo.read()), formats=_FORMATS) as image:
            if image.width * image.height > _PIXELS_MAX:
                raise Refused(_("This picture is too large; take a smaller one."))
            codes = zxingcpp.read_barcodes(image.convert("L"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(_("This file is no picture that can be read; take a photo of the code.")) from error
    texts = [code.text for code in codes if code.text]
    if not texts:
        raise NotFound(_("No code was found in the picture; go closer, hold still, and keep the whole code in view."))
    return texts[0]
