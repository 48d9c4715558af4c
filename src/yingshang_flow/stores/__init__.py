"""Stores: where cases are kept, each over the contract in ``yingshang_flow.ports``."""

from yingshang_flow.stores.admission import admit
from yingshang_flow.stores.memory import MemoryStore
from yingshang_flow.stores.sqlite import JoinedSQLiteStore, SQLiteStore

__all__ = ["JoinedSQLiteStore", "MemoryStore", "SQLiteStore", "admit"]
