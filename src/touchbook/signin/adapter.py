"""What django-allauth may do here: nobody signs up, and an account elsewhere signs in only whom it was linked to."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from touchbook.signin.company import CompanyProvider
from touchbook.signin.models import Login
from touchbook.signin.trail import keep_failure

PENDING = "invitation_company"  # where a session keeps the company account that answers an invitation
_WRONG_CODE = _("This code is not right, or was used before; wait for the next one in your app and type that.")
_TOO_MANY = _(
    "That was tried too often. Wait five minutes, then try again; an administrator can also reset your access."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are invited; see ``signin.invitations``."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("This username and password do not belong together; check both."),
        "incorrect_password": _("This is not your password; try again."),
        "enter_current_password": _("This is not your password; type the one that you have now."),
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never: a login belongs to a member of staff."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Whether somebody may be led there; not to what is no address at all."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def pre_login(self, request: HttpRequest, user: Login, **kwargs: Any) -> HttpResponse | None:
        """Whoever has left does not get in, though their password is right."""
        if user.staff.retired_at:
            user.is_active = False  # for what follows; nothing is saved
            keep_failure(request, "sign in of one who has left", user)
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """Attempts count by the name alone: this machine may have several names and ports, and all lead here."""
        return str(credentials.get("username", "")).casefold()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep it; but not what was typed, which may be a password in the wrong field."""
        login = Login.objects.filter(username__iexact=credentials.get("username", "")).first()
        keep_failure(request, "sign in failed", login)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts elsewhere are linked by their issuer and subject, never by an e-mail address."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "no_password": _("Choose a password first: without it, and without this account, you could not sign in."),
    }

    def list_apps(
        self,
        request: HttpRequest | None,  # noqa: ARG002
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[Any]:
        """What the settings say, and nothing else: the database is not asked on every page."""
        from allauth.socialaccount.models import SocialApp  # there once all apps are

        kind = CompanyProvider.id
        described = settings.SOCIALACCOUNT_PROVIDERS.get(kind, {}).get("APPS", [])
        return [
            SocialApp(provider=kind, **one)
            for one in described
            if provider in (None, kind, one["provider_id"]) and client_id in (None, one["client_id"])
        ]

    def list_providers(self, request: HttpRequest) -> list[Any]:
        """The company's, if there is one."""
        return [CompanyProvider(request, app=app) for app in self.list_apps(request)]

    def get_provider(self, request: HttpRequest, provider: str, client_id: Any = None) -> CompanyProvider:
        """The company's."""
        return CompanyProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: whoever was not invited is a stranger. One who came from an invitation goes back to it."""
        origin = sociallogin.state.get("next") or ""
        try:
            match = resolve(origin)
        except Resolver404:
            match = None
        if match is not None and match.url_name == "invitation":
            request.session[PENDING] = {"token": match.kwargs["token"], "login": sociallogin.serialize()}
            raise ImmediateHttpResponse(redirect(origin))
        keep_failure(request, "company account refused", None, {"uid": sociallogin.account.uid})
        page = render(request, "socialaccount/refused.html", {"account": sociallogin.account}, status=403)
        raise ImmediateHttpResponse(page)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Codes, in plain words."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": _WRONG_CODE}

    def get_totp_label(self, user: Login) -> str:
        """What an authenticator app calls the account."""
        return user.username
