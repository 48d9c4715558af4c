"""The demonstration: stories told on one new SQLite file by the real rules and the real calendar."""

from yingshang_flow.cli.demo.telling import demo

__all__ = ["demo"]
