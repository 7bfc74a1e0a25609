"""A QR code as the path of an SVG: no image, no style, and it prints."""

from __future__ import annotations

from dataclasses import dataclass

QUIET_ZONE = 4  # modules; readers want them


@dataclass(frozen=True, slots=True)
class Code:
    """What it says, its size in modules with the quiet zone, and the dark modules as a path."""

    says: str
    size: int
    path: str


def code_of(text: str) -> Code:
    """The code of a text, readable though a tenth of it is worn away."""
    from qrcode.constants import ERROR_CORRECT_M  # few pages need it
    from qrcode.main import QRCode

    made = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    made.add_data(text)
    made.make(fit=True)
    rows = made.get_matrix()
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return Code(text, len(rows), "".join(dark))
