"""What a driver's exception means, said as one of the store's own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import attrs
from sqlalchemy import exc

from yingshang_flow.errors import ConflictError, ReferenceTakenError, SchemaError, StoreError, StoreUnavailableError
from yingshang_flow.stores.admission import surrogate_found
from yingshang_flow.stores.sqlalchemy.servers import Meaning, Server

_KINDS: Final[Mapping[Meaning, type[StoreError]]] = {
    Meaning.RACE: ConflictError,
    Meaning.STALE_READ: ConflictError,
    Meaning.DUPLICATE: ConflictError,
    Meaning.NO_TABLE: SchemaError,
    Meaning.NOT_A_DATABASE: SchemaError,
    Meaning.TOO_LONG: StoreError,
}
"""What each is; everything else is that the database is unavailable."""

_SHOWN: Final = 300
"""So much of a driver's own words is shown."""


@attrs.frozen
class Telling:
    """Tells errors of one database.

    Attributes:
        server: The kind of server.
        prefix: What the names of the tables begin with.
        place: How the database is named in a message, without a password.
    """

    server: Server
    prefix: str
    place: str

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Have whatever a driver raises in a block leave it as one of the store's own."""
        try:
            yield
        except UnicodeEncodeError as error:
            raise surrogate_found(error) from None  # it would carry the whole text along
        except (exc.SQLAlchemyError, OSError, UnicodeError, OverflowError) as error:
            raise self.told(error) from error

    def told(self, error: Exception) -> StoreError:
        """Return what an exception means as one of the store's own."""
        if isinstance(error, OSError):  # which asyncpg passes on as it is
            return StoreUnavailableError(f"{self.place} {Meaning.GONE.value} ({one_line(error)})")
        if isinstance(error, OverflowError):
            return StoreError(f"a number does not fit into 64 bits ({error}); give microseconds since 1970")
        if isinstance(error, exc.DBAPIError) and error.orig is not None:
            gone = error.connection_invalidated or self._found_nobody(error, error.orig)
            return self.told_by_driver(error.orig, gone=gone)
        if isinstance(error, exc.TimeoutError):
            return StoreUnavailableError(
                f"{self.place} has given all the connections of its pool away ({one_line(error)}); let it have more"
            )
        if isinstance(error, exc.InvalidRequestError):
            return StoreUnavailableError(
                f"the transaction or connection on {self.place} has ended ({one_line(error)}); begin another"
            )
        return StoreError(f"{self.place} failed ({type(error).__name__}: {one_line(error)}); nothing was kept")

    def ends_transaction(self, error: BaseException) -> bool:
        """Say whether the server has rolled the whole transaction back because of an error."""
        orig = error.orig if isinstance(error, exc.DBAPIError) else None
        return orig is not None and self.server.code(orig) in self.server.ends_transaction

    def told_by_driver(self, orig: BaseException, *, gone: bool) -> StoreError:
        """Return what a driver's exception means.

        Args:
            orig: The exception.
            gone: Whether the connection is lost, if no code says otherwise.
        """
        meaning, words = self.server.meaning(orig), one_line(orig)
        if meaning is None and gone:
            meaning = Meaning.GONE
        if meaning is None:
            return StoreError(f"{self.place} failed ({type(orig).__name__}: {words}); nothing was kept")
        if meaning is Meaning.DUPLICATE and any(f"{self.prefix}cases{mark}reference" in words for mark in "_."):
            return ReferenceTakenError(f"the reference on {self.place} {meaning.value} ({words})")
        return _KINDS.get(meaning, StoreUnavailableError)(f"{self.place} {meaning.value} ({words})")

    def _found_nobody(self, error: exc.DBAPIError, orig: BaseException) -> bool:
        """Say whether a driver has found nobody to ask, as then no server has given a code."""
        return isinstance(error, exc.OperationalError | exc.InterfaceError) and self.server.code(orig) is None


def one_line(error: BaseException) -> str:
    """Return what a driver says, in one line of bounded length."""
    text = " ".join(str(error).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
