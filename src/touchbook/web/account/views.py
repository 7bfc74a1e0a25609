"""Accepting an invitation: a username, and a password or a company account."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from touchbook.kernel.clock import now
from touchbook.signin.adapter import PENDING
from touchbook.signin.company import is_offered
from touchbook.signin.invitations import open_invitation
from touchbook.signin.models import Login
from touchbook.signin.usernames import proposed
from touchbook.web.access import open_to_all
from touchbook.web.account.forms import AcceptForm
from touchbook.web.origin import origin_of
from touchbook.workflows.accept_invitation import AcceptRequest, CompanyAccount, accept_invitation


@open_to_all
@never_cache
@sensitive_post_parameters("password1", "password2")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """How do you want to sign in?"""
    found = open_invitation(token, now())
    company = _company_account(request, token)
    form = AcceptForm(found, company is not None, request.POST or None, initial={"username": found.username})
    if request.method == "POST" and request.user.is_anonymous and form.is_valid():
        login = accept_invitation(
            AcceptRequest(
                token=token,
                at=now(),
                username=form.cleaned_data["username"],
                password=form.cleaned_data.get("password1", ""),
                name=form.cleaned_data.get("name", ""),
                company=company,
                origin=origin_of(request),
            )
        )
        request.session.pop(PENDING, None)
        entered: HttpResponse = perform_login(request, login)
        return entered
    context = {
        "invitation": found,
        "form": form,
        "company": company,
        "offers_company": is_offered(request),
        "resets": found.staff is not None and Login.objects.filter(staff=found.staff).exists(),
        "proposed": found.username or (proposed(found.staff.name) if found.staff else ""),
    }
    return render(request, "account/invitation.html", context, status=422 if form.errors else 200)


def _company_account(request: HttpRequest, token: str) -> CompanyAccount | None:
    """The company account that came back for this invitation, if one did."""
    kept: dict[str, Any] = request.session.get(PENDING) or {}
    if kept.get("token") != token:
        return None
    try:
        account = SocialLogin.deserialize(kept["login"]).account
    except ValueError:
        return None
    return CompanyAccount(account.provider, account.uid, account.extra_data)
