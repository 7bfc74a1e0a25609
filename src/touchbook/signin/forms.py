"""Forms of django-allauth with what it leaves open: a code counts once, however long it is good for."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.cache import cache

_REMEMBERED_SECONDS = 150  # a code is good for its own half minute, and for those before and after


class _Once:
    """A code of an app is taken once."""

    authenticator: Authenticator

    def clean_code(self) -> str:
        """The code; as wrong as any other when it was used before."""
        code: str = super().clean_code()  # type: ignore[misc]
        key = f"signin-code-{self.authenticator.user_id}-{code.strip()}"
        is_fresh = self.authenticator.type != Authenticator.Type.TOTP or cache.add(key, "used", _REMEMBERED_SECONDS)
        if not is_fresh:
            raise get_adapter().validation_error("incorrect_code")
        return code


class SignInCodeForm(_Once, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ConfirmCodeForm(_Once, ReauthenticateForm):  # type: ignore[misc]
    """The second step, asked for again before something important."""
