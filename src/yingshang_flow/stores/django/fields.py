"""The types of columns that Django does not have."""

from typing import Final

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from yingshang_flow.errors import StoreError

_TYPES: Final = {"postgresql": 'text COLLATE "C"', "sqlite": "text"}


class NameField(models.Field):  # type: ignore[type-arg]  # it takes none when it runs
    """Text by which rows are found: compared by its bytes on every server."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the server's own type.

        Raises:
            StoreError: It is neither PostgreSQL nor SQLite.
        """
        if connection.vendor not in _TYPES:
            raise other_vendor(connection)
        return _TYPES[connection.vendor]


def other_vendor(connection: BaseDatabaseWrapper) -> StoreError:
    """Return what is said of a database that the store does not work on."""
    return StoreError(
        f"the database {connection.alias!r} is of {connection.vendor!r}, and this store works on PostgreSQL and SQLite;"
        " name one of these, or use an SQLAlchemyStore"
    )
