"""The command line ``yingshang-flow``: commands over the library, for a terminal or a pipe; the only door to click."""

from yingshang_flow.cli.program import main, program

__all__ = ["main", "program"]
