"""Addresses of this page."""

from __future__ import annotations

from django.urls import path

from touchbook.web.week import alone, asking, deciding, touches, views

urlpatterns = [
    path("week/", views.this_week, name="week"),
    path("week/history/", views.weeks, name="week-history"),
    path("week/again/", asking.ask, name="week-ask"),
    path("week/again/<uuid:job>/", asking.watch, name="week-watch"),
    path("week/again/<uuid:job>/stop/", asking.stop, name="week-stop"),
    path("week/<int:number>/", views.show, name="week-run"),
    path("week/<int:number>/approve/", deciding.approve, name="week-approve"),
    path("week/<int:number>/touches/", touches.listed, name="week-touches"),
    path("week/<int:number>/touches/<uuid:touch>/", touches.one, name="week-touch"),
    path("week/<int:number>/touches/<uuid:touch>/withdraw/", deciding.withdraw, name="week-withdraw"),
    path("week/<int:number>/alone/", alone.listed, name="week-alone"),
    path("week/<int:number>/why/<uuid:customer>/", alone.why, name="week-why"),
]
