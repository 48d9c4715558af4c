"""What a project has of its own: the addresses of its admin, and its docket."""

from functools import cache

from django.contrib import admin
from django.urls import path

from yingshang_flow.docket import Docket
from yingshang_flow.stores.django import DjangoStore

urlpatterns = [path("admin/", admin.site.urls)]


@cache
def docket() -> Docket:
    """Return the docket."""
    return Docket(DjangoStore())
