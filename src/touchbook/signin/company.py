"""Single sign-on: an account of the company's, told by who vouches for it and by what it is called there."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

COMPANY = "company"


class CompanyProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """An OpenID Connect provider whose accounts are told apart by issuer and subject together."""

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The same for ever for one account, and never the same for two, though the company changes its provider.

        Raises ``ProviderException`` where the two things that a provider tells are about different accounts.
        """
        subjects = {str(data[part]["sub"]) for part in ("userinfo", "id_token") if data.get(part)}
        if len(subjects) != 1:
            raise ProviderException("the provider told of more accounts than one, or of none")
        named = f"{self.app.settings['server_url']}\n{subjects.pop()}"
        return hashlib.sha256(named.encode()).hexdigest()


def is_offered(request: HttpRequest) -> bool:
    """Whether there is single sign-on."""
    return bool(get_adapter(request).list_apps(request))


@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """Lead to the provider by a page that leads on by itself.

    A form may send people nowhere but here (the policy of content says so, and browsers hold a redirect to it, and
    whatever the provider redirects to), but a page may.
    """
    if not is_offered(request):
        raise Http404
    if request.method != "POST":
        return redirect("account_login")
    provider = get_adapter(request).get_provider(request, COMPANY)
    try:
        answer: HttpResponse = provider.redirect_from_request(request)
    except (OSError, KeyError, ValueError) as error:  # not reached, or no description of a provider
        failed: HttpResponse = render_authentication_error(request, provider, exception=error)
        return failed
    if not isinstance(answer, HttpResponseRedirect):
        return answer
    return render(request, "socialaccount/leaving.html", {"address": answer.url, "company": provider.name})


@never_cache
def accounts(request: HttpRequest) -> HttpResponse:
    """Which account of the company's is one's own: link it, or undo that."""
    if not is_offered(request):
        raise Http404
    from allauth.socialaccount.views import connections  # needs the adapter, which needs this

    answer: HttpResponse = connections(request)  # which is for those who are signed in
    return answer
