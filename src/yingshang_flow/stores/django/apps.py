"""The app that a project puts into ``INSTALLED_APPS``."""

from django.apps import AppConfig

from yingshang_flow.stores.django.labels import said


class YingshangFlowConfig(AppConfig):
    """The tables of a store, and their place in the admin."""

    name = "yingshang_flow.stores.django"
    label = "yingshang_flow"
    verbose_name = said("营商环境", "Business environment")
    default_auto_field = "django.db.models.BigAutoField"
