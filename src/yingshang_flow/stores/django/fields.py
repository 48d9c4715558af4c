"""The types of columns that Django does not have."""

from typing import Final

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from yingshang_flow.errors import StoreError

# In capitals, as Django would make a second index for LIKE of a key that is "text"; this collation needs none.
_TYPES: Final = {"postgresql": 'TEXT COLLATE "C"', "sqlite": "TEXT"}


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
