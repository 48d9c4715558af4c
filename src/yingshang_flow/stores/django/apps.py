"""The app that a project puts into ``INSTALLED_APPS``."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from yingshang_flow.stores.django.labels import said
from yingshang_flow.stores.django.settings import docket


class YingshangFlowConfig(AppConfig):
    """The tables of a store, and their place in the admin."""

    name = "yingshang_flow.stores.django"
    label = "yingshang_flow"
    verbose_name = said("营商环境", "Business environment")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have ``manage.py check`` look whether the admin finds the project's docket."""
        checks.register(_docket_is_found, checks.Tags.admin)


def _docket_is_found(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.CheckMessage]:  # noqa: ANN401, ARG001 - Django's
    if apps.is_installed("django.contrib.admin"):
        try:
            docket()
        except ImproperlyConfigured as error:
            return [checks.Error(str(error), id="yingshang_flow.E001")]
    return []
