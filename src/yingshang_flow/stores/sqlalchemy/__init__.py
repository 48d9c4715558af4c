"""A store on PostgreSQL, MariaDB, MySQL, SQLite and their kin; the only door to SQLAlchemy (the extra ``sqlalchemy``).

The logic knows neither a server nor where connections come from, so that it serves Django's as well:

- ``servers``: everything that differs between servers, a record each; ``tables``, ``statements`` and ``prepared`` make
  the text of every statement of it, once.
- ``runner``: the two protocols that a library's connections have to fulfil.
- ``relational``: the store itself, over a ``Source`` and ``Statements``; ``writing`` and ``leasing`` do its work.
- ``sources``: SQLAlchemy's connections: of an engine, of the host's transaction, or one for ``run_sync``.
- ``store``: ``SQLAlchemyStore``, which puts these together; ``opening`` and ``schema`` look at a database beforehand.
- ``upgrading`` and ``migrations``: make and change the tables; the only door to Alembic.
"""

from yingshang_flow.stores.sqlalchemy.servers import MYSQL, POSTGRESQL, SQLITE, Server
from yingshang_flow.stores.sqlalchemy.store import SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.tables import Tables, tables

__all__ = ["MYSQL", "POSTGRESQL", "SQLITE", "SQLAlchemyStore", "Server", "Tables", "tables"]
