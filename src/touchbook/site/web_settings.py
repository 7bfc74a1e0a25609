"""Django's settings for the web app: those of the command line, and all that a face for people needs beside them.

From the environment, all optional: ``TOUCHBOOK_HOSTS`` (names under which it is reached, with commas between them),
``TOUCHBOOK_HTTPS`` (``1`` where it is reached by https only), ``TOUCHBOOK_OIDC`` (a JSON file that describes single
sign-on; see ``site.single_sign_on``).
"""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.urls import reverse_lazy

from touchbook.site import settings as core
from touchbook.site.secret import secret_key
from touchbook.site.settings import *  # noqa: F403
from touchbook.site.single_sign_on import providers

_WEB = Path(__file__).parents[1] / "web"
_HTTPS = os.environ.get("TOUCHBOOK_HTTPS") == "1"

SECRET_KEY = secret_key(core.TOUCHBOOK_HOME)
DEBUG = False
ALLOWED_HOSTS = [name for name in os.environ.get("TOUCHBOOK_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if name]
ROOT_URLCONF = "touchbook.site.urls"
WSGI_APPLICATION = "touchbook.site.wsgi.application"

INSTALLED_APPS = [
    *core.INSTALLED_APPS,
    "touchbook.signin",
    "touchbook.web",  # before allauth: its templates come first
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
]
# Kept from one request to the next: to open one costs more than most answers do.
DATABASES = {"default": {**core.DATABASES["default"], "CONN_MAX_AGE": None}}
MIDDLEWARE = [
    "touchbook.web.middleware.AddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # with noise in its length, against guessing what a page holds
    "csp.middleware.CSPMiddleware",
    "touchbook.web.middleware.CalmSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "touchbook.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "touchbook.web.middleware.PersonMiddleware",
    "touchbook.web.middleware.SentenceMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "touchbook.web.context.everywhere",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "touchbook.web.templatetags.words"],
        },
    }
]

# Static files are gathered into the home when the server starts: named by their digests, compressed, kept for a year.
STATIC_URL = "/static/"
STATIC_ROOT = core.TOUCHBOOK_HOME / "cache" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [_WEB / "locale"]
USE_I18N = True

# Who signs in, and how. Nobody signs up: people are invited.
AUTH_USER_MODEL = "signin.Login"
AUTHENTICATION_BACKENDS = [
    "touchbook.signin.backend.PasswordBackend",
    "touchbook.signin.demo.DemoBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "touchbook.signin.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "touchbook.signin.adapter.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",  # a whole shop, in the morning, from one address
    "login_failed": "20/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # nobody links an account of theirs at a screen that was left open
MFA_ADAPTER = "touchbook.signin.adapter.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Touchbook"
MFA_TOTP_TOLERANCE = 1  # clocks differ, and people type slowly; each code counts once all the same
MFA_FORMS = {
    "authenticate": "touchbook.signin.forms.SignInCodeForm",
    "reauthenticate": "touchbook.signin.forms.ConfirmCodeForm",
}
SOCIALACCOUNT_PROVIDERS = providers(os.environ.get("TOUCHBOOK_OIDC"))
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_ONLY = False
# What is counted to slow down whoever guesses must hold for all processes that answer; a table does.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "signin_remembered",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # nothing is sent from here

# What browsers may do with a page: nothing that did not come from here, and no script or style inside a page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "touchbook.signin.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30  # a phone that was offline for a fortnight still sends what it holds
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_SSL_REDIRECT = False  # the server in front does that
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in ALLOWED_HOSTS] if _HTTPS else []
CSRF_FAILURE_VIEW = "touchbook.web.mistakes.stale_form"
CSRF_COOKIE_AGE = SESSION_COOKIE_AGE
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
