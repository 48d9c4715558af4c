"""The addresses of the project."""

from django.contrib import admin
from django.urls import path

from office.views import receive

urlpatterns = [path("admin/", admin.site.urls), path("letters/", receive)]
