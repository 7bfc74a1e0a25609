"""Single sign-on by OpenID Connect, as a JSON file describes it; without one there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from touchbook.kernel.errors import Unreadable

_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")  # for trying it out
_NEEDED = ("issuer", "client_id", "client_secret")


def providers(file: str | None) -> dict[str, Any]:
    """What django-allauth is told about providers.

    The file holds ``issuer``, ``client_id``, ``client_secret`` and, for the button, ``name``. Raises ``Unreadable``.
    """
    if not file:
        return {}
    try:
        told = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unreadable(f"TOUCHBOOK_OIDC names {file}, which cannot be read as JSON ({error}).") from error
    if not isinstance(told, dict) or (missing := [name for name in _NEEDED if not told.get(name)]):
        missing = list(_NEEDED) if not isinstance(told, dict) else missing
        raise Unreadable(f"{file} does not say {', '.join(missing)}; write them, as your identity provider gave them.")
    issuer = urlsplit(str(told["issuer"]))
    if issuer.scheme != "https" and issuer.hostname not in _OWN_MACHINE:
        raise Unreadable(f"{file} names the issuer {told['issuer']}; write its address with https://.")
    app = {
        "provider_id": "company",
        "name": str(told.get("name") or ""),
        "client_id": told["client_id"],
        "secret": told["client_secret"],
        "settings": {"server_url": str(told["issuer"]).rstrip("/"), "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
