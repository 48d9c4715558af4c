"""A store in one SQLite file, the only door to sqlite3."""

from yingshang_flow.stores.sqlite.schema import APPLICATION_ID, SCHEMA_VERSION
from yingshang_flow.stores.sqlite.store import JoinedSQLiteStore, SQLiteStore
from yingshang_flow.stores.sqlite.upgrading import check, upgrade

__all__ = ["APPLICATION_ID", "SCHEMA_VERSION", "JoinedSQLiteStore", "SQLiteStore", "check", "upgrade"]
