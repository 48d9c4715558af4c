"""A store in the database of a Django project, and the app that brings its tables; the only door to Django.

Put ``"yingshang_flow.stores.django"`` into ``INSTALLED_APPS`` and run ``manage.py migrate``. The logic and its
statements are those of ``yingshang_flow.stores.sqlalchemy``, run on Django's own connections.

- ``store`` and ``source``: ``DjangoStore``, over Django's connections and transactions; ``opening`` looks at a database
  beforehand, ``telling`` tells its errors.
- ``models``, ``fields`` and ``migrations``: the tables, for Django to make and to show.
- ``admin``: the cases, to be looked at; ``showing`` puts a case into words.
- ``settings``: what a project can set.
"""

from yingshang_flow.stores.django.store import DjangoStore

__all__ = ["DjangoStore"]
