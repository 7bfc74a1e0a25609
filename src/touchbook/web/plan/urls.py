"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.plan import history, publishing, trying, views

urlpatterns = [
    path("plan/", views.show, name="plan"),
    path("plan/check/", views.check, name="plan-check"),
    path("plan/reach/", views.reach, name="plan-reach"),
    path("plan/try/", trying.begin_trial, name="plan-try"),
    path("plan/try/<uuid:job>/", trying.trial, name="plan-trial"),
    path("plan/try/<uuid:job>/stop/", trying.stop_trial, name="plan-stop"),
    path("plan/publish/", publishing.publish, name="plan-publish"),
    path("plan/versions/", history.versions, name="plan-versions"),
    path("plan/versions/<int:number>/", history.version, name="plan-version"),
    path("plan/versions/<int:number>/again/", publishing.publish_again, name="plan-again"),
    path("plan/difference/", history.differences, name="plan-difference"),
]
