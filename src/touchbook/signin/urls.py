"""Addresses for signing in that are ours, beside those of django-allauth."""

from __future__ import annotations

from django.urls import path

from touchbook.signin import demo

urlpatterns = [
    path("demo/<str:key>/", demo.enter, name="demo"),
    path("demo/<str:key>/<str:who>/", demo.enter, name="demo-as"),
]
