"""A place where cases are kept, said in one text: a file, or the URL of a database."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import attrs

from yingshang_flow.errors import StoreError, StoreUnavailableError
from yingshang_flow.ports import Store
from yingshang_flow.stores.naming import without_password
from yingshang_flow.stores.sqlite import SQLiteStore
from yingshang_flow.stores.sqlite import upgrading as of_files

_EXTRAS: Final = {"postgresql": "postgresql", "mysql": "mariadb", "mariadb": "mariadb"}
"""The extra that brings the driver, by how a URL begins."""

_FILE: Final = "sqlite:///"


@attrs.frozen
class Place:
    """Where cases are kept; written without its password.

    Attributes:
        text: A file, or a URL such as ``postgresql://name@host/database``.
        prefix: What the names of the tables of a database with a URL begin with; its default unless given.
    """

    text: str = attrs.field(repr=without_password)
    prefix: str | None = None

    def __str__(self) -> str:
        return without_password(self.text)

    @property
    def is_url(self) -> bool:
        """Whether it is a URL and not a file."""
        return "://" in self.text

    def open(self) -> Store:
        """Return a store on the cases that are there already.

        Raises:
            SchemaError: It is no database, somebody else's, or of an older or newer release.
            StoreError: It is no URL, its driver is not installed, or a setting would lose or change what is kept.
            StoreUnavailableError: There is no such file, or the database cannot be reached or read.
        """
        if self.is_url:
            self._refuse_missing()
            store: Store = self._of_urls("").SQLAlchemyStore(self.text, **self._options())
            return store
        self._refuse_prefix()
        if not Path(self.text).exists():
            raise StoreUnavailableError(f"there is no file {self.text!r}; name one that holds cases")
        return SQLiteStore(self.text)

    def upgrade(self) -> str | None:
        """Make the tables, or bring those of an older release up to date; a second time does nothing.

        Returns:
            The version there was before; none if there were no tables.

        Raises:
            SchemaError: It is no database, somebody else's, or of a newer release.
            StoreError: It is no URL, or its driver is not installed.
            StoreUnavailableError: It cannot be reached or changed.
        """
        if self.is_url:
            before: str | None = self._of_urls(".upgrading").upgrade(self.text, **self._options())
            return before
        self._refuse_prefix()
        return str(of_files.upgrade(self.text) or "") or None

    def upgrade_sql(self) -> str:
        """Return the SQL that makes the tables, for whoever may not create any himself; nothing is connected.

        Raises:
            StoreError: It is no URL, or of a database that no store is known for.
        """
        if not self.is_url:
            raise StoreError(f"SQL is for databases with a URL, not for the file {self.text!r}; upgrade that")
        sql: str = self._of_urls(".upgrading").upgrade_sql(self.text, **self._options())
        return sql

    def check(self) -> None:
        """Look whether the tables are those of this release; nothing is changed.

        Raises:
            SchemaError: They are missing, somebody else's, or of an older or newer release.
            StoreError: It is no URL, its driver is not installed, or a setting would lose or change what is kept.
            StoreUnavailableError: There is no such file, or the database cannot be reached or read.
        """
        if self.is_url:
            self.open().close()
        else:
            self._refuse_prefix()
            of_files.check(self.text)

    def _options(self) -> dict[str, str]:
        return {} if self.prefix is None else {"prefix": self.prefix}

    def _refuse_prefix(self) -> None:
        if self.prefix is not None:
            raise StoreError(
                f"a prefix is for databases with a URL, not for the file {self.text!r}; leave {self.prefix!r} out"
            )

    def _refuse_missing(self) -> None:
        """Refuse a file that is not there: to look at it by its URL would make it."""
        file = self.text.removeprefix(_FILE).partition("?")[0]
        if self.text.startswith(_FILE) and not Path(file).exists():
            raise StoreUnavailableError(f"there is no file {file!r}; run: yingshang-flow db upgrade --db {self}")

    def _of_urls(self, module: str) -> ModuleType:
        """Return a module of the store for URLs, whose packages come with an extra."""
        try:
            return import_module(f"yingshang_flow.stores.sqlalchemy{module}")
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("yingshang_flow"):
                raise
            extra = _EXTRAS.get(self.text.partition("://")[0].partition("+")[0].lower(), "sqlalchemy")
            message = f'{self} needs {error.name}, which is not installed; run: pip install "yingshang-flow[{extra}]"'
            raise StoreError(message) from error
