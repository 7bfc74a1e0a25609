"""Every address of the web app.

Of django-allauth's, only those that make sense where people are invited: nobody signs up here, and nothing is mailed.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid
from django.urls import include, path
from django.views.decorators.cache import never_cache

from touchbook.signin import company
from touchbook.web.mistakes import forbidden, too_often, unreadable
from touchbook.web.urls import handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

handler400, handler403, handler429 = unreadable, forbidden, too_often

_COMPANY = {"provider_id": company.COMPANY}

urlpatterns = [
    path("account/", include("touchbook.signin.urls")),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/password/set/", account.password_set, name="account_set_password"),
    path("account/2fa/", second_step.index, name="mfa_index"),
    path("account/2fa/authenticate/", second_step.authenticate, name="mfa_authenticate"),
    path("account/2fa/reauthenticate/", second_step.reauthenticate, name="mfa_reauthenticate"),
    path("account/2fa/totp/activate/", never_cache(app.activate_totp), name="mfa_activate_totp"),
    path("account/2fa/totp/deactivate/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/2fa/recovery-codes/", never_cache(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("account/2fa/recovery-codes/generate/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/2fa/recovery-codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/company/", company.accounts, name="socialaccount_connections"),
    path("account/company/login/", company.begin, name="company"),
    path("account/company/login/callback/", openid.callback, _COMPANY, name="openid_connect_callback"),
    path("account/company/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("account/company/error/", social.login_error, name="socialaccount_login_error"),
    path("", include("touchbook.web.urls")),
]
