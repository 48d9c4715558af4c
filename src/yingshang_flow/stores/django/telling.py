"""What an error of Django's database layer means, said as one of the store's own."""

from collections.abc import Iterator
from contextlib import contextmanager

import attrs
from django.core.exceptions import SynchronousOnlyOperation
from django.db import Error, InterfaceError, OperationalError
from django.db.transaction import TransactionManagementError

from yingshang_flow.errors import SchemaError, StoreError, StoreUnavailableError
from yingshang_flow.stores.admission import surrogate_found
from yingshang_flow.stores.sqlalchemy import telling
from yingshang_flow.stores.sqlalchemy.servers import Meaning


@attrs.frozen
class Telling(telling.Telling):
    """Tells errors of one of Django's databases."""

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Have whatever Django raises in a block leave it as one of the store's own."""
        try:
            yield
        except UnicodeEncodeError as error:
            raise surrogate_found(error) from None  # it would carry the whole text along
        except (Error, SynchronousOnlyOperation, UnicodeError, OverflowError) as error:
            raise self.told(error) from error

    def told(self, error: Exception) -> StoreError:
        """Return what an exception means as one of the store's own."""
        words = telling.one_line(error)
        if isinstance(error, SynchronousOnlyOperation):
            return StoreError(f"{self.place} was asked from a coroutine ({words}); wrap the call in sync_to_async")
        if isinstance(error, TransactionManagementError):
            return StoreUnavailableError(
                f"the transaction on {self.place} can only be rolled back ({words}); leave its atomic block first"
            )
        if not isinstance(error, Error):
            return super().told(error)
        cause = error.__cause__ or error  # Django puts its own over the driver's, which has the code
        if self.server.meaning(cause) is Meaning.NO_TABLE:
            return SchemaError(
                f"{self.place} lacks a table or a column of the store ({words});"
                " run: python manage.py migrate yingshang_flow"
            )
        # Without a code it was no server that complained: there is none, or no connection to it any more.
        gone = isinstance(error, OperationalError | InterfaceError) and self.server.code(cause) is None
        return self.told_by_driver(cause, gone=gone)
